/** The other reader of certificates: what OpenSSL thinks of ours, and certificates that OpenSSL made. */

import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {KeyedCertificate} from '../../../src/engine/kube/certificates.ts';
import {Secret} from '../../../src/engine/secret.ts';

/** Runs openssl in a folder of its own, with files in it; gives what it prints, and what became of one file. */
export function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pai-openssl-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const {status, stdout, stderr} = spawnSync('openssl', args, {cwd: folder, encoding: 'utf8'});
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const made = status === 0 && args.includes('made.pem') ? {pem: read('made.pem'), key: read('made.key')} : undefined;
    return {status, text: stdout + stderr, made};
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Whether a client (`sslserver`) or a server (`sslclient`) would accept a certificate, with all strictness there is. */
export function verify(certificate: string, authority: string, purpose: 'sslserver' | 'sslclient' | 'any') {
  const {status, text} = openssl(
    ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca.pem', 'certificate.pem'],
    {'ca.pem': authority, 'certificate.pem': certificate},
  );
  return status === 0 ? 'OK' : text;
}

export function printed(certificate: string): string {
  return openssl(['x509', '-in', 'c.pem', '-noout', '-text'], {'c.pem': certificate}).text;
}

/** A certificate that signs itself, made by OpenSSL. `kind` as `-newkey` takes it. */
export function made(
  kind: string,
  further: readonly string[],
  files: Readonly<Record<string, string>> = {},
): KeyedCertificate {
  const key = kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] : ['-newkey', kind];
  const result = openssl(
    ['req', '-x509', ...key, '-nodes', '-keyout', 'made.key', '-out', 'made.pem', ...further],
    files,
  );
  if (!result.made) throw new Error(result.text);
  return {certificate: result.made.pem, key: new Secret(result.made.key)};
}

/** The same key in the older form of its kind: PKCS #1 or SEC 1. */
export function olderForm({key}: KeyedCertificate): Secret {
  const {status, text} = openssl(['pkey', '-in', 'k.pem', '-traditional'], {'k.pem': key.reveal()});
  if (status !== 0) throw new Error(text);
  return new Secret(text);
}
