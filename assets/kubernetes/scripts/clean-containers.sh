#!/bin/sh
# Removes the kubelet and the containers of pods, by the labels that a kubelet gives them. Others stay. Exit 4: docker does not answer.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

if command -v docker >/dev/null 2>&1; then
  docker version >/dev/null || fail 4 'Docker does not answer, so containers cannot be removed.'
  if docker inspect "$kubelet_container" >/dev/null 2>&1; then
    docker rm -f "$kubelet_container" >/dev/null
    changed "removed the container $kubelet_container"
  fi
  for container in $(docker ps -aq --filter label=io.kubernetes.pod.uid); do
    name=$(docker inspect --format '{{.Name}}' "$container" 2>/dev/null || true)
    # The kubelet's last act may have been to remove it.
    if ! docker rm -f -v "$container" >/dev/null 2>&1; then
      if docker inspect "$container" >/dev/null 2>&1; then fail 1 "The container $name cannot be removed."; fi
      continue
    fi
    changed "removed the container ${name#/}"
  done
fi
finish
