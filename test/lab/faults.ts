import {readFileSync} from 'node:fs';

/** What can be wrong with a host, and what can be put on it, besides being off or cut off. */
export interface Faults {
  /** Sets the clock of everything that logs in from now on, by so many minutes; 0 mends it. Of all who are there, only sudo follows. */
  clock(minutes: number): Promise<void>;
  /** Leaves so many kB free on the disk of a folder, which becomes one of its own with what is there. `mend` undoes it. */
  fillDisk(folder: string, freeKb?: number): Promise<void>;
  /** Lets nobody write below a folder. `mend` undoes it. */
  makeReadOnly(folder: string): Promise<void>;
  /** Takes away the last fault of a folder, with what was written to a full disk; a boot takes all away. */
  mend(folder: string): Promise<void>;
  /** Adds entries to the host's journal, where journalctl finds them by unit. */
  journal(entries: readonly JournalEntry[]): Promise<void>;
  /** Puts recorded replies of programs in the PATH, in the place of the programs. */
  replay(recording: Recording): Promise<void>;
}

interface JournalEntry {
  /** 'kubelet.service'. */
  readonly unit: string;
  readonly message: string;
  /** Milliseconds since 1970; absent: now. */
  readonly at?: number;
  /** As syslog counts: 0 emergency … 3 error … 6 information, which is what it is where absent. */
  readonly priority?: number;
}

/**
 * A file of recordings/: what programs of a machine say. Each reply begins with `$ ` and the command, then its output,
 * and `= 9` where it did not end with 0. What stands before the first says which machine it is of, and what of it is recorded.
 */
type Recording = 'four-gpus' | 'lost-gpu' | 'no-driver';

type Sh = (script: string, input?: string | Uint8Array) => Promise<string>;

/** `sh` runs a script on the host, as root. */
export function makeFaults(sh: Sh): Faults {
  return {
    clock: async (minutes) => {
      await sh(`${withArgument(minutes === 0 ? '' : `${minutes > 0 ? '+' : ''}${minutes}m`)}${setClock}`);
    },
    fillDisk: async (folder, freeKb = 0) => {
      await sh(`${withArgument(folder, String(freeKb))}${fillDisk}`);
    },
    makeReadOnly: async (folder) => {
      await sh(`${withArgument(folder)}mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"`);
    },
    mend: async (folder) => {
      await sh(`${withArgument(folder)}umount -l "$1"`);
    },
    journal: async (entries) => {
      const [machine = '', boot = ''] = (await sh('cat /etc/machine-id /proc/sys/kernel/random/boot_id')).split('\n');
      const host = (await sh('hostname')).trim();
      const own = {_MACHINE_ID: machine, _BOOT_ID: boot.replaceAll('-', ''), _HOSTNAME: host};
      await sh(addToJournal, Buffer.concat(entries.map((entry, index) => exported(entry, index, own))));
    },
    replay: async (recording) => {
      const text = readFileSync(new URL(`recordings/${recording}.txt`, import.meta.url), 'utf8');
      const programs = new Set([...text.matchAll(/^\$ (\S+)/gm)].map(([, name]) => name ?? ''));
      await sh('mkdir -p /usr/local/share/recording; cat > /usr/local/share/recording/replies', text);
      await sh(
        `cat > /usr/local/share/recording/replay; chmod 755 /usr/local/share/recording/replay
         for program in ${[...programs].join(' ')}; do
           ln -sf /usr/local/share/recording/replay "/usr/local/bin/$program"
         done`,
        replay,
      );
    },
  };
}

function withArgument(...values: readonly string[]): string {
  return `set -eu -- ${values.map((value) => `'${value.replaceAll("'", "'\\''")}'`).join(' ')}\n`;
}

/** By the environment that pam_env gives to all sessions, and to sudo; sshd itself does not bear a wrong clock. */
const setClock = `
  sed -i '/^LD_PRELOAD=/d; /^FAKETIME=/d' /etc/environment
  if [ "$1" ]; then
    printf 'LD_PRELOAD=%s\\nFAKETIME=%s\\n' /usr/lib/*/faketime/libfaketime.so.1 "$1" >> /etc/environment
  fi`;

/** The new disk is in memory, a little larger than what is there, and filled to what is to be free. */
const fillDisk = `
  disk=$(mktemp -d /run/disk.XXXXXX)
  mount -t tmpfs -o "size=$(($(du -sk --apparent-size "$1" | cut -f 1) * 2 + $2 + 1024))k" tmpfs "$disk"
  cp -a "$1/." "$disk/"
  mount --bind "$disk" "$1"
  umount "$disk"
  rmdir "$disk"
  blocks=$(stat -f -c '%a * %S / 1024' "$1")
  head -c "$((($blocks - $2) * 1024))" /dev/zero > "$1/.filling"`;

/** A file of its own each time: systemd-journal-remote leaves the last one as if it had not been closed. */
const addToJournal = `
  folder=/var/log/journal/$(cat /etc/machine-id)
  mkdir -p "$folder"
  file=$folder/system@$(ls "$folder" | wc -l).journal
  /lib/systemd/systemd-journal-remote --output="$file" - 2> /run/journal-remote.log || { cat /run/journal-remote.log >&2; exit 1; }`;

/** In the export format of journals (systemd.io/JOURNAL_EXPORT_FORMATS). */
function exported({unit, message, at = Date.now(), priority = 6}: JournalEntry, index: number, own: object): Buffer {
  const fields = {
    __REALTIME_TIMESTAMP: Math.round(at * 1000) + index,
    __MONOTONIC_TIMESTAMP: Math.round(performance.now() * 1000) + index,
    ...own,
    _SYSTEMD_UNIT: unit,
    _TRANSPORT: 'stdout',
    _PID: 1000,
    SYSLOG_IDENTIFIER: unit.replace(/\.\w+$/, ''),
    PRIORITY: priority,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
  // A value that may have several lines follows its name with its length.
  const text = Buffer.from(message);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([Buffer.from(`${lines.join('')}MESSAGE\n`), length, text, Buffer.from('\n\n')]);
}

/** Prints the reply to the very words it is called with. */
const replay = `#!/bin/sh
program=$(basename "$0")
exec awk -v "wanted=\\$ $program\${*:+ $*}" '
  /^[$] / { on = ($0 == wanted); if (on) found = 1; next }
  on && /^= / { code = $2; next }
  on { print }
  END {
    if (!found) { print wanted ": no such call is in the recording" > "/dev/stderr"; code = 64 }
    exit code
  }' /usr/local/share/recording/replies
`;
