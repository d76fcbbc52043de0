#!/bin/sh
# Leads to the pods of other machines: `range R` and lines `route R VIA` of the file beside it. Installed on machines,
# where it runs at boot; what is there already stays.
set -eu
PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
file=${1:-/etc/pai-tui/pod-routes}
while read -r word range via; do
  case $word in
    range)
      # Docker lets nothing be forwarded that did not begin on its bridge.
      for side in -s -d; do
        iptables -w -C FORWARD "$side" "$range" -m comment --comment pai-tui -j ACCEPT 2>/dev/null && continue
        iptables -w -I FORWARD "$side" "$range" -m comment --comment pai-tui -j ACCEPT
        echo "changed: packets $side $range are forwarded"
      done
      ;;
    route)
      case "$(ip -4 route show "$range")" in *"via $via"*) continue ;; esac
      ip -4 route replace "$range" via "$via"
      echo "changed: route to $range"
      ;;
  esac
done <"$file"
