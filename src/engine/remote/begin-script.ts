import {sweepScript} from './sweep-script.ts';

/**
 * What brings a script to run on a machine. Nothing of it needs more than POSIX sh, head, cat, tail, mkdir and setsid
 * (util-linux, busybox). It is sent through stdin, so that no login shell sees anything but `loginCommand`.
 *
 * login shell ── exec ─▶ keeper ─┬─▶ [sudo ─▶] script, in a session and process group of its own
 *                                ├─▶ relay of its stdout
 *                                └─▶ relay of its stderr
 *
 * The script waits for its own text until its process group was announced. The relays go on reading when the
 * connection is gone, so that the script does not die of what it prints, and keep the last of it. The keeper writes how
 * the script ended to a file before it ends the same way, so that this can be asked for over another connection.
 *
 * The first keeper of a connection sweeps away what a program that was killed left on the machine, where there is find.
 *
 * That takes a dozen processes. A script of which nothing is to be kept takes the place of the login shell instead, and
 * its streams as they are.
 */

/** `pai-tui` marks what it starts by this variable, so that a process group can be known again. */
export const commandVariable = 'PAI_TUI_COMMAND';

/** The end of an output that is kept where nobody could be given it. */
const keptBytes = 65_536;

/**
 * For the login shell, whichever it is: sh, csh and fish pass on unchanged what stands in such quotes, as long as
 * there is no quote, backslash, exclamation mark and line end in it. Reads the keeper's text from stdin.
 */
export function loginCommand(bytesOfKeeper: number): string {
  return `exec /bin/sh -c 'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH; eval "$(head -c ${bytesOfKeeper})"'`;
}

export interface Keeping {
  /** Names the command, in the environment of everything it starts. */
  readonly token: string;
  /** Random: what is printed before it is noise of the login shell's profile. */
  readonly mark: string;
  /** What sudo asks with. */
  readonly prompt: string;
  readonly sudo: boolean;
  /** Of what is sent once the process group was heard: the script and the mark after it. */
  readonly scriptBytes: number;
  /** Where to write how it ended; absent: nowhere, and then there is no keeper. */
  readonly record?: {
    /** The last part of the folder's name, the same for all commands of a connection. */
    readonly folderName: string;
    /** The folder, where an earlier command has made it. */
    readonly folder?: string;
    readonly slot: number;
  };
}

/** The text of the keeper, or of what stands in its place. */
export function keeperText({token, mark, prompt, sudo, scriptBytes, record}: Keeping): string {
  const values = {
    token,
    mark,
    prompt,
    sudo: sudo ? 'yes' : '',
    bytes: String(scriptBytes),
    folder: record?.folder ?? '',
    name: record?.folderName ?? '',
    slot: record ? String(record.slot) : '',
    child,
    leader,
  };
  const lines = Object.entries(values).map(([name, value]) => `pt_${name}=${quoted(value)}`);
  if (!record) return `${lines.join('\n')}\n${starter}pt_run\n`;
  const sweep = record.folder === undefined ? `${sweepScript}pt_sweep "$pt_started" </dev/null 2>/dev/null\n` : '';
  return `${lines.join('\n')}\n${starter}${sweep}${keeper}`;
}

/** A word for sh that stands for exactly this text. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Becomes the script. Announces its process group on stdout, for the keeper and itself, and marks the end of the
 * noise on both streams; then reads its text, which counts only if it came whole. $1 mark, $2 bytes, $3 folder,
 * $4 keeper, $5 when that started, $6 the sshd over it.
 */
const child = `pt_group=
{ read -r pt_text </proc/$$/stat; } 2>/dev/null
pt_text=\${pt_text##*) }
pt_text=\${pt_text#* }
pt_text=\${pt_text#* }
pt_group=\${pt_text%% *}
printf '%s %s %s %s %s %s\\n' "$1" "\${pt_group:-$$}" "$4" "$5" "$6" "$3"
printf '%s\\n' "$1" >&2
pt_text=$(head -c "$2")
case $pt_text in *"$1") ;; *) exit 125 ;; esac
eval "unset pt_text pt_group; \${pt_text%"$1"}"`;

