# shellcheck shell=sh disable=SC2154 # what is used here is set by node.sh
# Stops the member of etcd on a machine: its manifest goes out of kubelet's folder, and its pod is waited for until it is
# gone. node.sh stands before it.
#
# $2  the manifest
# $3  what it is called from then on
# Exit 3: there is something of that name already; 4: it does not stop.

plain_path "$2"
plain_path "$3"
if [ -e "$2" ]; then
  [ ! -e "$3" ] || fail 3 "$3 is there already, and $2 too: somebody put a manifest back meanwhile."
  mkdir -p "${3%/*}"
  mv "$2" "$3"
  changed "moved $2 to $3"
fi

# Its pod's own container too: while that is there, kubelet has not let go of the pod and may begin another etcd in it.
tries=0
while
  left=$(docker ps --quiet --filter label=io.kubernetes.pod.namespace=kube-system --filter 'name=k8s_.*_etcd-') ||
    fail 4 'Docker does not say whether etcd still runs.'
  [ -n "$left" ]
do
  tries=$((tries + 1))
  case $tries in
    # A kubelet that is down stops nothing; when it comes back, there is no manifest any more.
    60 | 75)
      # shellcheck disable=SC2086 # a word for each
      docker stop --time 10 $left >/dev/null || true
      changed 'its containers were stopped'
      ;;
    90) fail 4 'The containers of etcd do not end.' ;;
  esac
  sleep 1
done
say end ended
