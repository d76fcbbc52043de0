#!/bin/sh
# Modules and settings of the kernel that Kubernetes needs, now and at boot. Exit 3: packets cannot be forwarded.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

part=$(mktemp)
trap 'rm -f "$part"' EXIT

printf '%s\n' br_netfilter nf_conntrack overlay >"$part"
put_file "$part" "$modules_file" 644
while read -r module; do
  # Built into the kernel, it is no module; whether it is there shows below.
  modprobe "$module" >/dev/null 2>&1 || true
done <"$modules_file"

# As kube-proxy would want it, which in a namespace may not set it.
cores=$(grep -c ^processor /proc/cpuinfo || true)
connections=$((cores * 32768))
[ "$connections" -gt 131072 ] || connections=131072
cat >"$part" <<END
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.netfilter.nf_conntrack_max = $connections
END
put_file "$part" "$sysctl_file" 644
while read -r name _ value; do
  file=/proc/sys/$(printf %s "$name" | tr . /)
  if ! [ -e "$file" ]; then
    warn "the kernel has no $name"
    continue
  fi
  now=$(cat "$file")
  [ "$now" != "$value" ] || continue
  # More connections than are needed are left.
  case $name in *_max) [ "$now" -lt "$value" ] || continue ;; esac
  if (echo "$value" >"$file") 2>/dev/null; then changed "$name = $value"; else warn "$name stays $now"; fi
done <"$sysctl_file"
[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || fail 3 'net.ipv4.ip_forward is 0 and cannot be set, so no pod would reach another machine.'
finish
