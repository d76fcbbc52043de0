#!/bin/sh
# Tells the state of etcd on a machine: its container, what its member says of itself and of the others, and its data.
# begin.sh and settings.sh of assets/etcd stand before it. Run as root. Reads only.
#
# $3  the folder of etcd by the configuration, for where no container tells
# shellcheck disable=SC2154 # what is used here is set by begin.sh and settings.sh

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
start ps docker ps -a --no-trunc --filter name=etcd --format '{{.ID}}'
finish ps 0
if has_code ps 0; then
  set --
  while read -r id && [ $# -lt 30 ]; do set -- "$@" "$id"; done <"$work/ps.out"
  [ $# -eq 0 ] || start inspect docker inspect --format "$inspect_format" "$@"
  finish inspect 0
fi
# Also where one of them was removed meanwhile, which docker calls an error.
if [ -n "$work" ] && [ -s "$work/inspect.out" ]; then choose <"$work/inspect.out"; fi
if [ -n "$container" ]; then read_container <"$work/inspect.out"; fi

# ---------------------------------------------------------------- the member
ask() {
  section=$1
  shift
  member_call "start $section" "$@"
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
