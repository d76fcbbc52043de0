/**
 * Waits for the end of a script whose connection broke, and prints how it ended and the last of what it printed.
 * $1 the file that is written to, $2 token, $3 keeper, $4 when that started, $5 its sshd.
 *
 * The sshd of a connection that broke may not know yet, and hold the script up because nobody takes its output: it is
 * ended, if the keeper is its child. A keeper that is gone without having written anything was killed, or the machine
 * was started anew.
 */
export const followScript = `pt_ended() {
  { read -r pt_token pt_how <"$1"; } 2>/dev/null && [ "$pt_token" = "$2" ] && [ "$pt_how" != running ]
}
pt_parent_of() {
  { read -r pt_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- "$2" \${pt_stat##*) }
  [ "\${21}" = "$1" ] && [ "$2" != Z ] && pt_parent=$3
}
if ! pt_ended "$1" "$2" && pt_parent_of "$3" "$4" && [ "$pt_parent" = "$5" ]; then
  { read -r pt_name <"/proc/$5/comm"; } 2>/dev/null
  case $pt_name in sshd* | dropbear*) kill "$5" 2>/dev/null ;; esac
fi
while ! pt_ended "$1" "$2"; do
  if ! pt_parent_of "$3" "$4"; then
    pt_ended "$1" "$2" && break
    echo lost
    exit
  fi
  sleep 0.2 2>/dev/null || sleep 1
done
echo "$pt_how"
sleep 0.2 2>/dev/null || sleep 1
for pt_stream in out err; do
  if [ -s "$1.$pt_stream" ]; then
    echo "$pt_stream $(($(wc -c <"$1.$pt_stream")))"
    cat "$1.$pt_stream"
  fi
  rm -f "$1.$pt_stream"
done`;

/** What that prints. */
export interface Followed {
  /** Undefined: nobody knows. */
  readonly end: {readonly exit?: number; readonly signal?: number} | undefined;
  readonly out: Buffer;
  readonly err: Buffer;
}

export function readFollowed(said: Buffer): Followed {
  const streams: {out: Buffer; err: Buffer} = {out: Buffer.alloc(0), err: Buffer.alloc(0)};
  let rest = said;
  const line = () => {
    const end = rest.indexOf('\n');
    const text = rest.toString('latin1', 0, Math.max(end, 0));
    rest = rest.subarray(end < 0 ? rest.length : end + 1);
    return text;
  };
  const how = /^(signal )?(\d+)$/.exec(line().trim());
  while (rest.length > 0) {
    const [, stream, bytes] = /^(out|err) (\d+)$/.exec(line()) ?? [];
    if (stream !== 'out' && stream !== 'err') break;
    streams[stream] = rest.subarray(0, Number(bytes));
    rest = rest.subarray(Number(bytes));
  }
  const end = how ? (how[1] ? {signal: Number(how[2])} : {exit: Number(how[2])}) : undefined;
  return {end, ...streams};
}
