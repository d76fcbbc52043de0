import {expect, test} from 'vitest';
import {Guarded} from '../../src/engine/config/guarded.ts';
import {dots, hider, withoutSecrets} from '../../src/engine/config/secret-keys.ts';

test.each<[string, string, readonly string[], string]>([
  ['a secret anywhere in a text', 'see s3cret here', ['s3cret'], `see ${dots} here`],
  ['each time it is there', 's3cret,s3cret', ['s3cret'], `${dots},${dots}`],
  ['the longer of two that begin alike', 'word-longer', ['word', 'word-longer'], dots],
  [
    'one of a thousand',
    'it is secret-0999.',
    Array.from({length: 1000}, (_, i) => `secret-${String(i).padStart(4, '0')}`),
    `it is ${dots}.`,
  ],
  ['the password of a URL', 'http://me:pass@host/', [], `http://me:${dots}@host/`],
  ['nothing of three characters', 'the abc', ['abc'], 'the abc'],
  ['a secret at the very end', 'x=abcd', ['abcd'], `x=${dots}`],
])('%s', (_, text, secrets, expected) => {
  expect(withoutSecrets(text, new Set(secrets))).toBe(expected);
  expect(hider(new Set(secrets))(text)).toBe(expected);
});

test.each(['None', 'none', 'null', 'true', 'false', ''])(
  '%j below a key of secrets is none, and hides nothing',
  (text) => {
    const values = new Guarded(
      new Map([
        ['password', text],
        ['path', `see ${text}`],
      ]),
    );
    expect([...values.secrets()]).toEqual([]);
    expect([...values.shown().values()]).toEqual([text, `see ${text}`]);
  },
);
