/** Private keys: made, read, and told whether they belong to a certificate. They are `Secret` wherever they are text. */

import {createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, X509Certificate} from 'node:crypto';
import {promisify} from 'node:util';
import {Secret} from '../../secret.ts';
import {certificateProblem} from './problems.ts';
import {readCertificate} from './read-certificate.ts';

const generate = promisify(generateKeyPair);

/** A key of a certificate: elliptic curve P-256, which every TLS library speaks, and which is made in a millisecond. */
export async function makeKey(): Promise<KeyObject> {
  const {privateKey} = await generate('ec', {namedCurve: 'P-256'});
  return privateKey;
}

/** What the API server and the controller manager need for the tokens of service accounts. */
export interface ServiceAccountKeys {
  /** PEM; the API servers check tokens with it. */
  readonly publicKey: string;
  /** PEM, PKCS #8; signs tokens. Every master has the same. */
  readonly key: Secret;
}

/**
 * Makes the keys for service accounts. RSA with 2048 bits, though Kubernetes takes P-256 too: a token is signed once
 * and checked with every request, which RSA does faster, and RS256 is what every reader of such tokens must know (OpenID
 * Connect Discovery 1.0, `id_token_signing_alg_values_supported`).
 */
export async function makeServiceAccountKeys(): Promise<ServiceAccountKeys> {
  const {publicKey, privateKey} = await generate('rsa', {modulusLength: 2048});
  return {publicKey: publicKey.export({type: 'spki', format: 'pem'}).toString(), key: secretOf(privateKey)};
}

/** The public half (PEM) of a service-account key that was read from a master. Throws as `readKey` does. */
export function publicKeyOf(key: Secret): string {
  return createPublicKey(readKey(key)).export({type: 'spki', format: 'pem'}).toString();
}

/** A key as PEM text in PKCS #8. */
export function secretOf(key: KeyObject): Secret {
  return new Secret(key.export({type: 'pkcs8', format: 'pem'}).toString());
}

/**
 * Reads a PEM key in any of the forms in use (PKCS #8, PKCS #1, SEC 1). Throws Problem `certificate-invalid`, which
 * holds nothing of it; a key that is itself encrypted is refused.
 */
export function readKey(key: Secret): KeyObject {
  try {
    return createPrivateKey(key.reveal());
  } catch {
    // The cause is left out on purpose: what a parser says may quote what it read.
    throw certificateProblem('The private key cannot be read.', 'It must be a PEM file without a passphrase.');
  }
}

/**
 * Whether this is the private key of this certificate (both PEM). Throws Problem `certificate-invalid` for what
 * cannot be read.
 */
export function keyFits(certificate: string, key: Secret): boolean {
  return new X509Certificate(readCertificate(certificate).pem).checkPrivateKey(readKey(key));
}
