import {createPublicKey, type KeyObject, verify} from 'node:crypto';
import type {HostKey} from '../machine-tools.ts';
import {WireReader} from './wire-reader.ts';

/** Curves as JWK calls them, the hash that goes with each (RFC 5656 §6.2.1), and the bytes of a coordinate. */
const curves: Readonly<Record<string, {readonly crv: string; readonly hash: string; readonly bytes: number}>> = {
  'ecdsa-sha2-nistp256': {crv: 'P-256', hash: 'sha256', bytes: 32},
  'ecdsa-sha2-nistp384': {crv: 'P-384', hash: 'sha384', bytes: 48},
  'ecdsa-sha2-nistp521': {crv: 'P-521', hash: 'sha512', bytes: 66},
};

/** RSA with SHA-1 ('ssh-rsa') proves nothing any more; ssh refuses it here too (CASignatureAlgorithms). */
const rsaHashes: Readonly<Record<string, string>> = {'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512'};

/** Whether a signature as SSH has it (RFC 4253 §6.6) is of this key and these bytes. Never throws. */
export function isSignedBy({type, blob}: HostKey, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    const reader = new WireReader(Buffer.from(signature));
    const algorithm = reader.text();
    const value = reader.string();
    const fields = new WireReader(Buffer.from(blob, 'base64'));
    fields.string();
    const curve = Object.hasOwn(curves, type) ? curves[type] : undefined;
    if (type === 'ssh-ed25519' && algorithm === type) return verify(null, signed, ed25519(fields), value);
    if (type === 'ssh-rsa' && Object.hasOwn(rsaHashes, algorithm)) {
      return verify(rsaHashes[algorithm], signed, rsa(fields), value);
    }
    if (!curve || algorithm !== type) return false;
    const numbers = new WireReader(value);
    const both = [numbers.string(), numbers.string()].map((number) => padded(number, curve.bytes));
    const key = {key: ecdsa(fields, curve), dsaEncoding: 'ieee-p1363' as const};
    return verify(curve.hash, signed, key, Buffer.concat(both));
  } catch {
    // Numbers that are no key, and lengths that do not fit: nothing that anybody signed.
    return false;
  }
}

function ed25519(fields: WireReader): KeyObject {
  return fromJwk({kty: 'OKP', crv: 'Ed25519', x: url(fields.string())});
}

function rsa(fields: WireReader): KeyObject {
  const e = url(fields.string());
  return fromJwk({kty: 'RSA', e, n: url(withoutSign(fields.string()))});
}

function ecdsa(fields: WireReader, {crv, bytes}: {readonly crv: string; readonly bytes: number}): KeyObject {
  fields.string();
  const point = fields.string();
  if (point[0] !== 4 || point.length !== 1 + 2 * bytes) throw new RangeError('no point of the curve');
  return fromJwk({kty: 'EC', crv, x: url(point.subarray(1, 1 + bytes)), y: url(point.subarray(1 + bytes))});
}

function fromJwk(key: Record<string, string>): KeyObject {
  return createPublicKey({key, format: 'jwk'});
}

function url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** An mpint has a zero before it where its first bit is set. */
function withoutSign(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}

function padded(number: Buffer, bytes: number): Buffer {
  const plain = withoutSign(number);
  if (plain.length > bytes) throw new RangeError('a number that is too large');
  return Buffer.concat([Buffer.alloc(bytes - plain.length), plain]);
}
