#!/bin/sh
# Routes to the pods of other machines, now and at boot; none where the file pod-routes is empty.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

part=$(mktemp)
trap 'rm -f "$part"' EXIT
if [ -f "$routes_file" ]; then
  # Those that are wanted no more, also with another gateway.
  while read -r word range via; do
    [ "$word" = route ] || continue
    if grep -qxF "route $range $via" "$folder/pod-routes"; then continue; fi
    if ip -4 route del "$range" via "$via" 2>/dev/null; then changed "removed the route to $range"; fi
  done <"$routes_file"
fi
if ! [ -s "$folder/pod-routes" ]; then
  remove_path "$routes_file"
  finish
  exit 0
fi
put_file "$folder/pod-routes" "$routes_file" 644
put_file "$folder/pod-routes.sh" "$routes_script" 755
sh "$routes_script" "$routes_file" >"$part"
cat "$part"
changes=$((changes + $(grep -c '^changed: ' "$part" || true)))
if has_systemd; then
  cat >"$part" <<END
[Unit]
Description=Routes to the pods of other machines
After=network-online.target docker.service
Wants=network-online.target
[Service]
Type=oneshot
ExecStart=/bin/sh $routes_script
[Install]
WantedBy=multi-user.target
END
  put_file "$part" "$routes_unit" 644
  if ! systemctl is-enabled -q pai-tui-pod-routes.service 2>/dev/null; then
    systemctl daemon-reload
    systemctl enable -q pai-tui-pod-routes.service
    changed 'the routes are set at boot'
  fi
else
  {
    if [ -f "$rc_file" ]; then without_block "$rc_file" | grep -v '^exit 0$' || true; else echo '#!/bin/sh'; fi
    printf '%s\n' '# pai-tui begin' "sh $routes_script" '# pai-tui end' 'exit 0'
  } >"$part"
  put_file "$part" "$rc_file" 755
fi
finish
