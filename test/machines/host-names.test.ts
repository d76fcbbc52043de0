import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {foldHostNames, writeOut} from '../../src/engine/machines/host-names.ts';

describe('names are written short', () => {
  test.each([
    ['', []],
    ['gpu01', ['gpu01']],
    ['gpu[01-03]', ['gpu01', 'gpu02', 'gpu03']],
    ['gpu[01-02,04]', ['gpu04', 'gpu01', 'gpu02']],
    ['gpu[9-11]', ['gpu9', 'gpu10', 'gpu11']],
    ['gpu[09-11]', ['gpu09', 'gpu10', 'gpu11']],
    ['gpu[1,01]', ['gpu1', 'gpu01']],
    ['gpu[01-02],login1', ['gpu01', 'gpu02', 'login1']],
    ['login1,gpu[01-02]', ['login1', 'gpu02', 'gpu01']],
    ['r[1-2]n[01-02]', ['r1n01', 'r1n02', 'r2n01', 'r2n02']],
    ['r1n[01-02],r2n01', ['r1n01', 'r1n02', 'r2n01']],
    ['10.0.0.[11-13]', ['10.0.0.11', '10.0.0.12', '10.0.0.13']],
    ['master,worker', ['master', 'worker', 'master']],
    ['n12345678901,n12345678902', ['n12345678901', 'n12345678902']],
  ])('%s', (expected, names) => {
    expect(foldHostNames(names)).toBe(expected);
  });
});

test('what is written short stands for the same names, each once', () => {
  const number = fc.oneof(
    fc.nat(30).map(String),
    fc.nat(30).map((each) => String(each).padStart(3, '0')),
  );
  const name = fc
    .tuple(fc.constantFrom('gpu', 'n', ''), number, fc.constantFrom('', '-r', 'x'), fc.option(number))
    .map(([prefix, first, middle, second]) => `${prefix}${first}${middle}${middle === '' ? '' : (second ?? '')}`);
  fc.assert(
    fc.property(fc.array(name, {maxLength: 60}), (names) => {
      const words = foldHostNames(names).match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
      const writtenOut = words.flatMap((word) => writeOut(word).names ?? [`cannot be read: ${word}`]);
      expect(writtenOut.sort()).toEqual([...new Set(names)].sort());
    }),
  );
});
