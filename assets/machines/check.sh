#!/bin/sh
# Tells what has to be known of a machine before Kubernetes goes on it, beside what facts.sh tells. begin.sh stands
# before it. Reads only; a packet to each other machine and a question to each registry is all that leaves the machine.
# Whoever is root is told more: which program has a port, what docker says, what lies in /etc/kubernetes.
#
# From $3 on, what is asked for:
#   folder:PATH    how much room there is where PATH is, or will be
#   etcd:PATH      whether etcd data lies in PATH, and what was moved aside there
#   module:NAME    a module of the kernel
#   image:NAME     whether the machine has an image, and if not whether its registry has it
#   name:NAME      what a host name resolves to
#   machine:IPV4   how another machine is reached
# shellcheck disable=SC2154 # what is used here is set by begin.sh

shift 2
say user "$(id -u 2>/dev/null)"
if [ -z "$work" ]; then say missing 'disks, docker, images and names: no room in /dev/shm, /tmp and /var/tmp for what they say'; fi

# ---------------------------------------------------------------- docker, and images that are here
asks_docker=
if has docker; then
  say has docker
  asks_docker=yes
  start docker docker info
  start containers docker ps --format '{{.Names}}'
fi
for installer in apt-get dnf yum zypper; do
  has "$installer" && say has "$installer"
done
if [ -z "$asks_docker" ] && has apt-cache; then start candidates apt-cache policy docker.io docker-ce; fi

# The names of sections have numbers, since what is asked for may have any letters.
number=0
for word; do
  number=$((number + 1))
  case $word in
    image:*)
      [ -n "$asks_docker" ] && start "here-$number" docker image inspect --format '{{.Id}}' "${word#*:}"
      ;;
    name:*) start "name-$number" getent hosts "${word#*:}" ;;
    folder:*)
      path=${word#*:}
      while [ ! -d "$path" ] && [ "$path" != / ] && [ -n "$path" ]; do path=${path%/*}; done
      path=${path:-/}
      say "folder-$number" "$path"
      [ -w "$path" ] || say "locked-$number" "$path"
      start "df-$number" df -P -k "$path"
      ;;
  esac
done

# ---------------------------------------------------------------- what files and the shell say
tell_ports

release=$(uname -r 2>/dev/null)
# loaded: it is there now, or built in. loadable: it lies on the disk. missing: it does not. unknown: nobody can tell.
tell_module() {
  if [ -d "/sys/module/$1" ]; then
    say module "$1 loaded"
    return 0
  fi
  # What it brings is there also where it is part of the kernel and has no settings of its own.
  case $1 in
    overlay) grep -q '[[:space:]]overlay$' /proc/filesystems 2>/dev/null && say module "$1 loaded" && return 0 ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && say module "$1 loaded" && return 0 ;;
    # Rules of iptables are kept by either of two parts of the kernel, by the iptables command that is used.
    ip_tables)
      for part in /sys/module/nf_tables /proc/net/ip_tables_names; do
        [ -e "$part" ] && say module "$1 loaded" && return 0
      done
      ;;
    nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] && say module "$1 loaded" && return 0 ;;
  esac
  names=$1
  [ "$1" = ip_tables ] && names='(ip_tables|nf_tables)'
  if [ ! -r "/lib/modules/$release/modules.dep" ]; then
    say module "$1 unknown"
  elif grep -Eq "/$names\.ko" "/lib/modules/$release/modules.builtin" 2>/dev/null; then
    say module "$1 loaded"
  elif grep -Eq "/$names\.ko[.a-z0-9]*:" "/lib/modules/$release/modules.dep" 2>/dev/null; then
    say module "$1 loadable"
  else
    say module "$1 missing"
  fi
}

if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
  tell_file controllers /sys/fs/cgroup/cgroup.controllers 1
elif [ -r /proc/cgroups ]; then
  controllers=
  while read -r controller _ _ enabled; do
    [ "$enabled" = 1 ] && controllers="$controllers $controller"
  done </proc/cgroups
  say controllers "${controllers# }"
fi

if [ -r /etc/resolv.conf ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in nameserver* | search* | domain*) say resolver "$line" ;; esac
  done </etc/resolv.conf
fi

# It is put when etcd is healthy: so its data were there.
[ -e /etc/kubernetes/manifests/apiserver.yaml ] && say had-etcd yes
if [ -r /etc/kubernetes/pki/ca.crt ] && has sha256sum; then
  say cluster-authority "$(sha256sum </etc/kubernetes/pki/ca.crt 2>/dev/null)"
fi

tell_etcd() {
  for data in "$1" "$1/data"; do
    [ -d "$data/member" ] && say etcd-data "$data"
    for kept in "$data".*; do
      [ -d "$kept" ] && say etcd-kept "$kept"
    done
  done
}

# ---------------------------------------------------------------- the network
if has ip; then
  ip -4 route show 2>/dev/null | tell route 2000
  tell_file pod-route /etc/pai-tui/pod-routes 2000
  ip -o link show 2>/dev/null | tell link 500
else
  say missing 'routes: there is no ip'
fi

for word; do
  case $word in
    module:*) tell_module "${word#*:}" ;;
    etcd:*) tell_etcd "${word#*:}" ;;
  esac
done

# ---------------------------------------------------------------- what was started
finish docker 400
finish containers 2000
finish kubelet 1
finish candidates 40

# Registries are asked as docker would ask them: through its engine, which has its own settings; else by its command;
# else, where there is no docker yet, by whatever can speak HTTP.
engine_answers=
[ -n "$asks_docker" ] && [ "$(cat "$work/docker.code" 2>/dev/null)" = 0 ] && grep -q '^ *Server Version: ' "$work/docker.out" && engine_answers=yes
socket=/var/run/docker.sock
accept='application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json'
DOCKER_CLI_EXPERIMENTAL=enabled
export DOCKER_CLI_EXPERIMENTAL

ask_registry() {
  if [ -n "$engine_answers" ] && has curl && [ -S "$socket" ]; then
    start "engine-$1" curl -sS -m "$limit" --unix-socket "$socket" -w '\nHTTP %{http_code}\n' "http://docker/distribution/$2/json"
    return 0
  fi
  if [ -n "$engine_answers" ]; then
    start "manifest-$1" docker manifest inspect "$2"
    return 0
  fi
  # The parts of an image's name, as docker takes them: what has no host is of Docker Hub.
  registry=${2%%/*}
  path=${2#*/}
  case $registry in
    "$2") registry=registry-1.docker.io path=library/$2 ;;
    *.* | *:* | localhost) ;;
    *) registry=registry-1.docker.io path=$2 ;;
  esac
  tag=latest
  case $path in
    *@*) tag=${path#*@} path=${path%%@*} ;;
    *:*) tag=${path##*:} path=${path%:*} ;;
  esac
  for scheme in https http; do
    url=$scheme://$registry/v2/$path/manifests/$tag
    if has curl; then
      start "$scheme-$1" curl -sS -m "$limit" -o /dev/null -H "Accept: $accept" -w 'HTTP %{http_code}\n' "$url"
    elif has wget; then
      start "$scheme-$1" wget -S -O /dev/null -T "$limit" --header "Accept: $accept" "$url"
    fi
  done
}

