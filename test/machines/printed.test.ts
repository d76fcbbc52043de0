import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Printed, type Stream} from '../../src/engine/machines/run/printed.ts';

const bytes = 3 * 64 * 1024;

function printed(chunks: readonly (readonly [Stream, Uint8Array])[], kept = bytes) {
  const heard: string[] = [];
  const listener = (_: string, text: string) => void heard.push(text);
  const all = new Printed('a', kept, new Set([listener]));
  for (const [index, [stream, chunk]] of chunks.entries()) all.push(stream, chunk, 1_000_000 + index * 700);
  return {all, heard};
}

/** A text in pieces that care for neither lines nor characters. */
const inPieces = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'é', '漢', '\n', ' ', '\u001b[31mred\u001b[0m', 'word'), {maxLength: 60}),
    fc.array(fc.nat(7), {maxLength: 30}),
  )
  .map(([words, lengths]) => {
    const whole = Buffer.from(words.join(''));
    const pieces: Buffer[] = [];
    let at = 0;
    for (const length of lengths) {
      pieces.push(whole.subarray(at, at + length));
      at += length;
    }
    return {whole: whole.toString(), pieces: [...pieces, whole.subarray(at)]};
  });

test('however a text is cut, its lines are whole, in order, and heard once', () => {
  fc.assert(
    fc.property(inPieces, ({whole, pieces}) => {
      const {all, heard} = printed(pieces.map((piece) => ['stdout', piece]));
      all.end();
      const view = all.view();
      const lines = view.lines(0, view.lineCount).map(({text}) => text);
      const expected = whole === '' ? [] : whole.replace(/\n$/, '').split('\n');
      const redo = (text: string) => text.replaceAll('\u001b[0m\u001b[31m', '');
      expect(lines.map(redo)).toEqual(expected.map(redo));
      expect(heard).toEqual(lines);
      expect(all.text('stdout')).toBe(whole);
      expect(view.lines(1, 3)).toEqual(view.lines(0, view.lineCount).slice(1, 3));
    }),
  );
});

test('lines of both streams never mix', () => {
  fc.assert(
    fc.property(inPieces, inPieces, (out, err) => {
      const chunks: (readonly [Stream, Uint8Array])[] = [];
      for (let index = 0; index < Math.max(out.pieces.length, err.pieces.length); index++) {
        chunks.push(['stdout', out.pieces[index] ?? Buffer.alloc(0)], ['stderr', err.pieces[index] ?? Buffer.alloc(0)]);
      }
      const {all} = printed(chunks);
      all.end();
      const count = (text: string) => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length);
      expect(all.view().lineCount).toBe(count(out.whole) + count(err.whole));
      expect([all.text('stdout'), all.text('stderr')]).toEqual([out.whole, err.whole]);
    }),
  );
});

test('what is kept is bounded, and with what is left out it is all that came', () => {
  const line = Buffer.from(`${'x'.repeat(99)}\n`);
  const {all} = printed(Array.from({length: 20_000}, () => ['stdout', line]));
  const view = all.view();
  const kept = view.lines(0, view.lineCount).filter(({text}) => text.startsWith('x')).length;
  expect(kept * 100 + view.leftOutBytes).toBe(2_000_000);
  expect(kept * 100).toBeLessThanOrEqual(bytes / 3);
  expect(kept * 100).toBeGreaterThan(bytes / 6);
});

test('a line that never ends is broken, not kept for ever', () => {
  const {all, heard} = printed(Array.from({length: 3000}, () => ['stdout', Buffer.alloc(100, 46)]));
  expect(heard.length).toBeGreaterThan(2);
  expect(all.view().lineCount).toBeLessThan(10);
});

test('each line has about the time when it came', () => {
  const {all} = printed([1, 2, 3].map((number) => ['stdout', Buffer.from(`${number}\n`)]));
  expect(all.view().lines(0, 3)).toEqual([
    {text: '1', at: 1_000_000},
    {text: '2', at: 1_000_000},
    {text: '3', at: 1_001_000},
  ]);
});
