#!/bin/sh
# Lets the machine know the others by name: a block of /etc/hosts between two markers; the rest stays as it is.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

part=$(mktemp)
trap 'rm -f "$part"' EXIT
{
  without_block "$hosts_file"
  echo '# pai-tui begin: machines of the cluster; what stands up to the end is written anew'
  cat "$folder/hosts"
  echo '# pai-tui end'
} >"$part"
if ! [ -f "$hosts_file" ] || ! cmp -s "$part" "$hosts_file"; then
  # Where it is a mount of its own, as in containers, it cannot be replaced.
  cat "$part" >"$hosts_file"
  changed "$hosts_file"
fi
finish
