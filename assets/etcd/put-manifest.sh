# shellcheck shell=sh disable=SC2154 # what is used here is set by node.sh
# Puts a manifest, which comes on stdin, into kubelet's folder: there as a whole or not at all. node.sh stands before it.
#
# $2  its path
# $3  its bytes
# Exit 6: it did not arrive whole.

plain_path "$2"
folder=${2%/*}
# Kubelet passes over names that begin with a dot.
new=$folder/.${2##*/}.new
mkdir -p "$folder"
cat >"$new"
[ "$(wc -c <"$new")" -eq "$3" ] || {
  rm -f "$new"
  fail 6 'The manifest did not arrive whole.'
}
if [ -f "$2" ] && cmp -s "$new" "$2"; then
  rm -f "$new"
else
  mv -f "$new" "$2"
  changed "$2"
fi
say end ended
