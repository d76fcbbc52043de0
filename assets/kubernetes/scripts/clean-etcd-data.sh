#!/bin/sh
# $1: the folder of etcd; its data lie in `data` below it. $2: `remove`, or the name under which they are kept beside it.
# Run when no etcd runs any more. Exit 2: that is no folder of etcd; 3: there is something of that name already.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

[ $# -eq 2 ] || fail 2 'Say the folder of etcd, and what becomes of its data.'
case $1 in /*/../* | /*/.. | / | *[!A-Za-z0-9./_-]*) fail 2 'That is no plain path of a folder.' ;; /*) ;; *) fail 2 'That is no plain path of a folder.' ;; esac
data=${1%/}/data
case $2 in */* | '' | .*) fail 2 'That is no name for what is kept.' ;; esac
if [ -e "$data" ]; then
  if [ "$2" = remove ]; then remove_path "$data"
  else
    [ ! -e "$data.$2" ] || fail 3 "$data.$2 is there already."
    mv "$data" "$data.$2"
    changed "moved $data to $data.$2"
  fi
fi
finish
