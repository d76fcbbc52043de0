/** What a comparison of made-up files with PyYAML 6.0.3 found: each was read there as it is said here. */

import {describe, expect, test} from 'vitest';
import {readYaml} from '../../src/engine/config/yaml.ts';

function refusalOf(text: string): string {
  const {value, problems} = readYaml(text, 'f.yaml');
  expect(value).toBeUndefined();
  return `${problems[0]?.line}: ${problems[0]?.message}`;
}

describe('what PyYAML refuses is refused', () => {
  test.each([
    ['a: &x 1\nb: &x 2\n', '2: The anchor &x is there twice.'],
    [': 1\n', '1: There is nothing before the colon.'],
    ['- : a\n', '1: There is nothing before the colon.'],
    ['a: null \n: b\n', '2: There is nothing before the colon.'],
    ['a: =\n', '1: = stands for something else in YAML 1.1; put it in quotes.'],
    ['- <<\n', '1: << stands for something else in YAML 1.1; put it in quotes.'],
    ['a: {b: ?c}\n', '1: In brackets a text with a question mark needs quotes.'],
    ['- [http://x/?y=1]\n', '1: In brackets a text with a question mark needs quotes.'],
    ['a: 1\r---\rb: 2\r', '2: The file holds several documents, and one is expected.'],
  ])('%j', (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });

  test.each([
    ['a:\tb\n', 1],
    ['a: b\tc\n', 1],
    ['a: 1\nb: "x"\t# c\n', 2],
    ['- \tx\n', 1],
    ['a: x\n\ty\n', 2],
    ['a: x\n\t\nb: 1\n', 2],
    ['a: [1,\t2]\n', 1],
    ['a: >-\t\n  x\n', 1],
    ['\ta: 1\n', 1],
  ])('%j, for its tab', (text, line) => {
    expect(refusalOf(text)).toBe(`${line}: A tab stands where YAML takes only spaces.`);
  });
});

describe('what PyYAML reads is read', () => {
  test.each([
    [
      'a: ?b\nc: [d, "?e"]\n',
      new Map<string, unknown>([
        ['a', '?b'],
        ['c', ['d', '?e']],
      ]),
    ],
    ['\ufeff- a\n- b\n', ['a', 'b']],
    ['\ufeffa: !!str 1\n', new Map([['a', '1']])],
    [
      'a: 1\rb:\r- x\r',
      new Map<string, unknown>([
        ['a', 1n],
        ['b', ['x']],
      ]),
    ],
    ['a: |+\r  x\r\r', new Map([['a', 'x\n\n']])],
    ['a: "x\r  y"\r', new Map([['a', 'x y']])],
    ['=: 1\n"=": 2\n', new Map([['=', 2n]])],
    ['!!str <<: 1\n', new Map([['<<', 1n]])],
    ['? \n: 1\n', new Map([[null, 1n]])],
    ['# a\tb\na: "x\ty" # c\td\n', new Map([['a', 'x\ty']])],
    ["a: 'x\n   \ty'\n", new Map([['a', 'x y']])],
    [
      'a: |\n  x\ty\n  \tz\nb: 1\n',
      new Map<string, unknown>([
        ['a', 'x\ty\n\tz\n'],
        ['b', 1n],
      ]),
    ],
  ])('%j', (text, value) => {
    expect(readYaml(text, 'f.yaml').value).toEqual(value);
  });
});
