# shellcheck shell=sh disable=SC2154 # what is used here is set by settings.sh
# How scripts begin that work with the member of etcd on a machine, inside its own container. settings.sh stands before it,
# and what is done behind it. Needs root, docker, and a container that runs.
#
# $1  what each line of its answer begins with: MARK SECTION TEXT, the last one MARK end ended

mark=$1
LC_ALL=C
LANG=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL LANG PATH
umask 077

say() {
  printf '%s %s %s\n' "$mark" "$1" "$2"
}
give_up() {
  say failed "$*"
  exit 1
}

set -f
found=$(docker ps --quiet --no-trunc --filter name=etcd </dev/null) || give_up docker
# One that is gone meanwhile is an error to docker, and the others are told all the same.
# shellcheck disable=SC2086 # a word for each
[ -z "$found" ] || found=$(docker inspect --format "$inspect_format" $found </dev/null 2>/dev/null)
choose <<END
$found
END
[ -n "$container" ] && [ "$best" -ge 2 ] || give_up stopped
# What it tells is of interest to nobody here.
read_container >/dev/null <<END
$found
END
find_address "${clients:-$advertised}"
endpoint=${address:-http://127.0.0.1:2379}

# Where its data lie on the machine; empty where they are in no folder of it.
data_dir=${data_dir%/}
find_outside "${data_dir:-none}"
data=$outside

# Of `ls`: mode, links, owner, group, bytes.
size_of() {
  # shellcheck disable=SC2046 # a word for each
  set -- $(ls -lnd "$1")
  printf '%s' "${5:-0}"
}
