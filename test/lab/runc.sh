#!/bin/sh
# In the place of runc on hosts whose root lacks CAP_SYS_RESOURCE: asks the real one for nothing that needs it. Without,
# privileged containers, those with limits of their own and those the kernel is to spare do not start. The settings
# are one line of JSON as containerd writes it: of a container config.json in its bundle, of an exec a file of its own.
real=/usr/libexec/runc-of-the-computer
bundle=. process= verb= before=
for word; do
  case $before in
    -b | --bundle) bundle=$word ;;
    -p | --process) process=$word ;;
  esac
  case $word in
    --bundle=*) bundle=${word#*=} ;;
    --process=*) process=${word#*=} ;;
    create | run | exec | start | state | delete | kill | ps | update | events | list | features | spec) verb=${verb:-$word} ;;
  esac
  before=$word
done
case $verb in
  create | run) settings=$bundle/config.json ;;
  exec) settings=$process ;;
  *) settings= ;;
esac
if [ -f "$settings" ]; then
  sed -i -E 's/"CAP_SYS_RESOURCE",?//g; s/,\]/]/g; s/"oomScoreAdj":-[0-9]+/"oomScoreAdj":0/; s/"rlimits":\[[^]]*\],?//; s/,\}/}/g' \
    "$settings"
fi
exec "$real" "$@"
