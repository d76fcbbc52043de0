#!/bin/sh
# How each script begins that tells something of a machine: it is put before facts.sh and the like, and does nothing alone.
# Needs a POSIX shell; every other program may be missing or hang. Changes nothing: one folder of its own below
# /dev/shm, /tmp or /var/tmp, which it removes.
#
# $1  a random word: each line of the answer begins with it, so that nothing else is taken for one
# $2  seconds that programs which may hang are given, all together
#
# Each line: MARK SECTION TEXT. The last one, which the script itself says: MARK end ended.
# shellcheck disable=SC2034 # what is set here is used by what follows

mark=$1
limit=${2:-4}
LC_ALL=C
LANG=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL LANG PATH
umask 077

say() {
  printf '%s %s %s\n' "$mark" "$1" "$2"
}

# First of all, and written at once: whoever asks bounds the machine's clock by when this arrives.
say time "$(date +%s.%N 2>/dev/null)"

has() {
  command -v "$1" >/dev/null 2>&1
}
has date || say missing 'clock: there is no date'

# The lines of a file or of stdin, at most $2 of them.
tell() {
  left=${2:-400}
  while [ "$left" -gt 0 ] && { IFS= read -r line || [ -n "$line" ]; }; do
    say "$1" "$line"
    left=$((left - 1))
  done
}

tell_file() {
  if [ -r "$2" ]; then tell "$1" "${3:-400}" <"$2" 2>/dev/null; fi
}

# ---------------------------------------------------------------- programs that may hang
# A program that the kernel will not let die (nvidia-smi on a card that fell off its bus, df on a dead NFS server)
# must hold up neither this script nor the connection: it writes into files, and is left behind when its time is up.
# All are started together, so that together they take no longer than the slowest.

work=
for place in /dev/shm /tmp /var/tmp; do
  if [ -d "$place" ] && [ -w "$place" ]; then
    work=$(mktemp -d "$place/pai-tui-asks.XXXXXX" 2>/dev/null) && [ -n "$work" ] && break
    work=
    # Without mktemp: the name is random, and a folder that is there already is not taken.
    if mkdir "$place/pai-tui-asks.$mark" 2>/dev/null; then
      work=$place/pai-tui-asks.$mark
      break
    fi
  fi
done
# What was ended just now may still write a last file while the folder goes.
# shellcheck disable=SC2317 # called by trap
clear_away() {
  tries=0
  until rm -rf "$work" 2>/dev/null || [ "$tries" -ge 20 ]; do
    sleep "$nap"
    tries=$((tries + 1))
  done
}
nap=0.05
sleep "$nap" 2>/dev/null || nap=1
if [ -n "$work" ]; then
  trap clear_away EXIT
  trap 'exit 1' HUP INT TERM
  # No room on it: files would stay empty and look like answers.
  echo room >"$work/room" 2>/dev/null
  room=
  read -r room 2>/dev/null <"$work/room"
  if [ "$room" != room ]; then
    rm -rf "$work"
    work=
  fi
fi

programs=' '
# Names of programs that are not to be started, with a space on each side.
stuck=' '

# Starts a program by the name of its section, where there is one.
start() {
  name=$1
  shift
  [ -n "$work" ] && has "$1" || return 0
  case $stuck in
    *" $1 "*)
      say hung "$name"
      return 0
      ;;
  esac
  programs="$programs$name "
  (
    "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
    echo $! >"$work/$name.pid"
    wait $!
    echo $? >"$work/$name.code.new"
    mv "$work/$name.code.new" "$work/$name.code"
  ) >/dev/null 2>&1 </dev/null &
  echo $! >"$work/$name.waiter"
}

seconds() {
  date +%s 2>/dev/null || echo 0
}
begun=$(seconds)
naps=0

# Waits for a started program, and tells its lines as sections $1 and $1-error, its exit code as $1-exit.
finish() {
  case $programs in *" $1 "*) ;; *) return 0 ;; esac
  while [ ! -e "$work/$1.code" ]; do
    # By naps too: the clock may be set while this runs.
    if [ $(($(seconds) - begun)) -gt "$limit" ] || [ "$naps" -gt $((limit * 25)) ]; then
      for pid in waiter pid; do
        read -r pid 2>/dev/null <"$work/$1.$pid" && kill -KILL "$pid" 2>/dev/null
      done
      say hung "$1"
      return 0
    fi
    sleep "$nap"
    naps=$((naps + 1))
  done
  read -r code <"$work/$1.code"
  say "$1-exit" "$code"
  tell "$1" "${2:-400}" <"$work/$1.out"
  tell "$1-error" 20 <"$work/$1.err"
}

# ---------------------------------------------------------------- ports
# The kernel's own tables name no program, but they are always there.
tell_table() {
  [ -r "/proc/net/$2" ] || return 0
  while read -r _ local _ state _; do
    if [ "$state" = "$3" ]; then say ports-proc "$1 $local"; fi
  done <"/proc/net/$2"
}
tell_ports() {
  if table=$(ss -ltnup 2>/dev/null) && [ -n "$table" ]; then
    printf '%s\n' "$table" | tell ports-ss 2000
  elif table=$(netstat -ltnup 2>/dev/null) && [ -n "$table" ]; then
    printf '%s\n' "$table" | tell ports-netstat 2000
  elif [ -r /proc/net/tcp ]; then
    tell_table tcp tcp 0A
    tell_table tcp tcp6 0A
    tell_table udp udp 07
    tell_table udp udp6 07
  else
    say missing 'ports: neither ss nor netstat is there, and /proc/net/tcp cannot be read'
  fi
}
