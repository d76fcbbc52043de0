import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createRedactor, redactText, redactValue} from '../../src/engine/run/redact.ts';
import {Secret} from '../../src/engine/secret.ts';

const dots = '••••••';
const secrets = (...values: readonly string[]) => values.map((value) => new Secret(value));

/** What a redactor lets through of a text cut into chunks of these lengths, over and over. */
function streamed(values: readonly string[], text: string, lengths: readonly number[]): string {
  const redactor = createRedactor(secrets(...values));
  const bytes = Buffer.from(text);
  const out: Buffer[] = [];
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    out.push(redactor.push(bytes.subarray(from, from + length)));
    from += length;
  }
  out.push(redactor.flush());
  return Buffer.concat(out).toString('utf8');
}

describe('redaction', () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ['as it is', 'pa55word', 'login pa55word ok'],
    ['base64', 'pa55word', `key ${Buffer.from('pa55word').toString('base64')} ok`],
    ['base64url without padding', 'a?>b~~pass', `key ${Buffer.from('a?>b~~pass').toString('base64url')} ok`],
    ['URL-encoded', 'p@ss/wörd x', `https://u:${encodeURIComponent('p@ss/wörd x')}@h/`],
    ['URL-encoded in small letters', 'p@ss/word', 'https://u:p%40ss%2fword@h/'],
    ['form-encoded', 'p@ss word', 'password=p%40ss+word&x'],
    ['in single quotes of a shell', "it's", `run 'it'\\''s' now`],
    ['in double quotes of a shell', 'a$b"c', `run "a\\$b\\"c" now`],
    ['escaped for a shell', 'a b$c', 'run a\\ b\\$c now'],
    ['in JSON', 'a"b\\c', `{"p":${JSON.stringify('a"b\\c')}}`],
    ['over several lines of a terminal', 'line 1\nline 2', 'cat: line 1\r\nline 2\r\n'],
  ];
  test.each(forms)('replaces a secret %s', (_name, secret, text) => {
    const redacted = redactText(secrets(secret))(text);
    expect(redacted).toContain(dots);
    expect(redacted).not.toContain(secret);
    expect(streamed([secret], text, [1])).toBe(redacted);
  });

  test.each(['u:', 'us:', 'use:'])('replaces what is fixed of the base64 of %j and a secret', (prefix) => {
    const text = Buffer.from(`${prefix}correct horse battery`).toString('base64');
    const redacted = redactText(secrets('correct horse battery'))(`"auth": "${text}"`);
    expect(redacted).toContain(dots);
    const leftOver = Buffer.from(
      redacted
        .replace(/^"auth": "|"$/g, '')
        .split(dots)
        .join(''),
      'base64',
    ).toString();
    expect(leftOver.length).toBeLessThan(prefix.length + 6);
  });

  test('gives the same for every way to cut a text into chunks', () => {
    const letters = fc.string({unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6});
    const property = fc.property(
      fc.array(letters, {minLength: 1, maxLength: 3}),
      fc.string({unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 60}),
      fc.array(fc.integer({min: 1, max: 9}), {minLength: 1, maxLength: 8}),
      (values, text, lengths) => streamed(values, text, lengths) === redactText(secrets(...values))(text),
    );
    fc.assert(property, {numRuns: 3000});
  });

  test('lets no secret through, however it is cut and wherever it stands', () => {
    const property = fc.property(
      fc.string({unit: 'grapheme', minLength: 4, maxLength: 12}).filter((text) => !dots.includes(text)),
      fc.string({unit: 'grapheme', maxLength: 20}),
      fc.string({unit: 'grapheme', maxLength: 20}),
      fc.integer({min: 1, max: 7}),
      (secret, before, after, length) => !streamed([secret], before + secret + after, [length]).includes(secret),
    );
    fc.assert(property, {numRuns: 1000});
  });

  test('holds back no more than what could be the beginning of a secret', () => {
    const redactor = createRedactor(secrets('password'));
    expect(redactor.push(Buffer.from('go on? ')).toString()).toBe('go on? ');
    expect(redactor.push(Buffer.from('yes, pass')).toString()).toBe('yes, ');
    expect(redactor.push(Buffer.from('ing by\n')).toString()).toBe('passing by\n');
    expect(redactor.push(Buffer.from('p')).toString()).toBe('');
    expect(redactor.flush().toString()).toBe('p');
  });

  test('replaces the longer of two secrets that begin alike', () => {
    expect(streamed(['abc', 'abcdef'], 'x abcdef y abcd', [2])).toBe(`x ${dots} y ${dots}d`);
  });

  test('without secrets, or with an empty one, changes nothing', () => {
    expect(streamed([], 'text', [1])).toBe('text');
    expect(streamed([''], 'text', [1])).toBe('text');
  });

  test('goes through all of a value', () => {
    const redact = redactText(secrets('pa55word'));
    const value = {list: ['x pa55word', 1, null], deep: {pa55word: true}};
    expect(redactValue(value, redact)).toEqual({list: [`x ${dots}`, 1, null], deep: {[dots]: true}});
  });

  test('keeps up with a flood', () => {
    const redactor = createRedactor(secrets('correct horse battery staple', 'x'.repeat(3000)));
    const megabyte = Buffer.alloc(1 << 20, 'some line of a build that compiles something\n');
    let bytes = 0;
    for (let count = 0; count < 16; count++) bytes += redactor.push(megabyte).length;
    expect(bytes + redactor.flush().length).toBe(16 << 20);
  });
});
