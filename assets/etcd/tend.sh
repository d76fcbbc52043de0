# shellcheck shell=sh
# Does one thing with the member of etcd on a machine that makes room in its database. settings.sh and member.sh stand
# before it.
#
# $2  seconds it may take
# $3  defrag: this member alone, which answers nobody meanwhile
#     compact: all members, of what is older than revision $4
#     disarm: all alarms, of all members

# shellcheck disable=SC2034 # read by member_call
patience=${2}s
case $3 in
  defrag) member_call '' defrag </dev/null || give_up defrag ;;
  compact)
    # Its words are that it was done already.
    said=$(member_call '' compact --physical=true "$4" </dev/null 2>&1) || case $said in
      *'has been compacted'*) ;;
      *)
        printf '%s\n' "$said" >&2
        give_up compact
        ;;
    esac
    ;;
  disarm) member_call '' alarm disarm </dev/null || give_up disarm ;;
  *) give_up usage ;;
esac
say end ended
exit 0