/** Below sudo: takes a session of its own unless sudo has given it one (use_pty), and marks itself. $1 child, $2 token, $3 LC_ALL. */
const leader = `pt_child=$1 ${commandVariable}=$2
export ${commandVariable}
if [ -n "$3" ]; then LC_ALL=$3; else unset LC_ALL; fi
shift 3
{ read -r pt_text </proc/$$/stat; } 2>/dev/null
pt_text=\${pt_text##*) }
pt_text=\${pt_text#* }
pt_text=\${pt_text#* }
if [ "\${pt_text%% *}" != $$ ] && command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c "$pt_child" sh "$@"; fi
exec /bin/sh -c "$pt_child" sh "$@"`;

/**
 * Becomes the script, in a process group of its own: sshd has made one for the login shell, of which the keeper (pt_group
 * set to nothing) may not be a member.
 */
const starter = `${commandVariable}=$pt_token
export ${commandVariable}
pt_started=0 pt_group=
if { read -r pt_text </proc/$$/stat; } 2>/dev/null; then
  set -- \${pt_text##*) }
  pt_started=\${20} pt_group=$3
fi
pt_run() {
  set -- "$pt_mark" "$pt_bytes" "$pt_folder" "$$" "$pt_started" "$PPID"
  if [ -n "$pt_sudo" ] && [ "$(id -u)" != 0 ]; then
    pt_locale=$LC_ALL LC_ALL=C
    export LC_ALL
    exec sudo -k -S -p "$pt_prompt" /bin/sh -c "$pt_leader" sh "$pt_child" "$pt_token" "$pt_locale" "$@"
  fi
  if [ "$pt_group" != $$ ] && command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c "$pt_child" sh "$@"; fi
  exec /bin/sh -c "$pt_child" sh "$@"
}
`;

/** The shell tells of a signal in words on stderr, but not of all of them: dash is silent about INT and PIPE, bash about TERM too. */
const keeper = `trap : TERM HUP
pt_group=
pt_file=/dev/null pt_out=/dev/null pt_err=/dev/null
if [ ! -d "$pt_folder" ]; then pt_folder=; fi
if [ -z "$pt_folder" ]; then
  for pt_text in /tmp /var/tmp /dev/shm "$XDG_RUNTIME_DIR" "$HOME"; do
    pt_text=$pt_text/$pt_name
    if { mkdir -m 700 "$pt_text" || [ -d "$pt_text" ]; } && printf '%s %-12s\\n' "$pt_token" running >"$pt_text/$pt_slot"; then
      pt_folder=$pt_text
      break
    fi
  done 2>/dev/null
fi
if [ -n "$pt_folder" ]; then
  pt_file=$pt_folder/$pt_slot pt_out=$pt_folder/$pt_slot.out pt_err=$pt_folder/$pt_slot.err
  { printf '%s %-12s\\n' "$pt_token" running 1<>"$pt_file"; printf '%s %s\\n' "$$" "$pt_started" >"$pt_file.keeper"; } 2>/dev/null
fi
exec 3>&1 4>&2
pt_end=$(
  exec 7>&1
  {
    {
      { (pt_run) >&5 2>&6 3>&- 4>&- 5>&- 6>&- 7>&-; echo "$?"; } 5>&1 >&7 2>&7 3>&- 4>&- |
        { { cat || tail -c ${keptBytes} >"$pt_out" || cat >/dev/null; } <&9 >&3 2>/dev/null 3>&- 4>&- 6>&- 7>&- 9<&- & } 9<&0
    } 6>&1 3>&3 |
      { { cat || tail -c ${keptBytes} >"$pt_err" || cat >/dev/null; } <&9 >&4 2>/dev/null 3>&- 4>&- 7>&- 9<&- & } 9<&0
  }
)
pt_code=\${pt_end##*
}
case $pt_code in
  '' | *[!0-9]*) pt_code=255 ;;
esac
pt_signal=
if [ "$pt_code" -gt 128 ]; then
  case $pt_code$BASH_VERSION in
    130* | 141* | 143?*) pt_signal=$((pt_code - 128)) ;;
    *) [ "$pt_end" = "$pt_code" ] || pt_signal=$((pt_code - 128)) ;;
  esac
fi
{ printf '%s %-12s\\n' "$pt_token" "\${pt_signal:+signal }\${pt_signal:-$pt_code}" 1<>"$pt_file"; } 2>/dev/null
if [ -n "$pt_signal" ]; then
  ulimit -c 0
  trap - TERM HUP
  kill -"$pt_signal" "$$"
fi
exit "$pt_code"
`;
