# shellcheck shell=sh disable=SC2154 # what is used here is set by node.sh
# Moves the data of a member of etcd aside, on the same disk. node.sh stands before it.
#
# $2  their folder
# $3  what it is called from then on
# Exit 3: there is something of that name already; 4: an etcd is at work on them.

plain_path "$2"
plain_path "$3"
for process in /proc/[0-9]*; do
  comm=
  { read -r comm <"$process/comm"; } 2>/dev/null || true
  [ "$comm" = etcd ] || continue
  for file in "$process"/fd/*; do
    # shellcheck disable=SC3013 # not of POSIX, but of every sh there is
    if [ "$file" -ef "$2/member/snap/db" ]; then fail 4 "An etcd is at work on $2, process ${process#/proc/}."; fi
  done
done

if [ -e "$2" ] || [ -L "$2" ]; then
  [ ! -e "$3" ] || fail 3 "$3 is there already."
  mv "$2" "$3"
  changed "moved $2 to $3"
fi
say end ended
