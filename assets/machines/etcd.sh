#!/bin/sh
# Tells the state of etcd on a machine: its container, what its member says of itself and of the others, and its data.
# begin.sh stands before it. Run as root. Reads only.
#
# $3  the folder of etcd by the configuration, for where no container tells
# shellcheck disable=SC2154 # what is used here is set by begin.sh

folder=${3%/}
set -f
if [ -z "$work" ]; then say missing 'docker and etcd: no room in /dev/shm, /tmp and /var/tmp for what they say'; fi
has docker && say has docker

has_code() {
  value=
  { read -r value <"$work/$1.code"; } 2>/dev/null
  [ "$value" = "$2" ]
}

# Tells what a program printed, also a line that is longer than one of an answer may be, in parts.
tell_long() {
  finish "$1" 0
  [ -n "$work" ] && [ -e "$work/$1.code" ] || return 0
  parts=0
  while { IFS= read -r line || [ -n "$line" ]; } && [ "$parts" -lt 60 ]; do
    while [ -n "$line" ] && [ "$parts" -lt 60 ]; do
      part=$(printf '%.1500s' "$line")
      say "$1" "$part"
      line=${line#"$part"}
      parts=$((parts + 1))
    done
  done <"$work/$1.out"
}

# ---------------------------------------------------------------- the container
# By the program that runs in it: pods and containers of etcd have had several names. Newest first.
container=
start ps docker ps -a --no-trunc --filter name=etcd --format '{{.ID}}'
finish ps 0
if has_code ps 0; then
  set --
  while read -r id && [ $# -lt 30 ]; do set -- "$@" "$id"; done <"$work/ps.out"
  # Of the environment only what is known below is ever told: there may be passwords in it.
  [ $# -eq 0 ] || start inspect docker inspect --format '
container {{.Id}}
name {{.Name}}
image {{.Config.Image}}
status {{.State.Status}}
exit {{.State.ExitCode}}
oom {{.State.OOMKilled}}
started {{.State.StartedAt}}
finished {{.State.FinishedAt}}
error {{json .State.Error}}
program {{.Path}}
{{range .Config.Env}}environment {{.}}
{{end}}{{range .Args}}argument {{.}}
{{end}}{{range .Mounts}}mount {{.Destination}} {{.Source}}
{{end}}last' "$@"
  finish inspect 0
fi

# The one that runs goes before those that have ended, a static pod of Kubernetes before others.
best=-1
choose() {
  while IFS= read -r line; do
    case $line in
      'container '*) id=${line#* } worth=0 runs=no ;;
      'name /k8s_POD_'*) worth=-9 ;;
      'name /k8s_etcd_'* | 'name /k8s_etcd-container_'*) worth=$((worth + 1)) ;;
      'status running') worth=$((worth + 2)) ;;
      'program etcd' | 'program '*/etcd | 'argument etcd' | 'argument etcd '* | 'argument '*/bin/etcd | 'argument '*'/bin/etcd '*) runs=etcd ;;
      last)
        if [ "$runs" = etcd ] && [ "$worth" -gt "$best" ]; then
          best=$worth
          container=$id
        fi
        ;;
    esac
  done
}
# Also where one of them was removed meanwhile, which docker calls an error.
if [ -n "$work" ] && [ -s "$work/inspect.out" ]; then choose <"$work/inspect.out"; fi

# ---------------------------------------------------------------- its settings
data_dir=
clients=
advertised=
peers=
authority=
certificate=
key=
peer_authority=
peer_certificate=
peer_key=
setting() {
  case $1 in
    name | quota-backend-bytes | initial-cluster-state) ;;
    data-dir) data_dir=$2 ;;
    listen-client-urls) clients=$2 ;;
    advertise-client-urls) advertised=$2 ;;
    listen-peer-urls) peers=$2 ;;
    trusted-ca-file) authority=$2 ;;
    cert-file) certificate=$2 ;;
    key-file) key=$2 ;;
    peer-trusted-ca-file) peer_authority=$2 ;;
    peer-cert-file) peer_certificate=$2 ;;
    peer-key-file) peer_key=$2 ;;
    *) return 0 ;;
  esac
  say setting "$1 $2"
}

# As arguments with = or a word behind them, or all in one line for a shell.
flag=
read_argument() {
  for word in $1; do
    case $word in
      -*=*)
        word=${word#-}
        word=${word#-}
        setting "${word%%=*}" "${word#*=}"
        flag=
        ;;
      -*)
        flag=${word#-}
        flag=${flag#-}
        ;;
      *)
        [ -n "$flag" ] && setting "$flag" "$word"
        flag=
        ;;
    esac
  done
}

mounts='
'
newline='
'
read_container() {
  here=no
  while IFS= read -r line; do
    case $line in
      "container $container") here=yes ;;
      'container '*) here=no ;;
    esac
    [ "$here" = yes ] || continue
    case $line in
      'container '* | 'name '* | 'image '* | 'status '* | 'exit '* | 'oom '* | 'started '* | 'finished '* | 'error '*) say container "$line" ;;
      'environment ETCD_NAME='*) setting name "${line#*=}" ;;
      'environment ETCD_DATA_DIR='*) setting data-dir "${line#*=}" ;;
      'environment ETCD_LISTEN_CLIENT_URLS='*) setting listen-client-urls "${line#*=}" ;;
      'environment ETCD_ADVERTISE_CLIENT_URLS='*) setting advertise-client-urls "${line#*=}" ;;
      'environment ETCD_LISTEN_PEER_URLS='*) setting listen-peer-urls "${line#*=}" ;;
      'environment ETCD_TRUSTED_CA_FILE='*) setting trusted-ca-file "${line#*=}" ;;
      'environment ETCD_CERT_FILE='*) setting cert-file "${line#*=}" ;;
      'environment ETCD_KEY_FILE='*) setting key-file "${line#*=}" ;;
      'environment ETCD_PEER_TRUSTED_CA_FILE='*) setting peer-trusted-ca-file "${line#*=}" ;;
      'environment ETCD_PEER_CERT_FILE='*) setting peer-cert-file "${line#*=}" ;;
      'environment ETCD_PEER_KEY_FILE='*) setting peer-key-file "${line#*=}" ;;
      'environment ETCD_QUOTA_BACKEND_BYTES='*) setting quota-backend-bytes "${line#*=}" ;;
      'argument '*) read_argument "${line#argument }" ;;
      'mount '*) mounts="$mounts${line#mount }$newline" ;;
    esac
  done
}
if [ -n "$container" ]; then read_container <"$work/inspect.out"; fi

