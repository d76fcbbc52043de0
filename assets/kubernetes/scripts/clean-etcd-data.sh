#!/bin/sh
# $1: the folder of etcd; its data lie in `data` below it, those of old clusters in the folder itself. $2: `remove`, or the
# name under which they are kept beside it. Exit 2: that is no folder of etcd; 3: there is something of that name already;
# 4: an etcd is at work on them.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

[ $# -eq 2 ] || fail 2 'Say the folder of etcd, and what becomes of its data.'
case $1 in /*/../* | /*/.. | / | *[!A-Za-z0-9./_-]*) fail 2 'That is no plain path of a folder.' ;; /*) ;; *) fail 2 'That is no plain path of a folder.' ;; esac
case $2 in */* | '' | .*) fail 2 'That is no name for what is kept.' ;; esac
base=${1%/}
kept=$base/data.$2

for process in /proc/[0-9]*; do
  comm=
  { read -r comm <"$process/comm"; } 2>/dev/null || true
  [ "$comm" = etcd ] || continue
  for file in "$process"/fd/*; do
    for database in "$base/data/member/snap/db" "$base/member/snap/db"; do
      # shellcheck disable=SC3013 # not of POSIX, but of every sh there is
      if [ "$file" -ef "$database" ]; then fail 4 "An etcd is at work on $database, process ${process#/proc/}: stop it first."; fi
    done
  done
done

# keep PATH FOLDER: puts it into that folder.
keep() {
  to=$2/${1##*/}
  [ ! -e "$to" ] || fail 3 "$to is there already."
  mkdir -p "$2"
  chmod 700 "$2"
  mv "$1" "$to"
  changed "moved $1 to $to"
}

if [ "$2" = remove ]; then
  remove_path "$base/data"
  remove_path "$base/member"
else
  if [ -d "$base/data" ] && rmdir "$base/data" 2>/dev/null; then changed "removed $base/data, which was empty"; fi
  if [ -e "$base/data" ]; then
    [ ! -e "$kept" ] || fail 3 "$kept is there already."
    mv "$base/data" "$kept"
    changed "moved $base/data to $kept"
  fi
  if [ -e "$base/member" ]; then
    if [ -e "$kept/member" ]; then keep "$base/member" "$kept/older"; else keep "$base/member" "$kept"; fi
  fi
fi
if [ "$changes" -gt 0 ] && rmdir "$base" 2>/dev/null; then changed "removed $base"; fi
finish
