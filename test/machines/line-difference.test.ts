import fc from 'fast-check';
import {expect, test} from 'vitest';
import {lineDifference} from '../../src/engine/machines/run/line-difference.ts';

const signs = {same: ' ', added: '+', removed: '-', 'left out': '…'};

function difference(from: string, to: string): string {
  return lineDifference(from, to)
    .map(({kind, text}) => signs[kind] + text)
    .join('\n');
}

test('lines that differ are shown with what stands around them', () => {
  const from = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj';
  expect(difference(from, from.replace('f', 'F'))).toBe('…2 lines the same\n c\n d\n e\n-f\n+F\n g\n h\n i\n j');
});

test('of the same text all is left out', () => {
  expect(difference('a\nb', 'a\nb')).toBe('…2 lines the same');
});

test('one line that is left out is shown as it is', () => {
  expect(difference('1\n2\n3\n4\nx', '1\n2\n3\n4\ny')).toBe(' 1\n 2\n 3\n 4\n-x\n+y');
});

test('of any two texts the difference leads from one to the other', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), {maxLength: 12}).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = lineDifference(from, to).filter(({kind}) => kind !== 'left out');
      const changed = lines.filter(({kind}) => kind !== 'same').length;
      // Short texts may still have a long stretch that is left out: then the rest is compared by its changes.
      if (lines.length === lineDifference(from, to).length) {
        const side = (kind: string) => lines.filter((line) => line.kind === 'same' || line.kind === kind);
        expect(
          side('removed')
            .map(({text: line}) => line)
            .join('\n'),
        ).toBe(from);
        expect(
          side('added')
            .map(({text: line}) => line)
            .join('\n'),
        ).toBe(to);
      }
      expect(changed).toBe(shortest(from.split('\n'), to.split('\n')));
    }),
    {numRuns: 500},
  );
});

/** Changes of the shortest way, by the table of longest common subsequences. */
function shortest(from: readonly string[], to: readonly string[]): number {
  let row = Array(to.length + 1).fill(0) as number[];
  for (const line of from) {
    const next = [0];
    for (const [index, other] of to.entries())
      next.push(line === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    row = next;
  }
  return from.length + to.length - 2 * (row.at(-1) ?? 0);
}

test('texts that differ now and then over a long way are bounded too', () => {
  const lines = Array.from({length: 20_000}, (_, index) => String(index));
  const other = lines.map((line, index) => (index % 80 === 0 ? `${line} changed` : line));
  const shown = lineDifference(lines.join('\n'), other.join('\n'));
  expect(shown.length).toBeLessThan(2100);
  expect(shown.at(-1)?.text).toMatch(/^\d+ lines more$/);
});

test('texts that have nothing in common are bounded, whatever their size', () => {
  const long = (word: string) => Array.from({length: 100_000}, (_, index) => `${word} ${index}`).join('\n');
  const lines = lineDifference(long('a'), long('b'));
  expect(lines.length).toBe(2000);
  expect(lines.slice(998, 1001)).toEqual([
    {kind: 'removed', text: 'a 998'},
    {kind: 'left out', text: '99001 lines more'},
    {kind: 'added', text: 'b 0'},
  ]);
});
