#!/bin/sh
# A plugin of CNI (spec 0.3.1) for a bridge with addresses of this node's range, and, called loopback, for `lo`. The
# kubelet starts it with what to do in CNI_COMMAND and its settings on stdin.
set -eu
case $CNI_COMMAND in
  VERSION)
    echo '{"cniVersion": "0.3.1", "supportedVersions": ["0.3.1"]}'
    exit 0
    ;;
  CHECK) exit 0 ;;
esac
taken=/var/lib/cni/lab
result='{"cniVersion": "0.3.1"'
if [ "${0##*/}" = loopback ]; then
  if [ "$CNI_COMMAND" = ADD ]; then nsenter --net="$CNI_NETNS" ip link set lo up; fi
  echo "$result}"
  exit 0
fi
if [ "$CNI_COMMAND" = DEL ]; then
  # The device goes with the pod's name space.
  if file=$(grep -lx "$CNI_CONTAINERID" "$taken"/* 2>/dev/null); then rm -f "$file"; fi
  exit 0
fi
range=$(sed -n 's/.*"range": *"\([0-9.]*\)\.0\/24".*/\1/p')
mkdir -p "$taken"
ip link add cni0 type bridge 2>/dev/null || true
ip address replace "$range.1/24" dev cni0
ip link set cni0 up
number=2
# Whoever makes the file has the address.
until (set -C; echo "$CNI_CONTAINERID" >"$taken/$number") 2>/dev/null; do number=$((number + 1)); done
device=lab$number
ip link del "$device" 2>/dev/null || true
ip link add "$device" type veth peer name "p$number"
# /proc/4711/ns/net
ip link set "p$number" netns "$(echo "$CNI_NETNS" | cut -d/ -f3)"
ip link set "$device" master cni0 up
inside() { nsenter --net="$CNI_NETNS" ip "$@"; }
inside link set "p$number" name "$CNI_IFNAME"
inside address add "$range.$number/24" dev "$CNI_IFNAME"
inside link set "$CNI_IFNAME" up
inside route add default via "$range.1"
echo "$result, \"ips\": [{\"version\": \"4\", \"address\": \"$range.$number/24\", \"gateway\": \"$range.1\"}]}"
