# shellcheck shell=sh disable=SC2154 # what is used here is set by what stands before it
# Changes who the members of etcd are, through the member of this machine. settings.sh and member.sh stand before it. Prints
# what etcdctl replied as section `reply`, in JSON where somebody was removed, added or moved.
#
# $2  remove ID | add NAME PEER-URL, as a learner | update ID PEER-URL, where it is | promote ID, a learner | lead ID, where
#     this one leads
# IDs are hexadecimal, and exact: nothing is looked up by a part of an address.

# How long etcdctl waits; a change is written by a majority.
# shellcheck disable=SC2034 # read by member_call
patience=10s
case $2 in
  remove) reply=$(member_call '' member remove "$3" -w json </dev/null) ;;
  add) reply=$(member_call '' member add "$3" --learner --peer-urls="$4" -w json </dev/null) ;;
  update) reply=$(member_call '' member update "$3" --peer-urls="$4" -w json </dev/null) ;;
  # Of 3.4 etcdctl cannot say that in JSON: it is done, and then it crashes.
  promote) reply=$(member_call '' member promote "$3" </dev/null) ;;
  lead) reply=$(member_call '' move-leader "$3" </dev/null) ;;
  *) give_up usage ;;
esac || give_up "$2"
# A line of an answer has its bounds, so it goes in parts.
while [ -n "$reply" ]; do
  part=$(printf '%.1500s' "$reply")
  say reply "$part"
  reply=${reply#"$part"}
done
say end ended
exit 0
