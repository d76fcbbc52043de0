import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readYaml, type YamlValue} from '../../src/engine/config/yaml.ts';
import {Timestamp} from '../../src/engine/values/timestamp.ts';
import {pyyaml} from './pyyaml.ts';

/** As the golden values are written: whole numbers, floats and dates told apart. */
function plain(value: YamlValue | undefined): unknown {
  if (typeof value === 'bigint') return {int: String(value)};
  if (typeof value === 'number') return {float: Number.isFinite(value) ? value : String(value)};
  if (value instanceof Timestamp) return {timestamp: value.text};
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return {map: [...value].map(([key, item]) => [plain(key), plain(item)])};
  return value;
}

const problems = (text: string) =>
  readYaml(text, '/c.yaml').problems.map(({severity = 'error', line, message}) => `${severity} ${line} ${message}`);

describe('values are those of PyYAML 6.0.3', () => {
  test.each(pyyaml)('%j', (text, expected) => {
    const {value, problems: found} = readYaml(text, '/c.yaml');
    expect(found.filter(({severity}) => severity === undefined)).toEqual([]);
    expect(plain(value)).toEqual(expected);
  });
});

describe('places', () => {
  const text = 'a: 1\nb:\n  # c\n  c:\n    - x\n    - d: 1.10\nanchor: &one\n  e: 0755\nalias: *one\n1: one\n';
  const file = readYaml(text, '/c.yaml');

  test.each([
    [['a'], 1],
    [['b'], 2],
    [['b', 'c'], 4],
    [['b', 'c', 1], 6],
    [['b', 'c', 1, 'd'], 6],
    [['b', 'gone', 'x'], 2],
    [['alias', 'e'], 8],
    [['1'], 10],
    [[], 1],
  ])('%j is in line %i', (path, line) => {
    expect(file.line(path)).toBe(line);
  });

  test('a scalar can be had as it is written', () => {
    expect(file.text(['b', 'c', 1, 'd'])).toBe('1.10');
    expect(file.text(['anchor', 'e'])).toBe('0755');
    expect(file.text(['alias', 'e'])).toBe('0755');
    expect(file.text(['b'])).toBeUndefined();
    expect(file.text(['gone'])).toBeUndefined();
  });
});

describe('mistakes', () => {
  test.each([
    ['a: 1\nb:\n  c: 1\n  c: 2\n', ['warning 4 The key b.c is there twice; the last one counts.']],
    [
      'a: !!python/object:os.system x\n',
      ['error 1 The tag tag:yaml.org,2002:python/object:os.system is not understood here.'],
    ],
    ['a: 2018-02-30\n', ['error 1 "2018-02-30" is no valid timestamp.']],
    ['a: !!int x\n', ['error 1 "x" is no valid int.']],
    ['a: *b\n', ['error 1 The alias *b repeats what is not there.']],
    ['? [a]\n: 1\n', ['error 1 A list or a map cannot be a key.']],
    ['<<: 1\n', ['error 1 << takes a map or a list of maps.']],
    ['a: &a\n  b: *a\n', ['error 2 The alias *a stands inside what it repeats.']],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test.each([
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['an indentation that fits nothing', 'a:\n    b: 1\n  c: 2\n', 3],
    ['a quote that never ends', 'a: "b\n', 2],
    ['two documents', 'a: 1\n---\nb: 2\n', 2],
    ['a colon in a plain value', 'a: b: c\n', 1],
  ])('%s is an error at its line', (_title, text, line) => {
    const {value, problems: found} = readYaml(text, '/c.yaml');
    expect(found[0]).toMatchObject({code: 'yaml-invalid', file: '/c.yaml', line});
    expect(value).toBeUndefined();
  });

  test.each([
    ['a control character', 'a: 1\nb: x\u0007\n', 'error 2 The character U+0007 is not allowed in YAML.'],
    ['one in a comment', '# \u0000\n', 'error 1 The character U+0000 is not allowed in YAML.'],
    ['an end of line that nobody sees', 'a: 1\u2028b: 2\n', 'error 1 The character U+2028 is not allowed in YAML.'],
    ['half a character', 'a: \ud83d\n', 'error 1 The character U+D83D is not allowed in YAML.'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'error 2 The file holds several documents, and one is expected.'],
  ])('%s is refused as PyYAML refuses it', (_title, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('a byte order mark at the start is none of the text', () => {
    expect(plain(readYaml('\ufeffa: 1\n', '/c').value)).toEqual({map: [['a', {int: '1'}]]});
  });

  test.each([
    [
      'lines',
      'k: 1\n'.repeat(800_000),
      'error 100001 The file is too long to be a configuration: more than 100000 lines.',
    ],
    [
      'entries',
      `a: [${'x,'.repeat(2_000_000)}]`,
      'error 1 The file is too long to be a configuration: more than 100000 entries in brackets.',
    ],
    ['digits', `a: 1${':1'.repeat(1_000_000)}\n`, `error 1 "1${':1'.repeat(29)}:" is no valid int.`],
  ])('four megabytes of %s are refused before they are read', (_title, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('what an alias or a merge brings is found where it is written', () => {
    const yaml = readYaml(
      'a: &a\n  version: 1.10\nb:\n  <<: *a\n  own: 1\nc: &v 2.20\nd: *v\ne: &v 3.30\nf: *v\n',
      '/c',
    );
    expect([yaml.line(['b', 'version']), yaml.text(['b', 'version'])]).toEqual([2, '1.10']);
    expect([yaml.text(['d']), yaml.text(['f']), yaml.line(['d'])]).toEqual(['2.20', '3.30', 7]);
    expect(yaml.line(['b', 'own'])).toBe(5);
  });

  test('a key that is there twice keeps the last value', () => {
    expect(plain(readYaml('a: 1\na: 2\n', '/c').value)).toEqual({map: [['a', {int: '2'}]]});
  });

  test('a bomb of aliases is a problem, and quickly', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 40; level++)
      lines.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    lines.push('last: {<<: *a9}');
    expect(problems(lines.join('\n'))).toEqual([expect.stringContaining('stands for too many values')]);
  });

  test.each([
    ['brackets', '['.repeat(20_000)],
    ['closed brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['braces', `${'{a: '.repeat(20_000)}`],
    ['dashes', `${'- '.repeat(20_000)}x`],
    ['question marks', `${'? '.repeat(20_000)}x`],
    ['indentation', Array.from({length: 3000}, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['less indentation', Array.from({length: 150}, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ])('nested too deeply by %s is a problem', (_title, text) => {
    expect(problems(text)[0]).toMatch(/^error \d+ .*(?:nested too deeply|cannot be read)/);
  });

  test('any text is answered', () => {
    const pieces = fc.constantFrom(
      ...'a: |- |? |[|{|]|}|, |&x |*x |<<: |!!int |"|\'|#|\n|  |\t|1.5|~|%|---\n|...|> |@'.split('|'),
      '|',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({unit: 'binary'}),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (text) => {
          const {value, problems: found, line} = readYaml(text, '/c');
          expect(value !== undefined || found.length > 0).toBe(true);
          line(['a', 0]);
        },
      ),
      {numRuns: 1000},
    );
  });
});
