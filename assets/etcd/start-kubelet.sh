# shellcheck shell=sh disable=SC2154 # what is used here is set by node.sh
# Starts what keeps the member of etcd of a machine running, where it is stopped: its kubelet, and a container of etcd that
# is paused. node.sh stands before it.
# Exit 3: there is no kubelet of ours.

state=$(docker inspect --format '{{.State.Status}}' kubelet 2>/dev/null) || fail 3 'There is no container kubelet.'
case $state in
  running) ;;
  paused)
    docker unpause kubelet >/dev/null
    changed 'the kubelet goes on'
    ;;
  *)
    docker start kubelet >/dev/null
    changed 'the kubelet was started'
    ;;
esac
for id in $(docker ps --quiet --filter status=paused --filter label=io.kubernetes.pod.namespace=kube-system --filter 'name=k8s_.*_etcd-'); do
  docker unpause "$id" >/dev/null
  changed 'etcd goes on'
done
say end ended