# A path inside the container → where it is on the machine, by the mount that is nearest to it.
outside=
find_outside() {
  outside=
  nearest=
  while read -r inside source; do
    case $1/ in
      "${inside%/}"/*)
        if [ -n "$inside" ] && [ ${#inside} -gt ${#nearest} ]; then
          nearest=$inside
          rest=${1#"${inside%/}"}
          outside=${source%/}$rest
        fi
        ;;
    esac
  done <<END
$mounts
END
}

# Of the addresses it listens on, the one to ask it at: loopback, else the first.
address=
find_address() {
  address=
  commas=$IFS
  IFS=,
  for url in $1; do
    case $url in
      *://0.0.0.0:* | *'://[::]:'*) url=${url%%://*}://127.0.0.1:${url##*:} ;;
      http://* | https://*) ;;
      *) continue ;;
    esac
    case $url in
      *://127.0.0.1:* | *://localhost:*)
        address=$url
        break
        ;;
    esac
    address=${address:-$url}
  done
  IFS=$commas
}

# ---------------------------------------------------------------- the member
# By the environment, which goes before that of the container; arguments and it would be in conflict. The certificate of
# the server is one of a client too: its own gateway goes by it.
ask() {
  section=$1
  shift
  set -- "$container" etcdctl "$@"
  case $endpoint in
    https://*)
      if [ -n "$authority" ]; then
        set -- -e ETCDCTL_CACERT="$authority" "$@"
      else
        set -- -e ETCDCTL_INSECURE_SKIP_TLS_VERIFY=true "$@"
      fi
      set -- -e ETCDCTL_CERT="$certificate" -e ETCDCTL_KEY="$key" "$@"
      ;;
  esac
  start "$section" docker exec -e ETCDCTL_API=3 -e ETCDCTL_ENDPOINTS="$endpoint" -e ETCDCTL_DIAL_TIMEOUT=3s \
    -e ETCDCTL_COMMAND_TIMEOUT=4s "$@"
}
running=
if [ "$best" -ge 2 ]; then running=yes; fi
if [ -n "$running" ]; then
  find_address "${clients:-$advertised}"
  endpoint=${address:-http://127.0.0.1:2379}
  say endpoint "$endpoint"
  ask status endpoint status -w json
  ask members member list -w json
  ask health endpoint health
  # From 3.5 on `member list` wants a quorum. What members tell each other does not; over TLS they speak no HTTP/2 there,
  # though they offer it.
  find_address "$peers"
  case $address in
    http://*) start peers curl -sS -m 4 "$address/members" ;;
    https://*)
      find_outside "$peer_authority"
      peer_authority=$outside
      find_outside "$peer_certificate"
      peer_certificate=$outside
      find_outside "$peer_key"
      peer_key=$outside
      if [ -n "$peer_authority" ] && [ -n "$peer_certificate" ] && [ -n "$peer_key" ]; then
        start peers curl -sS -m 4 --http1.1 --cacert "$peer_authority" --cert "$peer_certificate" --key "$peer_key" "$address/members"
      fi
      ;;
  esac
fi
# shellcheck disable=SC2016 # $1 is that of the inner shell
[ -z "$container" ] || start log sh -c 'exec docker logs --tail 100 "$1" 2>&1' sh "$container"

# ---------------------------------------------------------------- what files say
set +f
for process in /proc/[0-9]*; do
  comm=
  { read -r comm <"$process/comm"; } 2>/dev/null
  if [ "$comm" = etcd ]; then
    say process "${process#/proc/}"
  fi
done
for manifest in /etc/kubernetes/manifests/*etcd*; do
  [ -f "$manifest" ] && say manifest "$manifest"
done

data=
if [ -n "$data_dir" ]; then
  find_outside "$data_dir"
  data=$outside
fi
if [ -z "$data" ]; then
  data=$folder/data
  if [ ! -d "$data/member" ] && [ -d "$folder/member" ]; then data=$folder; fi
fi
say data "$data"
set --
if [ -d "$data/member" ]; then
  say data-there "$data"
  set -- "$data"
fi
for kept in "$data".*; do
  [ -d "$kept" ] || continue
  say kept "$kept"
  set -- "$@" "$kept"
done
[ $# -eq 0 ] || start sizes du -sk "$@"
path=$data
while [ ! -d "$path" ] && [ "$path" != / ] && [ -n "$path" ]; do path=${path%/*}; done
start df df -P -k "${path:-/}"

# ---------------------------------------------------------------- what was started
tell_long status
# From 3.4 on the status tells alarms. The question for them goes through the log of etcd, so it is asked of no other.
if has_code status 0 && grep -Eq '"version":"3\.[0-3]\.' "$work/status.out"; then
  ask alarms alarm list -w json
fi
tell_long members
finish health 20
tell_long peers
tell_long alarms
finish df 4
finish sizes 100
finish log 100
say end ended
exit 0
