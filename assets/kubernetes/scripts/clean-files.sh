#!/bin/sh
# Removes the files of Kubernetes, after what is mounted below them. Run when no kubelet runs any more. $1: `cni`, where
# the pod network was one of plugins; absent: their files are somebody else's. Exit 2: the kubelet's folder is a link.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

if [ -L "$kubelet_data" ]; then
  # What is mounted there is told by another path, and what is in it is outside of what may be removed.
  fail 2 "$kubelet_data is a link to $(readlink -f "$kubelet_data"): unmount what is mounted below that, empty it, remove the link, and clean again."
fi
mounts=$(awk -v below="$kubelet_data/" 'index($5, below) == 1 { print length($5), $5 }' /proc/self/mountinfo | sort -rn | cut -d' ' -f2-)
for mounted in $mounts; do
  # As the kernel writes spaces.
  mounted=$(printf '%b' "$mounted")
  umount "$mounted" 2>/dev/null || umount -l "$mounted" || fail 1 "$mounted cannot be unmounted."
  changed "unmounted $mounted"
done
if awk -v path="$kubelet_data/" 'index($5, path) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
  fail 1 "Something is still mounted below $kubelet_data."
fi
if awk -v path="$kubelet_data" '$5 == path { found = 1 } END { exit !found }' /proc/self/mountinfo; then
  # A disk of its own stays, empty.
  for inside in "$kubelet_data"/* "$kubelet_data"/.[!.]*; do
    case $inside in */lost+found) ;; *) remove_path "$inside" ;; esac
  done
else
  remove_path "$kubelet_data"
fi
remove_path "$kubernetes"
remove_path "$pod_logs"
remove_path "$container_logs"
remove_path "$sysctl_file"
remove_path "$modules_file"
if [ "${1:-}" = cni ]; then
  remove_path "$cni_settings"
  remove_path "$cni_data"
fi
finish
