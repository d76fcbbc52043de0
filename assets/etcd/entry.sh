# shellcheck shell=sh disable=SC2154 # what is used here is set by what stands before it
# Has an entry written into the log of etcd that changes nothing, and tells what the member of this machine says of itself
# after that, in JSON as section `reply`: whoever hears from the leader has that entry soon. settings.sh and member.sh stand
# before it.

# The question goes through the log.
member_call '' alarm list </dev/null >/dev/null || give_up entry
reply=$(member_call '' endpoint status -w json </dev/null) || give_up entry
say reply "$reply"
say end ended
exit 0
