import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {InputEvent} from '../../../src/ui/keys/splitter.ts';
import {createSplitter} from '../../../src/ui/keys/splitter.ts';

function events(...chunks: readonly string[]): readonly InputEvent[] {
  const splitter = createSplitter();
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.flush()];
}

function names(...chunks: readonly string[]): readonly string[] {
  return events(...chunks).map((event) => (event.type === 'key' ? event.name : `paste ${event.text}`));
}

test.each([
  ['letters typed fast are keys of their own', 'abc\r', ['a', 'b', 'c', 'enter']],
  ['arrows and a key after them', '\x1b[A\x1b[B\x1b[C\x1b[Dq', ['up', 'down', 'right', 'left', 'q']],
  ['arrows in application mode', '\x1bOA\x1bOD\x1bOH\x1bOF', ['up', 'left', 'home', 'end']],
  ['pages and ends', '\x1b[5~\x1b[6~\x1b[1~\x1b[4~\x1b[H\x1b[F', ['pageup', 'pagedown', 'home', 'end', 'home', 'end']],
  ['modified arrows', '\x1b[1;5A\x1b[1;2B\x1b[1;3C\x1b[1;7D', ['ctrl-up', 'shift-down', 'alt-right', 'ctrl-alt-left']],
  ['function keys', '\x1bOP\x1b[15~\x1b[24~\x1b[1;2R', ['f1', 'f5', 'f12', 'shift-f3']],
  ['control keys', '\x01\x03\x06\x1d\x1f\x00', ['ctrl-a', 'ctrl-c', 'ctrl-f', 'ctrl-]', 'ctrl-_', 'ctrl-space']],
  ['keys with names', '\t\x1b[Z \x7f\x08', ['tab', 'shift-tab', 'space', 'backspace', 'backspace']],
  ['alt with a character', '\x1b1\x1bx\x1bé\x1b\r', ['alt-1', 'alt-x', 'alt-é', 'alt-enter']],
  ['a lone escape, and two of them', '\x1b', ['esc']],
  ['escape before a sequence', '\x1b\x1b[A', ['esc', 'up']],
  [
    'keys as code points (CSI u)',
    '\x1b[97;5u\x1b[13u\x1b[27u\x1b[32;5u\x1b[97;2u',
    ['ctrl-a', 'enter', 'esc', 'ctrl-space', 'A'],
  ],
  ['keys as modifyOtherKeys writes them', '\x1b[27;5;105~', ['ctrl-i']],
  ['the release of a key is no key', '\x1b[97;1:3u\x1b[1;1:3A', []],
  ['letters of all scripts', 'é日😀', ['é', '日', '😀']],
  ['mouse reports are ignored', '\x1b[<0;10;20M\x1b[<0;10;20m\x1b[M !!x', ['x']],
  [
    'answers of the terminal are ignored',
    '\x1b[?62;22c\x1b[12;40R\x1b[I\x1b]11;rgb:0/0/0\x07\x1bP>|tmux\x1b\\x',
    ['x'],
  ],
  ['a broken sequence is swallowed, what follows is not', '\x1b[12;日\x1b[1\rx', ['日', 'enter', 'x']],
  ['a sequence cut off by another one', '\x1b[1;\x1b[Aq', ['up', 'q']],
  ['C1 controls are ignored', 'a\u009b\u0085b', ['a', 'b']],
  ['a paste is one event without controls', '\x1b[200~a\r\nD\x1b[31m\x07\x1b[201~q', ['paste a\nD[31m', 'q']],
  ['Ctrl-c gets out of a paste that never ends', '\x1b[200~abc\x03q', ['paste abc', 'ctrl-c', 'q']],
])('%s', (_, input, expected) => {
  expect(names(input)).toEqual(expected);
});

test('what a key types is told apart from what it is called', () => {
  expect(events('a ')).toEqual([
    {type: 'key', name: 'a', text: 'a', raw: 'a'},
    {type: 'key', name: 'space', text: ' ', raw: ' '},
  ]);
  expect(events('\x1ba')).toEqual([{type: 'key', name: 'alt-a', raw: '\x1ba'}]);
});

test('what the terminal sent for a key is kept beside its name', () => {
  const sent = ['a', 'é', '\x1b[1;5A', '\x1bOP', '\x1bx', '\x03', '\x1b[27;5;105~'];
  expect(events(...sent).map((event) => event.type === 'key' && event.raw)).toEqual(sent);
  // Cut in two by the connection, it is the same key.
  expect(events('\x1b[1', ';5A')).toMatchObject([{name: 'ctrl-up', raw: '\x1b[1;5A'}]);
});

test('the tail of a sequence whose Esc came long before is not typed', () => {
  const splitter = createSplitter();
  expect(splitter.push('\x1b')).toEqual([]);
  expect(splitter.flush()).toEqual([{type: 'key', name: 'esc', raw: '\x1b'}]);
  expect(splitter.push('[A')).toEqual([{type: 'key', name: 'up', raw: '\x1b[A'}]);
  expect(splitter.push('[')).toEqual([{type: 'key', name: '[', text: '[', raw: '['}]);
});

test('of an endless paste only the first megabyte is kept, and its end is still seen', () => {
  const splitter = createSplitter();
  splitter.push('\x1b[200~');
  for (let i = 0; i < 40; i++) expect(splitter.push('x'.repeat(100_000))).toEqual([]);
  expect(splitter.push('x\x1b[20')).toEqual([]);
  expect(splitter.push('1~q')).toEqual([
    {type: 'paste', text: 'x'.repeat(1 << 20)},
    {type: 'key', name: 'q', text: 'q', raw: 'q'},
  ]);
});

test('only what may be the beginning of a sequence is waited for, a paste without end', () => {
  const splitter = createSplitter();
  splitter.push('a');
  expect(splitter.patience()).toBeUndefined();
  splitter.push('\x1b');
  expect(splitter.patience()).toBeLessThanOrEqual(50);
  splitter.push('[200~abc');
  expect(splitter.patience()).toBeUndefined();
});

test('however input is cut into chunks, the keys are the same', () => {
  const piece = fc.oneof(
    fc.string({unit: 'grapheme'}),
    fc.constantFrom(
      ...['\x1b[A', '\x1bOB', '\x1b[1;5C', '\x1b[5~', '\x1b[200~pasted\rD\x1b[201~', '\x1b[97;5u', '\x1b', '\x1b['],
      ...['\x1b]0;t\x07', '\x1bP1$r\x1b\\', '\x1b[<0;1;2M', '\x1b[M', '\x1bx', '\x03', '\r', '\x1b[[A', '\x1bO', '😀'],
    ),
    fc.string({unit: 'binary'}),
  );
  fc.assert(
    fc.property(fc.array(piece, {maxLength: 12}), fc.array(fc.nat(), {maxLength: 12}), (parts, cuts) => {
      const input = parts.join('');
      const places = [...new Set([0, input.length, ...cuts.map((cut) => cut % (input.length + 1))])].sort(
        (a, b) => a - b,
      );
      const chunks = places.slice(1).map((place, i) => input.slice(places[i], place));
      expect(events(...chunks)).toEqual(events(input));
    }),
    {numRuns: 3000},
  );
});

test('no control character ever becomes text', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (input) => {
      for (const event of events(input)) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
        expect(event.type === 'key' ? (event.text ?? '') : '').not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }
    }),
  );
});
