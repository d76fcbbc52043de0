# shellcheck shell=sh disable=SC2154 # what is used here is set by node.sh
# Puts back what was moved aside of a member that is still one: its data, then its manifest, where nothing is in their
# place. node.sh stands before it.
#
# $2  the manifest, $3 what it was called meanwhile
# $4  the folder of data, $5 what it was called meanwhile

for path; do
  [ "$path" = "$mark" ] || plain_path "$path"
done
if [ -e "$5" ] && [ ! -e "$4" ]; then
  mv "$5" "$4"
  changed "moved $5 back to $4"
fi
if [ -e "$3" ] && [ ! -e "$2" ]; then
  mv "$3" "$2"
  changed "moved $3 back to $2"
fi
say end ended
