#!/bin/sh
# Turns swap off, now and at boot. The fstab of before is kept once. Exit 3: swap is in use and cannot be turned off.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

if [ "$(wc -l </proc/swaps)" -gt 1 ]; then
  swapoff -a || fail 3 'Swap cannot be turned off: there may be too little memory for what is in it.'
  changed 'swap is off'
fi
if [ -f "$fstab_file" ]; then
  part=$(mktemp)
  trap 'rm -f "$part"' EXIT
  awk '!/^[[:space:]]*#/ && $3 == "swap" { print "# by pai-tui: " $0; next } { print }' "$fstab_file" >"$part"
  if ! cmp -s "$part" "$fstab_file"; then
    [ -e "$fstab_kept" ] || cp -p "$fstab_file" "$fstab_kept"
    cat "$part" >"$fstab_file"
    changed "$fstab_file (as it was: $fstab_kept)"
  fi
fi
finish
