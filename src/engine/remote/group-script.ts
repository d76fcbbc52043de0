import {commandVariable} from './begin-script.ts';

/**
 * Whether a process group is alive, and ours: $1 its number. Zombies do not count. Prints 'gone', 'foreign' (the
 * number belongs to something pai-tui did not start, as after a restart of the machine), 'alive', or 'hidden' (alive,
 * and only root may look).
 */
const look = `pt_members() {
  pt_list=
  for pt_stat in /proc/[0-9]*/stat; do
    { read -r pt_line <"$pt_stat"; } 2>/dev/null || continue
    pt_pid=\${pt_line%% *}
    set -- "$1" \${pt_line##*) }
    [ "$4" = "$1" ] && [ "$2" != Z ] && [ "$2" != X ] && pt_list="$pt_list $pt_pid"
  done
}
pt_look() {
  pt_members "$1"
  if [ -z "$pt_list" ]; then
    # Where /proc shows only one's own processes, kill still tells whether there are others.
    case $(LC_ALL=C; export LC_ALL; kill -s 0 -- "-$1" 2>&1) in
      *[Pp]ermi*) echo hidden ;;
      *) echo gone ;;
    esac
    return
  fi
  pt_hidden=
  for pt_pid in $pt_list; do
    if [ -r "/proc/$pt_pid/environ" ]; then
      if tr '\\0' '\\n' <"/proc/$pt_pid/environ" 2>/dev/null | grep -q '^${commandVariable}='; then echo alive; return; fi
    else
      pt_hidden=yes
    fi
  done
  if [ -n "$pt_hidden" ]; then echo hidden; else echo foreign; fi
}
`;

export const lookAtGroup = `${look}pt_look "$1"`;

/**
 * Ends a process group: TERM, and KILL after $2 tenths of a second. Prints what became of it: 'gone', 'foreign',
 * 'hidden' (nothing was done), or 'alive', when not even KILL ended it.
 */
export const endGroup = `${look}pt_state=$(pt_look "$1")
if [ "$pt_state" != alive ]; then echo "$pt_state"; exit; fi
kill -s TERM -- "-$1" 2>/dev/null
pt_left=$2
pt_killed=
while :; do
  pt_members "$1"
  if [ -z "$pt_list" ]; then echo gone; exit; fi
  if [ "$pt_left" -le 0 ]; then
    if [ -n "$pt_killed" ]; then echo alive; exit; fi
    kill -s KILL -- "-$1" 2>/dev/null
    pt_killed=yes pt_left=50
  fi
  sleep 0.1 2>/dev/null || { sleep 1; pt_left=$((pt_left - 9)); }
  pt_left=$((pt_left - 1))
done`;
