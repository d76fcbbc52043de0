#!/bin/sh
# Runs the kubelet in a container, by the arguments in kubelet.arguments. One that runs with the same arguments and
# certificates goes on. $1: the image. Exit 3: a kubelet of somebody else is there; 4: it does not stay up.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

[ $# -eq 1 ] || fail 2 'Say the image of the kubelet.'
image=$1
set --
while IFS= read -r argument; do
  if [ "$argument" ]; then set -- "$@" "$argument"; fi
done <"$folder/kubelet.arguments"
driver=$(docker info --format '{{.CgroupDriver}}')
root=$(docker info --format '{{.DockerRootDir}}')
mkdir -p "$kubelet_data" "$pod_logs" "$container_logs" "$manifests"
# Its certificate and the address of the API are read once.
made_of=$(cat "$0" "$folder/kubelet.arguments" "$kubernetes/kubelet.conf" "$kubernetes/pki/kubelet.crt" "$kubernetes/pki/ca.crt" | cksum | tr ' ' -)
made_of="$made_of $image $driver $root"
state=$(docker inspect --format '{{.State.Running}} {{index .Config.Labels "pai-tui"}}' "$kubelet_container" 2>/dev/null || true)
if [ "$state" = "true $made_of" ]; then
  finish
  exit 0
fi
if [ "$state" ]; then
  case $state in
    'true ' | 'false ' | *'<no value>') fail 3 "A container $kubelet_container is there that is not of pai-tui; clean the machine first." ;;
  esac
  docker rm -f "$kubelet_container" >/dev/null
fi
# Plugins of a pod network lie on the machine.
plugins=
if grep -qx -e --network-plugin=cni "$folder/kubelet.arguments"; then
  plugins='-v /etc/cni:/etc/cni -v /opt/cni:/opt/cni -v /var/lib/cni:/var/lib/cni -v /lib/modules:/lib/modules:ro'
fi
# shellcheck disable=SC2086
docker run -d --name="$kubelet_container" --label pai-tui="$made_of" --restart=always \
  --net=host --pid=host --privileged --entrypoint=kubelet \
  -v /:/rootfs -v /sys:/sys -v /dev:/dev -v /run:/run -v /var/run:/var/run -v /var/log:/var/log \
  -v "$root:$root" -v "$kubernetes:$kubernetes:ro" -v "$kubelet_data:$kubelet_data:shared" \
  -v /etc/resolv.conf:/etc/resolv.conf:ro $plugins \
  "$image" "$@" --cgroup-driver="$driver" >/dev/null
changed 'the kubelet was started'
# Arguments that it does not know end it at once.
tries=0
while [ "$tries" -lt 3 ]; do
  tries=$((tries + 1))
  sleep 1
  up=$(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$kubelet_container")
  if [ "$up" != 'true 0' ]; then
    docker logs --tail 20 "$kubelet_container" >&2
    fail 4 'The kubelet does not stay up; its last lines stand above.'
  fi
done
finish
