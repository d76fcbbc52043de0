#!/bin/sh
# Tells what of a cluster lies on a machine and goes when it is cleaned, and what is kept. begin.sh stands before it, the
# paths of the scripts that clean (kubernetes/scripts/paths.sh), and membership.sh. Reads only.
#
# From $3 on, what is asked for:
#   etcd:PATH      the folder of etcd: what lies there, and what was moved aside
#   cni            the files of a pod network of plugins
# shellcheck disable=SC2154 # what is used here is set by begin.sh and paths.sh

shift 2
say user "$(id -u 2>/dev/null)"
if [ -z "$work" ]; then say missing 'containers, rules and sizes: no room in /dev/shm, /tmp and /var/tmp for what they say'; fi

if has docker; then
  say has docker
  start containers docker ps -a --format '{{.Names}} {{.Label "io.kubernetes.pod.uid"}}'
fi
for family in iptables ip6tables; do
  has "$family-save" && start "rules-$family" sh -c "$family-save | grep -c -e KUBE- -e '--comment pai-tui'"
done

for file in "$sysctl_file" "$modules_file" "$own" "$routes_unit"; do
  [ -e "$file" ] && say file "$file"
done
for file in "$hosts_file" "$rc_file"; do
  grep -q '^# pai-tui begin' "$file" 2>/dev/null && say file "$file"
done

# ---------------------------------------------------------------- folders, whose size is told
sized=
found() {
  say "$1" "$2"
  sized="$sized $2"
}
# has_something FOLDER
has_something() {
  for inside in "$1"/* "$1"/.[!.]*; do
    case $inside in */lost+found) continue ;; esac
    if [ -e "$inside" ] || [ -L "$inside" ]; then return 0; fi
  done
  return 1
}
for folder in "$kubernetes" "$pod_logs" "$container_logs"; do
  [ -e "$folder" ] && found folder "$folder"
done
# Where it is a disk of its own, the folder itself stays.
has_something "$kubelet_data" && found folder "$kubelet_data"
for word; do
  case $word in
    cni)
      for folder in "$cni_settings" "$cni_data"; do
        [ -e "$folder" ] && found folder "$folder"
      done
      for device in $cni_devices; do
        [ -e "/sys/class/net/$device" ] && say file "network device $device"
      done
      ;;
    etcd:*)
      base=${word#*:}
      base=${base%/}
      # Of old clusters they lie in the folder itself.
      for data in "$base/data" "$base/member"; do
        [ -e "$data" ] && found etcd-data "$data"
      done
      for kept in "$base".* "$base/data".*; do
        [ -d "$kept" ] && found etcd-kept "$kept"
      done
      ;;
  esac
done
# shellcheck disable=SC2086 # they have no spaces
[ "$sized" ] && start sizes du -skx $sized

finish containers 5000
finish kubelet 1
finish rules-iptables 1
finish rules-ip6tables 1
finish sizes 400
say end ended
exit 0
