/** Why a member of etcd ended or does not answer, by the last lines of its log. */

import type {EtcdCause} from './types.ts';

/** As 3.3.25, 3.4.23 and 3.5.16 wrote it; the first that is found counts. The texts of Go and the kernel are their own. */
const signs: readonly (readonly [RegExp, EtcdCause])[] = [
  [/permanently removed from the cluster/, 'removed'],
  [/has already been bootstrapped|tocommit\(\d+\) is out of range/, 'data lost'],
  [/no space left on device/, 'disk full'],
  [
    /cannot open database|failed to open database|invalid database|wal: max entry size limit exceeded|crc mismatch|checksum mismatch|snap: (?:corrupted|empty) snapshot/i,
    'data damaged',
  ],
  // What bbolt says of pages that hold something else than they should, and Go where they lie beyond the file.
  [
    /freepages: failed to get all reachable pages|Page expected to be: |invalid (?:freelist page|page type): |page \d+:? already freed|unexpected fault address/,
    'data damaged',
  ],
  [/bind: address already in use/, 'port taken'],
  [/certificate has expired/, 'certificate expired'],
  [/cluster ID mismatch|request cluster ID mismatch/i, 'clusters mixed'],
];

/** Lines of a stack say nothing to whoever runs a cluster. */
const stack = /^\s|^goroutine \d|^created by |^\S+\(.*\)$|^\[signal /;

/** Absent where nothing of it is known. */
export function causeIn(log: readonly string[]): EtcdCause | undefined {
  return signs.find(([sign]) => log.some((line) => sign.test(line)))?.[1];
}

/** The lines to be shown: the one that says why, and the last ones. */
export function lastWords(log: readonly string[], most = 6): readonly string[] {
  const said = log.filter((line) => line.trim() !== '' && !stack.test(line));
  const why = said.findLast((line) => signs.some(([sign]) => sign.test(line)));
  const last = said.slice(-most);
  return why === undefined || last.includes(why) ? last : [why, ...last.slice(1)];
}
