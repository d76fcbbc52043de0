import {createHash} from 'node:crypto';
import type {HostKey} from '../machine-tools.ts';

/**
 * The public key in a blob as SSH sends it (RFC 4253 §6.6: its type as a length and a name, then numbers). Undefined
 * for bytes that are none.
 */
export function hostKeyOf(blob: Uint8Array): HostKey | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length === 0 || length > longestType || bytes.length <= 4 + length) return undefined;
  const type = bytes.toString('latin1', 4, 4 + length);
  if (!/^[\w.@-]+$/.test(type)) return undefined;
  return {type, blob: bytes.toString('base64'), fingerprint: fingerprintOf(bytes)};
}

/** A key as people compare it: 'ssh-ed25519 SHA256:…'. */
export function hostKeyWords({type, fingerprint}: HostKey): string {
  return `${type} ${fingerprint}`;
}

/** 'SHA256:…' without padding, as ssh-keygen -lf prints it. */
function fingerprintOf(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Names of algorithms have at most 64 characters (RFC 4251 §6). */
const longestType = 64;
