import {type HostKey, type HostKeyReport, hostKeyWords, type MachineInfo} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {cellWidth, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import type {Column} from '../../ui/widgets/table-columns.ts';

/** A line of the table of fingerprints: one key of a machine, or a machine that shows none. */
export interface TrustRow {
  readonly id: string;
  readonly report: HostKeyReport;
  readonly key?: HostKey | undefined;
}

/** Every key of every machine: those that need somebody first, then the new ones, which are to be approved. */
export function trustRows(reports: readonly HostKeyReport[]): readonly TrustRow[] {
  return reports
    .toSorted((a, b) => ranks[a.state] - ranks[b.state])
    .flatMap((report): readonly TrustRow[] => {
      const {machine, keys} = report;
      if (keys.length === 0) return [{id: machine.name, report}];
      return keys.map((key) => ({id: `${machine.name} ${key.type}`, report, key}));
    });
}

const ranks: Readonly<Record<HostKeyReport['state'], number>> = {
  revoked: 0,
  changed: 0,
  disagreeing: 0,
  new: 1,
  unreachable: 2,
  known: 3,
};

/** The keys to be pinned of the rows, for each machine; only new ones can be approved in one go. */
export function keysToTrust(
  rows: readonly TrustRow[],
): readonly {readonly machine: string; readonly keys: readonly HostKey[]}[] {
  const keys = new Map<string, HostKey[]>();
  for (const {report, key} of rows) {
    if (report.state !== 'new' || key === undefined) continue;
    keys.set(report.machine.name, [...(keys.get(report.machine.name) ?? []), key]);
  }
  return [...keys].map(([machine, own]) => ({machine, keys: own}));
}

/** State of a machine's host keys as glyph and word. */
function trustState(state: HostKeyReport['state']): {readonly glyph: State; readonly word: string} {
  switch (state) {
    case 'new':
      return {glyph: 'unknown', word: 'new'};
    case 'known':
      return {glyph: 'ok', word: 'known'};
    case 'changed':
      return {glyph: 'failed', word: 'changed'};
    case 'revoked':
      return {glyph: 'failed', word: 'revoked'};
    case 'disagreeing':
      return {glyph: 'failed', word: 'in doubt'};
    case 'unreachable':
      return {glyph: 'skipped', word: 'silent'};
  }
}

/** The table of fingerprints. They are shown whole or not at all: half of one compares with nothing. */
export function trustColumns(rows: readonly TrustRow[]): readonly Column<TrustRow>[] {
  const name = rows.reduce((most, {report}) => Math.max(most, cellWidth(report.machine.name)), 7);
  return [
    {
      title: 'MACHINE',
      width: Math.min(name, 30),
      min: Math.min(name, 8),
      priority: 0,
      cell: ({report}) => ({text: plain(report.machine.name)}),
    },
    {
      title: 'STATE',
      width: 10,
      priority: 0,
      cell: ({report}, {theme}) => {
        const {glyph, word} = trustState(report.state);
        return {text: `${theme.glyphs[glyph]} ${word}`, tone: glyph};
      },
    },
    {title: 'TYPE', width: 9, priority: 2, cell: ({key}) => ({text: keyType(key), tone: 'quiet'})},
    {
      title: 'SHA256',
      width: 43,
      grow: 1,
      priority: 1,
      cell: ({key, report}) =>
        key
          ? {text: bareFingerprint(key)}
          : {text: plain(report.problem?.message ?? 'shows no host key'), tone: 'quiet'},
    },
  ];
}

/** What there is to know of the row under the cursor, and what to do about it. */
export function trustNote({report, key}: TrustRow, width: number, theme: Theme): readonly Row[] {
  const {machine, state, from, known = [], problem} = report;
  const repinOff = whyNotRepin(report);
  const say = (text: string, tone?: Span['tone']): readonly Row[] =>
    wrap(plain(text), Math.max(8, width)).map((line) => row(line, tone));
  const shown = key ? [hostKeyWords(key)] : [];
  switch (state) {
    case 'new':
      return [
        ...say(shown.join(', ')),
        ...say(
          `is what ${machine.name} shows at ${addressOf(machine)}. On its own console: ssh-keygen -lf /etc/ssh/ssh_host_${fileWord(key)}_key.pub`,
          'quiet',
        ),
      ];
    case 'known':
      return say(`${shown.join(', ')}: known, ${from ?? 'and trusted'}.`, 'ok');
    case 'changed':
      return [
        ...say(
          `${theme.glyphs.failed} Another key is known${from === undefined ? '' : ` (${from})`}: ${known.map(hostKeyWords).join(', ')}`,
          'failed',
        ),
        ...say(`It shows ${shown.join(', ')}. ${repinOff ?? 'R explains what that means, and pins the new key.'}`),
      ];
    case 'disagreeing':
      return [
        ...say(
          `${theme.glyphs.failed} What is known of it contradicts itself${from === undefined ? '' : ` (${from})`}: ${known.map(hostKeyWords).join(', ')}`,
          'failed',
        ),
        ...say(repinOff ?? ''),
      ];
    case 'revoked':
      return [
        ...say(`${theme.glyphs.failed} This key was revoked${from === undefined ? '' : ` (${from})`}.`, 'failed'),
        ...say('Somebody said that it must never be trusted again. Give the machine a new host key.'),
      ];
    case 'unreachable':
      return [...say(problem?.message ?? 'It does not answer.', 'warning'), ...say(problem?.hint ?? '', 'quiet')];
  }
}

/** What a changed key means, for whoever has to decide. */
export function changedKeyTexts({machine, from, known = [], keys}: HostKeyReport): readonly string[] {
  return [
    `${machine.name} at ${addressOf(machine)} does not show the host key it had. Either it was reinstalled or its key was renewed, or another computer answers in its place, which would read every password that is sent to it. So nothing was sent.`,
    `Known${from === undefined ? '' : ` (${from})`}: ${known.map(hostKeyWords).join(', ')}`,
    `Shown now: ${keys.map(hostKeyWords).join(', ')}`,
    'Ask whoever installed it, or read the fingerprint on its own console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). Pin it only when it is the one that is shown.',
  ];
}

/** Why a changed key cannot be pinned here, and what can be done. */
export function whyNotRepin({state, from, machine}: HostKeyReport): string | undefined {
  switch (state) {
    case 'changed':
      return from?.includes('known_hosts')
        ? `It is known from ${from}: take that line out (ssh-keygen -R ${bracketed(machine)}), then it is new here.`
        : undefined;
    case 'disagreeing':
      return disagreeingHelp(machine);
    case 'revoked':
      return 'A revoked key is never pinned: give the machine a new host key.';
    case 'new':
      return 'It is new: mark it, or trust all.';
    case 'known':
      return 'It shows the key that is known.';
    case 'unreachable':
      return 'It shows no host key.';
  }
}

function disagreeingHelp(machine: MachineInfo): string {
  return `known_hosts and the pins of this cluster know different keys. Find out which is right, and correct known_hosts (ssh-keygen -R ${bracketed(machine)}).`;
}

/** As known_hosts has it: '[10.0.0.1]:2222' where the port is not 22. */
function bracketed({address, port}: MachineInfo): string {
  return port === 22 ? address : `'[${address}]:${port}'`;
}

function addressOf({address, port}: MachineInfo): string {
  return port === 22 ? address : `${address} port ${port}`;
}

/** 'ed25519' of 'ssh-ed25519', 'ecdsa' of 'ecdsa-sha2-nistp256'. */
function keyType(key: HostKey | undefined): string {
  return (key?.type ?? '').replace(/^ssh-/, '').replace(/-sha2-.*$/, '');
}

/** As OpenSSH names the file of such a key: 'ed25519', 'rsa', 'ecdsa'. */
function fileWord(key: HostKey | undefined): string {
  return keyType(key).replace(/^dss$/, 'dsa') || 'ed25519';
}

function bareFingerprint({fingerprint}: HostKey): string {
  return fingerprint.replace(/^SHA256:/, '');
}
