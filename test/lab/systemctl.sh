#!/bin/sh
# In the place of systemctl on hosts whose init is not systemd: does by the scripts of /etc/init.d what it is asked.
verb= units= now= quiet=
for word; do
  case $word in
    --now) now=yes ;;
    -q | --quiet) quiet=yes ;;
    -*) ;;
    *) if [ "$verb" ]; then units="$units ${word%.service}"; else verb=$word; fi ;;
  esac
done
each() { for unit in $units; do service "$unit" "$1" || exit; done; }
case $verb in
  daemon-reload | daemon-reexec | reset-failed) ;;
  enable | unmask) [ -z "$now" ] || each start ;;
  disable | mask) [ -z "$now" ] || each stop ;;
  start | stop | restart | reload | status) each "$verb" ;;
  try-restart | reload-or-restart) each restart ;;
  is-active)
    for unit in $units; do
      if service "$unit" status > /dev/null 2>&1; then state=active; else state=inactive; fi
      [ "$quiet" ] || echo $state
      [ $state = active ] || exit 3
    done
    ;;
  is-enabled)
    for unit in $units; do
      [ -x "/etc/init.d/$unit" ] || { echo "Failed to get unit file state for $unit.service: No such file or directory" >&2; exit 1; }
      [ "$quiet" ] || echo enabled
    done
    ;;
  *)
    echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
    exit 1
    ;;
esac
