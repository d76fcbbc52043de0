import {describe, expect, test} from 'vitest';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {judgeHostKeys} from '../../src/engine/remote/host-key-judge.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import {hashed, keyOf, lineOf} from './keys.ts';

const owner = {name: 'node-1', address: '10.0.0.1', port: 22};
const a = keyOf('a');
const b = keyOf('b');
const rsa = keyOf('r', 'ssh-rsa');
const name = '~/.ssh/known_hosts';

function bookOf({pins = [], known = []}: {pins?: readonly string[]; known?: readonly string[]}) {
  const read = (lines: readonly string[]) => readKnownHosts(lines.join('\n'), name).entries;
  return hostKeyBook(read(pins), [{name, entries: read(known)}]);
}

const pinned = lineOf('10.0.0.1', a, 'pinned 2026-11-20T20:19:05.000Z by ops@jump as node-1: compared on screen');

describe('a key', () => {
  test('of a machine nobody knows is unknown', () => {
    expect(bookOf({known: [lineOf('10.0.0.2', a)]}).check(owner, a)).toEqual({kind: 'unknown'});
  });

  test('that is pinned, or in known_hosts, or in both, is trusted, with where from', () => {
    expect(bookOf({pins: [pinned]}).check(owner, a)).toEqual({kind: 'trusted', from: 'pinned 2026-11-20'});
    const known = ['# one', lineOf(hashed('10.0.0.1'), a)];
    expect(bookOf({known}).check(owner, a)).toEqual({kind: 'trusted', from: '~/.ssh/known_hosts:2'});
    expect(bookOf({pins: [pinned], known}).check(owner, a)).toEqual({
      kind: 'trusted',
      from: 'pinned 2026-11-20, ~/.ssh/known_hosts:2',
    });
  });

  test('that is another one than is known has changed, also when it is of another kind', () => {
    const changed = {kind: 'changed', known: [a], from: 'pinned 2026-11-20'};
    expect(bookOf({pins: [pinned]}).check(owner, b)).toEqual(changed);
    expect(bookOf({pins: [pinned]}).check(owner, rsa)).toEqual(changed);
  });

  test('of which known_hosts and the pins do not say the same is not trusted', () => {
    const book = bookOf({pins: [pinned], known: [lineOf('10.0.0.1', b)]});
    expect(book.check(owner, a)).toEqual({kind: 'disagreeing', known: [b], from: '~/.ssh/known_hosts:1'});
    expect(book.check(owner, b)).toEqual({kind: 'disagreeing', known: [a], from: 'pinned 2026-11-20'});
    expect(book.check(owner, keyOf('c'))).toEqual({
      kind: 'changed',
      known: [a, b],
      from: 'pinned 2026-11-20, ~/.ssh/known_hosts:1',
    });
  });

  test('is one of several that known_hosts has', () => {
    const book = bookOf({known: [lineOf('10.0.0.1', b), lineOf('10.0.0.*', a)]});
    expect(book.check(owner, a)).toEqual({kind: 'trusted', from: '~/.ssh/known_hosts:2'});
  });

  test('that is revoked is refused, whatever else is said of it', () => {
    const book = bookOf({pins: [pinned], known: [lineOf('10.0.0.1', a), `@revoked ${lineOf('*', a)}`]});
    expect(book.check(owner, a)).toEqual({kind: 'revoked', from: '~/.ssh/known_hosts:2'});
    expect(bookOf({known: [`@revoked ${lineOf('10.0.0.2', a)}`]}).check(owner, a)).toEqual({kind: 'unknown'});
  });

  test('of a certificate authority is none of a machine, and that is said', () => {
    const book = bookOf({known: [`@cert-authority ${lineOf('10.0.0.*', a)}`]});
    expect(book.check(owner, a)).toEqual({
      kind: 'unknown',
      because: '~/.ssh/known_hosts:1 knows it by a certificate authority',
    });
  });
});

describe('another port', () => {
  const other = {...owner, port: 2222};

  test('is another machine', () => {
    const book = bookOf({known: [lineOf('[10.0.0.1]:2222', a), lineOf('10.0.0.1', b)]});
    expect(book.check(other, a)).toEqual({kind: 'trusted', from: '~/.ssh/known_hosts:1'});
    expect(book.check(other, b).kind).toBe('changed');
    expect(book.check(owner, a).kind).toBe('changed');
  });

  test('is confirmed by the address alone, as in ssh, and never contradicted by it', () => {
    const book = bookOf({known: [lineOf('10.0.0.1', a)]});
    expect(book.check(other, a)).toEqual({kind: 'trusted', from: '~/.ssh/known_hosts:1'});
    expect(book.check(other, b)).toEqual({kind: 'unknown'});
    expect(book.preferredTypes(other)).toEqual(['ssh-ed25519']);
  });
});

describe('the kinds that are asked for first', () => {
  test('are those that are known', () => {
    expect(bookOf({known: [lineOf('10.0.0.1', rsa)]}).preferredTypes(owner)).toEqual(['ssh-rsa']);
    expect(bookOf({known: [lineOf('10.0.0.1', rsa), lineOf('10.0.0.1', a)]}).preferredTypes(owner)).toEqual([
      'ssh-ed25519',
      'ssh-rsa',
    ]);
    expect(bookOf({}).preferredTypes(owner)).toEqual([]);
  });

  test('begin with those on which known_hosts and pins agree', () => {
    const book = bookOf({pins: [pinned, lineOf('10.0.0.1', rsa)], known: [lineOf('10.0.0.1', rsa)]});
    expect(book.preferredTypes(owner)).toEqual(['ssh-rsa', 'ssh-ed25519']);
    expect(book.check(owner, rsa).kind).toBe('trusted');
  });
});

describe('all keys of a machine together', () => {
  const judge = (book: ReturnType<typeof bookOf>, keys = [a, rsa]) => judgeHostKeys(book, owner, keys);

  test('make it new, known, changed, revoked or disagreeing', () => {
    expect(judge(bookOf({}))).toEqual({state: 'new'});
    expect(judge(bookOf({pins: [pinned]}))).toEqual({state: 'known', from: 'pinned 2026-11-20'});
    expect(judge(bookOf({pins: [pinned]}), [b, rsa])).toEqual({
      state: 'changed',
      from: 'pinned 2026-11-20',
      known: [a],
    });
    expect(judge(bookOf({pins: [pinned], known: [lineOf('10.0.0.1', b)]})).state).toBe('disagreeing');
    expect(judge(bookOf({pins: [pinned], known: [`@revoked ${lineOf('*', rsa)}`]})).state).toBe('revoked');
  });

  test('of a machine that is known by an authority alone say why it is new', () => {
    expect(judge(bookOf({known: [`@cert-authority ${lineOf('*', b)}`]})).because).toContain('certificate authority');
  });
});
