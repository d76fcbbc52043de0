#!/bin/sh
# Puts files of the folder etc beside this script at their place. $1, $2, …: names of them, as /etc/kubernetes/…; absent:
# all of them. Exit 2: one is not there.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

mkdir -p "$kubernetes"
chmod 755 "$kubernetes"
if ! [ -d "$manifests" ]; then
  mkdir -p "$manifests"
  changed "$manifests"
fi
chmod 700 "$manifests"
if [ $# -eq 0 ] && [ -d "$folder/etc" ]; then
  for file in $(cd "$folder" && find etc -type f | sort); do set -- "$@" "/$file"; done
fi
for path; do
  [ -f "$folder$path" ] || fail 2 "$path is not in the package."
  mode=644
  case $path in "$manifests"/*) mode=600 ;; esac
  put_file "$folder$path" "$path" "$mode"
done
finish
