#!/bin/sh
# Tells which cluster a machine is of. begin.sh stands before it, and the paths of scripts (kubernetes/scripts/paths.sh);
# what stands behind it says `finish kubelet 1`. Reads only.
# shellcheck disable=SC2154 # what is used here is set by begin.sh and paths.sh

has docker && start kubelet docker inspect --type container --format "$kubelet_maker" "$kubelet_container"

# Where its kubelet and its administrator go. Of kubeconfigs this line alone: the rest may be keys.
for file in "$kubernetes/kubelet.conf" "$kubernetes/admin.conf" "$kubernetes/config" "$kubelet_data/kubeconfig"; do
  [ -r "$file" ] || continue
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *server:*) say cluster-server "${line#*server:}" ;; esac
  done <"$file"
done
