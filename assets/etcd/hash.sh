# shellcheck shell=sh disable=SC2154 # what is used here is set by what stands before it
# Tells the hash of all keys that the member of this machine has up to revision $2, in JSON as section `reply`. settings.sh
# and member.sh stand before it. Reads only.

# It reads all of its database.
# shellcheck disable=SC2034 # read by member_call
patience=60s
reply=$(member_call '' endpoint hashkv --rev="$2" -w json </dev/null) || give_up hash
say reply "$reply"
say end ended
exit 0