number=0
for word; do
  number=$((number + 1))
  case $word in
    image:*)
      finish "here-$number" 1
      [ "$(cat "$work/here-$number.code" 2>/dev/null)" = 0 ] || ask_registry "$number" "${word#*:}"
      ;;
  esac
done

# ---------------------------------------------------------------- other machines, while registries think
ping=
if has ping; then
  ping=ping
elif has busybox && busybox ping -h 2>&1 | grep -q -- '-t TTL'; then
  ping='busybox ping'
fi

# A packet that may make one step only comes back from this network segment alone; and whoever answers is then known to
# the kernel by the address of his card. Where there is no ping, any knock makes him known as well.
tell_way() {
  say way "$(ip -4 route get "$1" 2>/dev/null | head -n 1)"
  if [ "$ping" ]; then
    $ping -n -c 1 -W 2 -t 1 "$1" >/dev/null 2>&1 </dev/null &
  elif has curl; then
    curl -s -m 2 -o /dev/null "http://$1:10250/" >/dev/null 2>&1 </dev/null &
  elif has bash && has timeout; then
    # shellcheck disable=SC2016 # the address is an argument of the shell that knocks
    timeout 2 bash -c ': <>"/dev/tcp/$1/10250"' knock "$1" >/dev/null 2>&1 </dev/null &
  else
    return 0
  fi
  pings="$pings $!"
  pinged="$pinged $1"
  waiting=$((waiting + 1))
  [ "$waiting" -lt 40 ] || hear_pings
}
hear_pings() {
  # shellcheck disable=SC2086 # addresses and process ids are single words
  set -- $pinged
  for pid in $pings; do
    wait "$pid"
    code=$?
    [ "$ping" ] && say step "$1 $code"
    shift
  done
  pings=
  pinged=
  waiting=0
}
pings=
pinged=
waiting=0
if has ip; then
  for word; do
    case $word in
      machine:*)
        [ $(($(seconds) - begun)) -le "$limit" ] || break
        tell_way "${word#*:}"
        ;;
    esac
  done
  hear_pings
  ip -4 neigh show 2>/dev/null | tell neighbour 2000
fi

# ---------------------------------------------------------------- what was asked of others
number=0
for word; do
  number=$((number + 1))
  case $word in
    image:*) for way in engine manifest https http; do finish "$way-$number" 10; done ;;
    name:*) finish "name-$number" 10 ;;
    folder:*) finish "df-$number" 4 ;;
  esac
done
say end ended
exit 0
