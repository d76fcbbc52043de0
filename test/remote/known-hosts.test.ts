import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import {hostPattern, knownHostName} from '../../src/engine/remote/known-hosts-pattern.ts';
import {hashed, keyOf, lineOf} from './keys.ts';

const key = keyOf('one');

describe('names of a line', () => {
  test.each([
    ['node-1', 'node-1', true],
    ['node-1', 'node-10', false],
    ['Node-1', 'node-1', true],
    ['node-1,10.0.0.1', '10.0.0.1', true],
    ['node-*', 'node-17', true],
    ['node-?', 'node-17', false],
    ['node-??', 'node-17', true],
    ['*', 'anything', true],
    ['*.example,!db.example', 'web.example', true],
    ['*.example,!db.example', 'db.example', false],
    ['!db.example,*.example', 'db.example', false],
    ['!db.example', 'web.example', false],
    ['[node-1]:2222', '[node-1]:2222', true],
    ['[node-1]:2222', 'node-1', false],
    ['[*]:2222', '[node-1]:2222', true],
    ['fe80::1', 'fe80::1', true],
    ['*a*b*c', 'xxaxxbxxc', true],
    ['*a*b*c', 'xxaxxbxxd', false],
    [',', 'node-1', false],
    [hashed('node-1'), 'node-1', true],
    [hashed('node-1'), 'node-2', false],
    [hashed('[node-1]:2222'), '[node-1]:2222', true],
  ])('%s is about %s: %s', (names, host, fits) => {
    expect(hostPattern(names)?.matches(host)).toBe(fits);
  });

  test('a pattern with many stars is answered at once', () => {
    expect(hostPattern(`${'*a'.repeat(500)}b`)?.matches('a'.repeat(1000))).toBe(false);
  });

  test.each(['|1|', '|1|AAAA|AAAA', '|2|x|y', '|1|!!|!!', '|'])('a hash that is broken is none: %s', (names) => {
    expect(hostPattern(names)).toBeUndefined();
  });

  test('a host is called by its address, with a port only where it is not 22', () => {
    expect(knownHostName('10.0.0.1', 22)).toBe('10.0.0.1');
    expect(knownHostName('10.0.0.1', 2222)).toBe('[10.0.0.1]:2222');
    expect(knownHostName('FE80::1', 2222)).toBe('[fe80::1]:2222');
  });
});

describe('lines', () => {
  test('markers, comments, blanks and Windows line ends are understood', () => {
    const text = [
      '# a comment',
      '',
      `  ${lineOf('node-1', key, 'root@node-1')}\r`,
      `@revoked\t${lineOf('*', key).replaceAll(' ', '\t')}`,
      `@cert-authority ${lineOf('*.example', key)}`,
    ].join('\n');
    const {entries, problems} = readKnownHosts(text, 'known_hosts');
    expect(problems).toEqual([]);
    expect(entries.map(({marker, comment, line}) => ({marker, comment, line}))).toEqual([
      {marker: undefined, comment: 'root@node-1', line: 3},
      {marker: 'revoked', comment: '', line: 4},
      {marker: 'cert-authority', comment: '', line: 5},
    ]);
    expect(entries.map((entry) => entry.key)).toEqual([key, key, key]);
  });

  test.each([
    ['node-1', 'it has no names, type and key'],
    ['node-1 ssh-ed25519', 'it has no names, type and key'],
    [`@unknown ${lineOf('node-1', key)}`, 'its marker is neither @cert-authority nor @revoked'],
    ['node-1 1024 35 1234567890', 'its key is of SSH version 1'],
    [lineOf('|1|broken|hash', key), 'its hashed name is broken'],
    ['node-1 ssh-ed25519 !!!!', 'its key is broken'],
    ['node-1 ssh-ed25519 AAAA', 'its key is broken'],
    [`node-1 ssh-rsa ${key.blob}`, 'its key is of another type than it says'],
    [lineOf('node-1', keyOf('c', 'ssh-ed25519-cert-v01@openssh.com')), 'a certificate is no key of a host'],
  ])('%s: %s', (line, reason) => {
    const {entries, problems} = readKnownHosts(`${lineOf('node-0', key)}\n${line}\n`, '/home/ops/.ssh/known_hosts');
    expect(entries).toHaveLength(1);
    expect(problems).toEqual([
      {
        code: 'file-unreadable',
        severity: 'warning',
        message: `A line of /home/ops/.ssh/known_hosts is passed over: ${reason}.`,
        file: '/home/ops/.ssh/known_hosts',
        line: 2,
      },
    ]);
  });

  test('a file of something else is not told line by line', () => {
    expect(readKnownHosts('nonsense\n'.repeat(5000), 'f').problems).toHaveLength(20);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '@revoked ',
      '@cert-authority ',
      '@',
      '|1|',
      '|',
      '!',
      '*',
      '?',
      ',',
      '[',
      ']:',
      '#',
      ' ',
      '\t',
      '\r',
      '\0',
    ),
    fc.constantFrom('node-1', 'ssh-ed25519 ', 'ssh-rsa ', key.blob, lineOf('node-1', key), hashed('node-1'), '\n'),
    fc.string({maxLength: 20, unit: 'binary'}),
    fc.base64String({maxLength: 60}),
  );
  test('any text is read, and asked about, without a crash', () => {
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 30}), (pieces) => {
        const {entries, problems} = readKnownHosts(pieces.join(''), 'known_hosts');
        const book = hostKeyBook(entries, [{name: 'known_hosts', entries}]);
        const owner = {name: 'node-1', address: 'node-1', port: 2222};
        expect(book.check(owner, key).kind).toMatch(/^(trusted|unknown|changed|revoked)$/);
        for (const type of book.preferredTypes(owner)) expect(type).toMatch(/^[\w.@-]+$/);
        for (const {line} of [...entries, ...problems]) expect(line).toBeGreaterThan(0);
      }),
      {numRuns: 2000},
    );
  });
});
