#!/bin/sh
# Removes the rules of kube-proxy, the routes to pods and the names of the cluster. Rules of others stay. $1: `cni`, where
# the pod network was one of plugins; absent: their devices are somebody else's.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

if [ -f "$routes_file" ]; then
  while read -r word range via; do
    [ "$word" = route ] || continue
    if ip -4 route del "$range" via "$via" 2>/dev/null; then changed "removed the route to $range"; fi
  done <"$routes_file"
fi
if [ "${1:-}" = cni ]; then
  for device in $cni_devices; do
    if [ -e "/sys/class/net/$device" ] && ip link del "$device" 2>/dev/null; then changed "removed the network device $device"; fi
  done
fi
part=$(mktemp)
trap 'rm -f "$part"' EXIT
for family in iptables ip6tables; do
  command -v "$family-save" >/dev/null 2>&1 || continue
  "$family-save" >"$part" 2>/dev/null || continue
  if grep -q -e KUBE- -e '--comment pai-tui' "$part"; then
    grep -v -e KUBE- -e '--comment pai-tui' "$part" | "$family-restore" || fail 1 "The rules of $family cannot be set."
    changed "removed the rules of kube-proxy ($family)"
  fi
done
if [ -f "$routes_unit" ]; then
  if has_systemd; then systemctl disable -q pai-tui-pod-routes.service; fi
  remove_path "$routes_unit"
fi
for file in "$hosts_file" "$rc_file"; do
  if [ -f "$file" ] && grep -q '^# pai-tui begin' "$file"; then
    without_block "$file" >"$part"
    cat "$part" >"$file"
    changed "$file"
  fi
done
# The rc.local that set-pod-routes.sh makes where there is none.
if [ -f "$rc_file" ] && [ "$(cat "$rc_file")" = '#!/bin/sh
exit 0' ]; then remove_path "$rc_file"; fi
remove_path "$own"
finish
