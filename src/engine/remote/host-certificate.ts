import type {HostKey} from '../machine-tools.ts';
import {hostKeyOf} from './host-key.ts';
import {isSignedBy} from './host-signature.ts';
import {WireReader, wireString} from './wire-reader.ts';

/** What the certificate of a host says, before anything of it is believed (OpenSSH, PROTOCOL.certkeys). */
export interface HostCertificate {
  /** The key of the host. */
  readonly key: HostKey;
  readonly keyId: string;
  readonly isForHosts: boolean;
  readonly principals: readonly string[];
  /** Seconds since 1970, as they are written: 2^64-1 is for ever. */
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  /** Names of options that whoever does not know them must refuse. */
  readonly criticalOptions: readonly string[];
  readonly authority: HostKey;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const suffix = '-cert-v01@openssh.com';

/** How many fields make the public key of each kind. */
const keyFields: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
};

/** The algorithms by which a certificate is asked for, best first. */
export const certificateAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
].map((name) => `${name}${suffix}`);

/** Undefined for bytes that are no certificate of a kind we know. Never throws. */
export function readHostCertificate(blob: Uint8Array): HostCertificate | undefined {
  const bytes = Buffer.from(blob);
  try {
    const reader = new WireReader(bytes);
    const type = reader.text();
    const base = type.endsWith(suffix) ? type.slice(0, -suffix.length) : '';
    const fields = Object.hasOwn(keyFields, base) ? keyFields[base] : undefined;
    if (fields === undefined) return undefined;
    reader.string();
    const from = reader.at;
    for (let field = 0; field < fields; field++) reader.string();
    const key = hostKeyOf(Buffer.concat([wireString(base), bytes.subarray(from, reader.at)]));
    reader.uint64();
    const isForHosts = reader.uint32() === 2;
    const keyId = reader.text();
    const principals = strings(reader.string());
    const validAfter = reader.uint64();
    const validBefore = reader.uint64();
    // Names and their values take turns.
    const criticalOptions = strings(reader.string()).filter((_, index) => index % 2 === 0);
    reader.string();
    reader.string();
    const authority = hostKeyOf(reader.string());
    const signed = bytes.subarray(0, reader.at);
    const signature = reader.string();
    if (!key || !authority || !reader.isAtEnd) return undefined;
    return {key, keyId, isForHosts, principals, validAfter, validBefore, criticalOptions, authority, signed, signature};
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function strings(bytes: Buffer): readonly string[] {
  const reader = new WireReader(bytes);
  const found: string[] = [];
  while (!reader.isAtEnd) found.push(reader.text());
  return found;
}

/**
 * Why a certificate proves nothing about a host; undefined when its authority is one of these and says that the key is
 * the host's. As ssh checks it, and stricter in one thing: a certificate without names is for no host.
 */
export function whyNotCertified(
  certificate: HostCertificate,
  host: string,
  authorities: readonly HostKey[],
  now: number,
): string | undefined {
  const {isForHosts, principals, validAfter, validBefore, criticalOptions, authority} = certificate;
  const seconds = BigInt(Math.floor(now / 1000));
  if (!isForHosts) return 'it is not for hosts';
  if (!authorities.some(({blob}) => blob === authority.blob)) return 'another authority signed it';
  if (!principals.some((name) => name.toLowerCase() === host)) {
    return principals.length === 0 ? 'it names no host' : `it is for ${principals.slice(0, 3).join(', ')}`;
  }
  if (seconds < validAfter) return 'it is not valid yet';
  if (seconds >= validBefore) return 'it has expired';
  if (criticalOptions.length > 0) return `it has a condition that is not known (${criticalOptions[0]})`;
  if (!isSignedBy(authority, certificate.signed, certificate.signature)) return 'its signature is wrong';
  return undefined;
}
