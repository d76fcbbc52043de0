/**
 * The lock on a cluster, as one master keeps it: POSIX sh. A file with who holds it and until when, by the clock of that
 * master alone, so that clocks need not agree. `flock` makes looking and writing one step, and is let go by the kernel
 * whatever becomes of the script. Where nobody has the lock, nothing of it lies on the master, not even its folder.
 */

/** Where the lock lies on a master. */
export const lockFolder = '/var/lib/pai-tui';
export const lockPath = `${lockFolder}/lock`;

/**
 * $1: the mark of the answer, $2: take, renew or release, $3: the folder, $4: a token that nobody else has, $5: seconds
 * it is held for, $6: the tokens of expired holders that are taken over, with blanks between, $7: the name by which this
 * master is asked, $8: the tokens of holders that have ended, so that their time is over. stdin: a line that describes the
 * holder. Tells one of: taken, renewed, released, gone (another one has it, or nobody), twice NAME (it has it already under
 * another name), held SECONDS TOKEN, expired SECONDS TOKEN, and of the latter two `holder` with the line of who has it.
 */
export const lockScript = String.raw`
mark=$1 what=$2 folder=$3 own=$4 seconds=$5 over=$6 name=$7 ended=$8
umask 077
say() { printf '%s %s %s\n' "$mark" "$1" "$2"; }
refuse() {
  say failed "$1"
  say end ended
  exit 1
}
IFS= read -r described || :
command -v flock >/dev/null 2>&1 || refuse 'it has no flock'
# Whoever lets the lock go takes the guard and the folder with it: a guard that is no longer there guards nothing.
guarded() { [ "$folder/lock.guard" -ef /proc/self/fd/9 ]; }
busy='somebody else is at the lock all the time'
error=$busy
tries=0
until guarded; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || refuse "$error"
  error=$(mkdir -p "$folder" 2>&1) || continue
  error=$( { : >>"$folder/lock.guard"; } 2>&1) || continue
  error=$busy
  { command exec 9>>"$folder/lock.guard"; } 2>/dev/null || continue
  flock -w 10 9 || refuse "$busy"
done
# Only now: what is read before the guard is held may be old.
now=$(date +%s)
token= until=0 holder= as=
if [ -s "$folder/lock" ]; then
  { IFS= read -r token; IFS= read -r until; IFS= read -r holder; IFS= read -r as; } <"$folder/lock"
fi
case $until in '' | *[!0-9]*) until=0 ;; esac
# A clock that was set back must not lock everybody out: nobody ever holds it for longer than this.
[ "$until" -le $((now + seconds + 3600)) ] || until=$now
among() { case " $1 " in *" $token "*) return 0 ;; *) return 1 ;; esac; }
write() {
  error=$( {
    printf '%s\n%s\n%s\n%s\n' "$own" "$((now + seconds))" "$described" "$name" >"$folder/.lock.$$" &&
      { sync "$folder/.lock.$$" 2>/dev/null || sync; } && mv -f "$folder/.lock.$$" "$folder/lock"
  } 2>&1) || {
    rm -f "$folder/.lock.$$"
    refuse "$error"
  }
}
case $what in
  take)
    if [ "$token" = "$own" ] && [ "$as" ] && [ "$as" != "$name" ]; then say twice "$as"
    elif [ -z "$token" ] || [ "$token" = "$own" ] || among "$ended" || { [ "$until" -le "$now" ] && among "$over"; }; then
      write
      say taken "$own"
    else
      if [ "$until" -gt "$now" ]; then say held "$((until - now)) $token"; else say expired "$((now - until)) $token"; fi
      say holder "$holder"
    fi
    ;;
  renew)
    # Expired is not lost as long as nobody else took it.
    if [ "$token" = "$own" ]; then
      write
      say renewed "$own"
    else
      say gone "$holder"
    fi
    ;;
  release)
    if [ "$token" = "$own" ]; then rm -f "$folder/lock" "$folder"/.lock.*; fi
    say released "$own"
    ;;
esac
if [ ! -s "$folder/lock" ]; then
  rm -f "$folder/lock" "$folder/lock.guard"
  rmdir "$folder" 2>/dev/null
fi
say end ended
`;
