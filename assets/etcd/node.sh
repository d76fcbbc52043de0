# shellcheck shell=sh
# How scripts begin that work on the machine of a member of etcd, whether that runs or not. What is done stands behind it.
# Needs root.
#
# $1  what each line of its answer begins with: MARK SECTION TEXT, the last one MARK end ended. `changed` for all that is
#     other than before.

set -eu
mark=$1
LC_ALL=C
LANG=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL LANG PATH
umask 077

say() {
  printf '%s %s %s\n' "$mark" "$1" "$2"
}
changed() {
  say changed "$*"
}
# fail CODE SENTENCE
fail() {
  code=$1
  shift
  printf '%s\n' "$*" >&2
  exit "$code"
}
# A plain absolute path, and no other.
plain_path() {
  case $1 in
    */../* | */.. | */./* | */. | *//* | */ | *[!A-Za-z0-9./_-]*) fail 2 "$1 is no plain path." ;;
    /*) ;;
    *) fail 2 "$1 is no plain path." ;;
  esac
}
