# shellcheck shell=sh
# Sourced by each script beside it, which sets `folder` before. A script prints a line `changed: …` for all that it
# changes, and `pai-tui: changed N` as its last one: without that line it did not come to its end.
# Exit codes: 0 done; 1 a command failed; 2 wrong use; others as the header of the script says.
set -eu
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 022
# shellcheck source=paths.sh disable=SC2154
. "$folder/paths.sh"
changes=0

changed() {
  changes=$((changes + 1))
  printf 'changed: %s\n' "$*"
}

finish() {
  printf 'pai-tui: changed %s\n' "$changes"
}

warn() {
  printf 'warning: %s\n' "$*"
}

# fail CODE SENTENCE
fail() {
  code=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$code"
}

# put_file SOURCE PATH MODE: there as a whole or not at all; says so only when something is other than before.
put_file() {
  if [ -f "$2" ] && cmp -s "$1" "$2" && [ "$(stat -c %a "$2")" = "$3" ]; then return 0; fi
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.pai-tui-new"
  chmod "$3" "$2.pai-tui-new"
  mv -f "$2.pai-tui-new" "$2"
  changed "$2"
}

# remove_path PATH: a file or folder with all in it.
remove_path() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    rm -rf "$1"
    changed "removed $1"
  fi
}

# without_block FILE: its text without what stands between our markers.
without_block() {
  if [ -f "$1" ]; then sed '/^# pai-tui begin/,/^# pai-tui end/d' "$1"; fi
}

# The service manager is used for what shall happen at boot, where there is one.
has_systemd() {
  [ -d /run/systemd/system ]
}

# wait_for_docker WHAT: until it answers after that, for a minute.
wait_for_docker() {
  tries=0
  until docker version >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || fail 4 "Docker does not answer a minute after its $1; look into its log."
    sleep 1
  done
}

restart_docker() {
  if has_systemd; then systemctl restart docker; else service docker restart; fi
  wait_for_docker restart
}
