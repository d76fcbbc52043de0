import fc from 'fast-check';
import {expect, test} from 'vitest';
import {wrappedLines} from '../../src/cli/wrap.ts';

test('what does not fit goes on below, two columns further in than it began', () => {
  expect(wrappedLines('hint: one two three\n  four five six', 10)).toBe(
    'hint: one\n  two\n  three\n  four\n    five\n    six',
  );
  expect(wrappedLines('hint: one two three', undefined)).toBe('hint: one two three');
});

test('a path that fits nowhere and quoted output stay as they are', () => {
  const path = `  folder   /${'x'.repeat(40)}`;
  const output = `  | ${'word '.repeat(20)}end`;
  expect(wrappedLines(`${path}\n${output}`, 20)).toBe(`${path}\n${output}`);
});

test('colours take no columns', () => {
  const line = `\u001b[31m${'a'.repeat(6)}\u001b[0m bcd`;
  expect(wrappedLines(line, 10)).toBe(line);
});

test('no word is lost, and no line of short words is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), {minLength: 1});
  fc.assert(
    fc.property(words, fc.integer({min: 12, max: 80}), (list, columns) => {
      const text = wrappedLines(list.join(' '), columns);
      expect(text.split(/\s+/)).toEqual(list);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    }),
  );
});
