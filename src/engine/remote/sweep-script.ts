/**
 * Removes the folders (`.pai-tui-*`) that a program left on a machine because it was killed. $1 when this keeper was
 * started, 0 where it cannot be known, and then nothing is removed. Where find is missing nothing is either.
 *
 * A folder goes that is this account's own, and no link to one; in which nothing was written for a day; and none of
 * whose keepers lives, which wrote their number and when they were started to it. Nobody else can put something in its
 * place meanwhile: it is this account's in a folder whose others may not rename it, and rm follows no link. Those in
 * the home stay, which may be that of other machines too, with keepers that are not seen from here.
 */
export const sweepScript = `pt_is_left() {
  [ "$(find "$1" -prune -type d -user "$pt_user" -mtime +0)" = "$1" ] || return 1
  [ -z "$(find "$1" -mtime -1)" ] || return 1
  for pt_text in "$1"/*.keeper; do
    { read -r pt_pid pt_since <"$pt_text" && read -r pt_stat <"/proc/$pt_pid/stat"; } || continue
    set -- "$1" \${pt_stat##*) }
    if [ "\${21}" = "$pt_since" ]; then return 1; fi
  done
}
pt_sweep() {
  if [ "$1" = 0 ]; then return; fi
  pt_user=$(id -u)
  for pt_old in /tmp/.pai-tui-* /var/tmp/.pai-tui-* /dev/shm/.pai-tui-* \${XDG_RUNTIME_DIR:+"$XDG_RUNTIME_DIR"/.pai-tui-*}; do
    case \${pt_old##*/.pai-tui-} in
      *[!0-9a-f]*) ;;
      *) if pt_is_left "$pt_old"; then rm -rf -- "$pt_old"; fi ;;
    esac
  done
}
`;
