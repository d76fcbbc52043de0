#!/bin/sh
# Removes the kubelet and the containers of pods, by the labels that a kubelet gives them. Others stay. Exit 3: a kubelet
# of somebody else is at work, who would begin them anew; 4: docker does not answer.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

remove_pods() {
  for container in $(docker ps -aq --filter label=io.kubernetes.pod.uid); do
    name=$(docker inspect --format '{{.Name}}' "$container" 2>/dev/null || true)
    # The kubelet's last act may have been to remove it.
    if ! docker rm -f -v "$container" >/dev/null 2>&1; then
      if docker inspect "$container" >/dev/null 2>&1; then fail 1 "The container $name cannot be removed."; fi
      continue
    fi
    changed "removed the container ${name#/}"
  done
}

if command -v docker >/dev/null 2>&1; then
  docker version >/dev/null || fail 4 'Docker does not answer, so containers cannot be removed.'
  if docker inspect --type container "$kubelet_container" >/dev/null 2>&1; then
    maker=$(docker inspect --type container --format "$kubelet_maker" "$kubelet_container")
    [ "$maker" ] || fail 3 "The container $kubelet_container was started neither by pai-tui nor by OpenPAI: this machine is of another cluster."
    docker rm -f -v "$kubelet_container" >/dev/null
    changed "removed the container $kubelet_container"
  fi
fi
for process in /proc/[0-9]*; do
  comm=
  { read -r comm <"$process/comm"; } 2>/dev/null || true
  case $comm in
    kubelet | k3s-agent) unit=$comm ;;
    k3s | k3s-server) unit=k3s ;;
    hyperkube) case $(tr '\0' ' ' 2>/dev/null <"$process/cmdline") in *'hyperkube kubelet '*) unit=kubelet ;; *) continue ;; esac ;;
    *) continue ;;
  esac
  fail 3 "A kubelet of somebody else is at work, process ${process#/proc/}: stop it first (systemctl disable --now $unit)."
done
if command -v docker >/dev/null 2>&1; then
  remove_pods
  # What the kubelet asked docker for in its last moment came after the list was made.
  remove_pods
fi
finish
