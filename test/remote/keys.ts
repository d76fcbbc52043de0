import {createHmac} from 'node:crypto';
import type {HostKey} from '../../src/engine/machine-tools.ts';
import {hostKeyOf} from '../../src/engine/remote/host-key.ts';

/** A public key of a type, made of a word: the same word, the same key. */
export function keyOf(word: string, type = 'ssh-ed25519'): HostKey {
  const key = hostKeyOf(Buffer.concat([sshString(type), sshString(word.padEnd(32, '.'))]));
  if (!key) throw new Error('no key');
  return key;
}

/** A line of known_hosts. */
export function lineOf(names: string, key: HostKey, comment = ''): string {
  return `${names} ${key.type} ${key.blob}${comment ? ` ${comment}` : ''}`;
}

/** A name as HashKnownHosts writes it. */
export function hashed(name: string, salt = Buffer.alloc(20, 7)): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function sshString(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]);
}
