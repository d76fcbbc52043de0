/**
 * What runs on machines around packages: POSIX sh. $1 is the mark of each line of the answer (machine-answer.ts). What
 * is long or must not stand in a list of processes comes over stdin.
 */

/** Sets `tool`, and `sums`, which prints a checksum and a path for each file it is given. */
export const checksums = `
if command -v sha256sum >/dev/null 2>&1; then
  tool=sha256sum
  sums() { sha256sum "$@"; }
elif command -v shasum >/dev/null 2>&1; then
  tool=sha256sum
  sums() { shasum -a 256 "$@"; }
elif command -v openssl >/dev/null 2>&1; then
  tool=openssl
  sums() { openssl dgst -sha256 -r "$@"; }
else
  tool=cksum
  sums() { cksum "$@"; }
fi
`;

const beginning = String.raw`
mark=$1
shift
LC_ALL=C
export LC_ALL
umask 077
say() { printf '%s %s %s\n' "$mark" "$1" "$2"; }
tell() { while IFS= read -r line; do say "$1" "$line"; done; }
`;

/** stdin: a path in each line. Tells the checksum of each that can be read. */
export const compareScript = `${beginning}${checksums}
say tool "$tool"
set --
while IFS= read -r path; do set -- "$@" "$path"; done
if [ $# -gt 0 ]; then sums "$@" 2>/dev/null | tell sum; fi
say end ended
`;

/**
 * $2: the run, $3: the job. stdin: the number of files, a line 'SHA256 CRC SIZE PATH' for each, and a tar of them below
 * the job's folder. It is put in its place only when all of it is there and right.
 */
export const receiveScript = `${beginning}${checksums}${String.raw`
run=$1
job=$2
give_up() {
  say failed "$1"
  printf '%s\n' "$2" | tell error
  say end ended
  exit 1
}
# Left behind, it would fill the disk. A script whose connection broke may learn of that when another one is at work.
clear_away() {
  owner=
  read -r owner 2>/dev/null <"$part/owner"
  if [ "$owner" = "$mark" ]; then rm -rf "$part"; fi
}
say tool "$tool"
say home "$HOME"
case $HOME in /*) ;; *) give_up home 'HOME is not set' ;; esac
base=$HOME/.pai-tui
folder=$base/$run
error=$(mkdir -p "$folder" 2>&1 && chmod 700 "$base" "$folder" 2>&1) || give_up folder "$error"
# What an earlier try left is gone first.
part=$folder/.part-$job
error=$(rm -rf "$part" 2>&1 && mkdir "$part" 2>&1 && { echo "$mark" >"$part/owner"; } 2>&1) || {
  rm -rf "$part"
  give_up folder "$error"
}
trap clear_away EXIT
trap 'exit 1' HUP INT TERM

read -r count
expected=
set --
while [ "$count" -gt 0 ] && read -r sha crc size path; do
  set -- "$@" "$job/$path"
  case $tool in
    sha256sum) line="$sha  $job/$path" ;;
    openssl) line="$sha *$job/$path" ;;
    cksum) line="$crc $size $job/$path" ;;
  esac
  expected="$expected$line
"
  count=$((count - 1))
done
error=$(tar -xpf - -C "$part" 2>&1) || give_up unpack "$error"
found=$(cd "$part" && sums "$@" 2>/dev/null)
if [ "$found
" != "$expected" ]; then
  printf '%s\n' "$found" | tell sum
  give_up check 'the checksums differ'
fi
error=$(rm -rf "$folder/$job" 2>&1 && mv "$part/$job" "$folder/$job" 2>&1) || give_up place "$error"
say placed "$folder/$job"
say end ended
`}`;

/**
 * $2: the folder of a job, $3: what an upload of it that was killed may have left, $4: the folder of the run, $5: that of
 * all runs; the latter two only when nothing is in them.
 */
export const removeScript = `${beginning}${String.raw`
error=$(rm -rf "$1" "$2" 2>&1)
if [ -e "$1" ] || [ -L "$1" ]; then printf '%s\n' "$error" | tell error; else say removed "$1"; fi
rmdir "$3" "$4" 2>/dev/null
say end ended
`}`;
