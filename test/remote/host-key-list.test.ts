import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readFingerprints} from '../../src/engine/remote/host-key-list.ts';
import {hashed, keyOf, lineOf} from './keys.ts';

const a = keyOf('a');
const b = keyOf('b');
const owner = {name: 'node-1', address: '10.0.0.1', port: 2222};

describe('a list of fingerprints', () => {
  test.each([
    ['ssh-keygen -lf', `256 ${a.fingerprint} root@node-1 (ED25519)`],
    ['ssh-keygen -lf without a comment', `256 ${a.fingerprint} no comment (ED25519)`],
    ['ssh-keyscan | ssh-keygen -lf -', `256 ${a.fingerprint} 10.0.0.1 (ED25519)`],
    ['ssh-keygen -lF', `node-1 ED25519 ${a.fingerprint}`],
    ['known_hosts', lineOf('10.0.0.1', a)],
    ['known_hosts with a port', lineOf('[10.0.0.1]:2222', a)],
    ['known_hosts, hashed', lineOf(hashed('[10.0.0.1]:2222'), a)],
    ['a public key', `${a.type} ${a.blob} root@node-1`],
    ['a host and a fingerprint', `node-1 ${a.fingerprint}`],
    ['a host, a colon and a fingerprint', `node-1: ${a.fingerprint}`],
    ['an address and a fingerprint', `10.0.0.1 ${a.fingerprint}`],
    ['several names', `other,node-1 ${a.fingerprint}`],
    ['a fingerprint alone', a.fingerprint],
  ])('as %s has the key', (_what, line) => {
    const list = readFingerprints(`# from the consoles\n\n  ${line}\r\n`, 'f');
    expect(list.problems).toEqual([]);
    expect(list.compare(owner, [a, b]).has).toEqual([a]);
  });

  test.each([
    ['another host', `node-2 ${a.fingerprint}`],
    ['another host in known_hosts', lineOf('10.0.0.2', a)],
    ['another key', `node-1 ${b.fingerprint}`],
    ['a revoked key', `@revoked ${lineOf('node-1', a)}`],
    ['an authority', `@cert-authority ${lineOf('node-1', a)}`],
    ['a fingerprint that is cut', `node-1 ${a.fingerprint.slice(0, -1)}`],
    ['MD5', '256 MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 root@node-1 (ED25519)'],
  ])('of %s has it not', (_what, line) => {
    expect(readFingerprints(line, 'f').compare(owner, [a]).has).toEqual([]);
  });

  test('says whether it names a machine, so that another key is told from a silence', () => {
    expect(readFingerprints(`node-1 ${b.fingerprint}`, 'f').compare(owner, [a])).toEqual({has: [], named: true});
    expect(readFingerprints(`256 ${b.fingerprint} root@node-1 (ED25519)`, 'f').compare(owner, [a]).named).toBe(true);
    expect(readFingerprints(`node-2 ${b.fingerprint}`, 'f').compare(owner, [a])).toEqual({has: [], named: false});
    expect(readFingerprints(b.fingerprint, 'f').compare(owner, [a])).toEqual({has: [], named: false});
  });

  test('warns of lines that say nothing', () => {
    const list = readFingerprints('hello\nnode-1 ssh-ed25519 AAAA', '/f');
    expect(list.size).toBe(0);
    expect(list.problems).toMatchObject([
      {severity: 'warning', file: '/f', line: 1},
      {severity: 'warning', file: '/f', line: 2},
    ]);
  });

  test('of any text is read without a crash, and accepts nothing that is not in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({unit: 'binary'}), fc.constantFrom(b.fingerprint, ' ', '\n', '256 '))),
        (pieces) => {
          expect(readFingerprints(pieces.join(''), 'f').compare(owner, [a]).has).toEqual([]);
        },
      ),
    );
  });
});
