#!/bin/sh
# stdin: the whole daemon.json; empty: none is needed. Puts it there, and restarts docker only if it is another one than before; where there is no
# docker yet, it begins with it. Exit 4: docker does not start with it; then the one of before is there again.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

part=$(mktemp)
kept=$(mktemp)
trap 'rm -f "$part" "$kept"' EXIT
cat >"$part"
if ! [ -s "$part" ]; then
  [ ! -s "$docker_settings" ] || fail 2 'No settings came, and there are some.'
  finish
  exit 0
fi
was=no
if [ -f "$docker_settings" ]; then
  was=yes
  cat "$docker_settings" >"$kept"
fi
if [ "$was" = yes ] && cmp -s "$part" "$docker_settings"; then
  finish
  exit 0
fi
put_file "$part" "$docker_settings" 644
if ! command -v docker >/dev/null 2>&1; then
  finish
  exit 0
fi
if ! (restart_docker); then
  if [ "$was" = yes ]; then put_file "$kept" "$docker_settings" 644; else rm -f "$docker_settings"; fi
  restart_docker
  fail 4 "Docker does not start with the new $docker_settings; the one of before is there again."
fi
changed 'docker was restarted'
finish
