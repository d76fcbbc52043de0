#!/bin/sh
# Puts certificates, keys and kubeconfigs at their place. stdin, line by line: `put MODE PATH`, the lines of the file with a
# space before each, …, `end`. Nothing is put before `end` has come. Exit 2: something else came, or no end.
folder=$(dirname "$0")
# shellcheck source=common.sh
. "$folder/common.sh"

umask 077
list=
trap 'for path in $list; do rm -f "$path.pai-tui-new"; done' EXIT
path=
mode=
ended=no
while IFS= read -r line; do
  case $line in
    ' '*)
      [ "$path" ] || fail 2 'A line came before the name of its file.'
      printf '%s\n' "${line# }" >>"$path.pai-tui-new"
      ;;
    'put '*)
      line=${line#put }
      mode=${line%% *}
      path=${line#* }
      case $path in *[!A-Za-z0-9./_-]* | *..*) fail 2 'A path is not plainly written.' ;; "$kubernetes"/*) ;; *) fail 2 "$path does not lie below $kubernetes." ;; esac
      mkdir -p "$kubernetes"
      chmod 755 "$kubernetes"
      mkdir -p "$(dirname "$path")"
      : >"$path.pai-tui-new"
      chmod "$mode" "$path.pai-tui-new"
      list="$list $path"
      ;;
    end)
      ended=yes
      break
      ;;
    *) fail 2 'Something came that is no part of a file.' ;;
  esac
done
[ "$ended" = yes ] || fail 2 'The files did not come to their end; nothing was put.'
for path in $list; do
  mode=$(stat -c %a "$path.pai-tui-new")
  if [ -f "$path" ] && cmp -s "$path.pai-tui-new" "$path" && [ "$(stat -c %a "$path")" = "$mode" ]; then continue; fi
  chown 0:0 "$path.pai-tui-new"
  mv -f "$path.pai-tui-new" "$path"
  changed "$path"
done
finish
