# shellcheck shell=sh disable=SC2154 # what is used here is set by what stands before it
# Takes a snapshot of the member of etcd on a machine, inside its own container, and prints it as stream 3; what it says
# of it goes to stderr. The checksums of machine-scripts.ts, settings.sh and member.sh stand before it.
#
# The snapshot lies beside the data of etcd, which its container sees too, and has lost its name before it is sent: nothing
# of it is left, however this ends. What one that was killed left goes first.

# What etcd may go on to write meanwhile, in KiB.
reserve=131072

[ -d "$data/member" ] || give_up folder
folder=${data_dir%/*}
find_outside "${folder:-none}"
if [ "$outside/${data_dir##*/}" = "$data" ]; then place=$outside; else folder=$data_dir place=$data; fi

name=.pai-tui-snapshot
clear_away() { rm -rf "$place/$name"; }
trap clear_away EXIT
trap 'exit 143' HUP INT TERM
clear_away

bytes=$(size_of "$data/member/snap/db")
# shellcheck disable=SC2046 # a word for each
set -- $(df -P -k "$place" | tail -n 1)
free=${4:-0}
[ "$free" -ge $((bytes / 1024 + reserve)) ] || give_up room "$bytes" $((free * 1024)) "$place"

# For whoever etcd runs as.
# shellcheck disable=SC2046 # a word for each
set -- $(ls -lnd "$data/member")
mkdir "$place/$name" && chown "$3:$4" "$place/$name" || give_up place "$place"
member_call '' snapshot save "$folder/$name/db" >&2 </dev/null || give_up save
patience=300s
status=$(member_call '' snapshot status -w json "$folder/$name/db" </dev/null)
# From 3.6 on it is a program of its own.
case $status in
  *'{'*) ;;
  *) status=$(docker exec "$container" etcdutl snapshot status -w json "$folder/$name/db" </dev/null) ;;
esac
say status "{${status#*\{}"
say bytes "$(size_of "$place/$name/db")"
sum=$(sums "$place/$name/db")
[ "$tool" = cksum ] || say sum "${sum%% *}"

exec 4<"$place/$name/db" || give_up save
clear_away
cat <&4 >&3 || give_up send
say end ended
exit 0
