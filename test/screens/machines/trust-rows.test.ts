import {expect, test} from 'vitest';
import type {HostKeyReport} from '../../../src/engine/machines/types.ts';
import {
  changedKeyTexts,
  keysToTrust,
  trustColumns,
  trustNote,
  trustRows,
  whyNotRepin,
} from '../../../src/screens/machines/trust-rows.ts';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {rowText} from '../../../src/ui/widgets/rows.ts';
import {columnWidths, tableRow} from '../../../src/ui/widgets/table-columns.ts';
import {hostKeyOf, machineOf} from '../../helpers/fake-machines.ts';

const theme = createTheme({environment: {LANG: 'C.UTF-8'}});

function reportOf(name: string, state: HostKeyReport['state'], more: Partial<HostKeyReport> = {}): HostKeyReport {
  const keys = state === 'unreachable' ? [] : [hostKeyOf(name)];
  return {machine: machineOf(name), state, keys, ...more};
}

test('what needs somebody comes first, then what is new, each key in a row', () => {
  const rows = trustRows([
    reportOf('a', 'known'),
    reportOf('b', 'new', {keys: [hostKeyOf('b'), hostKeyOf('b', 'ssh-rsa')]}),
    reportOf('c', 'unreachable'),
    reportOf('d', 'changed'),
  ]);
  expect(rows.map(({id}) => id)).toEqual(['d ssh-ed25519', 'b ssh-ed25519', 'b ssh-rsa', 'c', 'a ssh-ed25519']);
});

test('only new keys can be approved with others', () => {
  const rows = trustRows([
    reportOf('a', 'known'),
    reportOf('b', 'new', {keys: [hostKeyOf('b'), hostKeyOf('b', 'ssh-rsa')]}),
    reportOf('d', 'changed'),
    reportOf('e', 'revoked'),
    reportOf('f', 'disagreeing'),
  ]);
  expect(keysToTrust(rows).map(({machine, keys}) => `${machine} ${keys.length}`)).toEqual(['b 2']);
});

test.each([
  [74, true],
  [62, true],
  [40, false],
])('in %i cells a fingerprint is shown whole: %s', (width, shown) => {
  const rows = trustRows([reportOf('gpu-01', 'new')]);
  const columns = trustColumns(rows);
  const [first] = rows;
  if (!first) throw new Error('There is one.');
  const text = rowText(tableRow(columns, columnWidths(columns, width), first, {theme, now: 0}));
  expect(text.includes(`gpu-01${'x'.repeat(37)}`)).toBe(shown);
  expect(text.includes('gpu-01xxx')).toBe(shown);
  expect(text).toContain('? new');
});

test.each<[HostKeyReport['state'], Partial<HostKeyReport>, string]>([
  ['new', {}, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'],
  ['known', {from: 'pinned 2026-11-20'}, 'known, pinned 2026-11-20'],
  [
    'changed',
    {from: 'pinned 2026-11-20', known: [hostKeyOf('old', 'ssh-rsa')]},
    'Another key is known (pinned 2026-11-20): ssh-rsa SHA256:old',
  ],
  [
    'disagreeing',
    {from: 'pins', known: [hostKeyOf('old', 'ssh-rsa')]},
    'contradicts itself (pins): ssh-rsa SHA256:old',
  ],
  ['revoked', {from: '~/.ssh/known_hosts:3'}, 'This key was revoked (~/.ssh/known_hosts:3)'],
  [
    'unreachable',
    {problem: {code: 'machine-unreachable', message: 'gpu-01 does not answer.'}},
    'gpu-01 does not answer.',
  ],
])('of a machine that is %s it says what there is to know', (state, more, words) => {
  const [first] = trustRows([reportOf('gpu-01', state, more)]);
  const note = first ? trustNote(first, 200, theme).map(rowText).join('\n') : '';
  expect(note).toContain(words);
});

test.each<[HostKeyReport['state'], string | undefined, string | undefined]>([
  ['changed', 'pinned 2026-11-20', undefined],
  ['changed', '~/.ssh/known_hosts:12', 'ssh-keygen -R 10.0.0.11'],
  ['disagreeing', undefined, 'Find out which is right'],
  ['revoked', undefined, 'never pinned'],
  ['known', undefined, 'the key that is known'],
  ['new', undefined, 'trust all'],
])('whether the key of a machine that is %s (%s) can be pinned anew', (state, from, reason) => {
  const why = whyNotRepin(reportOf('gpu-01', state, from === undefined ? {} : {from}));
  if (reason === undefined) expect(why).toBeUndefined();
  else expect(why).toContain(reason);
});

test('a changed key is explained: what may have happened, what was known, what is shown', () => {
  const texts = changedKeyTexts(
    reportOf('gpu-01', 'changed', {from: 'pinned 2026-11-20', known: [hostKeyOf('old', 'ssh-rsa')]}),
  );
  expect(texts.join('\n')).toMatch(
    /reinstalled[\s\S]*another computer[\s\S]*ssh-rsa SHA256:old[\s\S]*ssh-ed25519 SHA256:gpu-01x/,
  );
});
