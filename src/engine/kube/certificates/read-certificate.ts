/** Certificates as they are read: by OpenSSL, which Node brings, so nothing is loaded for it. */

import {X509Certificate} from 'node:crypto';
import {printableLine} from '../../printable.ts';
import {canonicalAddress} from './addresses.ts';
import {certificateProblem} from './problems.ts';
import type {Identity, Usage} from './types.ts';

/** One certificate. Its texts are those of whoever made it, freed of what cannot be shown. */
export interface Certificate extends Identity {
  /** The common name of who signed it; all of the name where it has none. */
  readonly issuer: string;
  readonly isAuthority: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Hexadecimal, in capitals. */
  readonly serial: string;
  /** SHA-256 of all of it: pairs of hexadecimal digits with colons, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
  /** This certificate alone, however many the file held. */
  readonly pem: string;
}

/** The first certificate of a PEM text. Throws Problem `certificate-invalid`. */
export function readCertificate(pem: string): Certificate {
  const first = parsed(pem)[0];
  if (first) return described(first);
  throw certificateProblem('There is no certificate in it.', 'It must be a PEM file with BEGIN CERTIFICATE.');
}

/** Days until it expires, rounded down; negative once it has expired. */
export function daysLeft({notAfter}: Pick<Certificate, 'notAfter'>, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / 86_400_000);
}

/**
 * Whether the first certificate of a PEM text was signed by one of the authorities in another, itself or over
 * certificates that follow it in its own text. Says nothing of dates. Throws Problem `certificate-invalid` where a text
 * holds what cannot be read.
 */
export function chainsTo(pem: string, authorities: string): boolean {
  const [first, ...between] = parsed(pem);
  const roots = parsed(authorities).filter(({ca}) => ca);
  let current = first;
  while (current) {
    const child: X509Certificate = current;
    if (roots.some((root) => isSignedBy(child, root))) return true;
    const next: number = between.findIndex((candidate) => candidate.ca && isSignedBy(child, candidate));
    current = next < 0 ? undefined : between.splice(next, 1)[0];
  }
  return false;
}

function isSignedBy(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.checkIssued(parent) && child.verify(parent.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know has signed nothing that a client would accept.
    return false;
  }
}

function parsed(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw certificateProblem('The certificate cannot be read: it is damaged or cut off.', 'Issue it anew.');
    }
  });
}

function described(certificate: X509Certificate): Certificate {
  const {subject, issuer} = certificate.toLegacyObject() as unknown as Record<'subject' | 'issuer', NameFields>;
  const hosts = hostsOf(certificate.subjectAltName ?? '');
  return {
    commonName: fieldOf(subject, 'CN')[0] ?? '',
    organizations: fieldOf(subject, 'O'),
    ...hosts,
    usages: (certificate.keyUsage ?? []).flatMap((usage) => usagesById[usage] ?? []),
    issuer: fieldOf(issuer, 'CN')[0] ?? printableLine(certificate.issuer),
    isAuthority: certificate.ca,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    serial: certificate.serialNumber,
    fingerprint: certificate.fingerprint256,
    pem: certificate.toString(),
  };
}

/** RFC 5280, 4.2.1.12. Node calls the list of them keyUsage. */
const usagesById: Readonly<Record<string, Usage>> = {
  '1.3.6.1.5.5.7.3.1': 'server',
  '1.3.6.1.5.5.7.3.2': 'client',
};

/** A field that is there several times is a list. */
type NameFields = Readonly<Record<string, string | string[] | undefined>> | undefined;

function fieldOf(name: NameFields, field: string): string[] {
  return [name?.[field] ?? []].flat().map((text) => printableLine(text));
}

/**
 * Node writes `DNS:a, IP Address:10.0.0.1`, and in quotes, as JSON, what holds a comma or a quote, so that no name can
 * pass as two (CVE-2021-44532).
 */
function hostsOf(text: string): {readonly names: string[]; readonly addresses: string[]} {
  const names: string[] = [];
  const addresses: string[] = [];
  for (const [, kind, written = ''] of text.matchAll(/(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    const value = written.startsWith('"') ? String(JSON.parse(written)) : written;
    if (kind === 'DNS') names.push(printableLine(value).toLowerCase());
    if (kind === 'IP Address') addresses.push(canonicalAddress(value) ?? printableLine(value));
  }
  return {names, addresses};
}
