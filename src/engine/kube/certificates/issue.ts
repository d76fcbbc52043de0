/** New authorities, and certificates that they sign. The library for it is loaded with the first one. */

import {createPublicKey, type KeyObject, randomBytes, webcrypto} from 'node:crypto';
import {sortHosts} from './addresses.ts';
import {makeKey, readKey, secretOf} from './keys.ts';
import {certificateProblem} from './problems.ts';
import {chainsTo, readCertificate} from './read-certificate.ts';
import type {Authority, Identity, KeyedCertificate} from './types.ts';

/** Clocks of machines differ; a certificate must not be of tomorrow for one whose clock is a little late. */
const backdatedMs = 5 * 60_000;
const dayMs = 86_400_000;

const authorityNames: Readonly<Record<Authority, string>> = {
  cluster: 'kubernetes-ca',
  etcd: 'etcd-ca',
  'front-proxy': 'front-proxy-ca',
};

/** A new authority, which signs itself, for ten years. It may sign certificates but no further authorities. */
export async function makeAuthority(
  authority: Authority,
  {now, days = 3650}: {readonly now: Date; readonly days?: number},
): Promise<KeyedCertificate> {
  const x509 = await import('./x509.ts');
  const key = await makeKey();
  const name = [{CN: [authorityNames[authority]]}];
  const keyId = await x509.SubjectKeyIdentifierExtension.create(publicHalf(key), false, webcrypto);
  const {keyCertSign, cRLSign, digitalSignature} = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject: name,
      issuer: name,
      notBefore: wholeSecond(now.getTime() - backdatedMs),
      notAfter: wholeSecond(now.getTime() + days * dayMs),
      publicKey: publicHalf(key),
      ...signer(key),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
        keyId,
        new x509.AuthorityKeyIdentifierExtension(keyId.keyId),
      ],
    },
    webcrypto,
  );
  return {certificate: pemOf(certificate.rawData), key: secretOf(key)};
}

/**
 * A certificate for an identity, with a key of its own, signed with the key of an authority. It ends with its authority
 * where that is sooner than `days`. Throws Problem `certificate-invalid` when the authority cannot sign (no authority,
 * expired, another's key) and for names that a reader could take for others.
 */
export async function issueCertificate(
  authority: KeyedCertificate,
  identity: Identity,
  {now, days = 365}: {readonly now: Date; readonly days?: number},
): Promise<KeyedCertificate> {
  const signs = checkedAuthority(authority, now);
  const {commonName, organizations, usages} = identity;
  const {names, addresses} = sortHosts([...identity.names, ...identity.addresses]);
  for (const name of [commonName, ...organizations]) checkName(name);
  const x509 = await import('./x509.ts');
  const key = await makeKey();
  const publicKey = publicHalf(key);
  const usageIds = {server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth};
  const hosts = [
    ...names.map((value) => ({type: 'dns' as const, value})),
    ...addresses.map((value) => ({type: 'ip' as const, value})),
  ];
  const from = new x509.X509Certificate(signs.certificate.pem);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject: [...organizations.map((name) => ({O: [name]})), {CN: [commonName]}],
      issuer: from.subjectName,
      notBefore: wholeSecond(Math.max(now.getTime() - backdatedMs, signs.certificate.notBefore.getTime())),
      notAfter: wholeSecond(Math.min(now.getTime() + days * dayMs, signs.certificate.notAfter.getTime())),
      publicKey,
      ...signer(signs.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(usages.map((usage) => usageIds[usage])),
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        authorityKeyId(x509, from, await x509.AuthorityKeyIdentifierExtension.create(from.publicKey, false, webcrypto)),
        ...(hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(hosts)] : []),
      ],
    },
    webcrypto,
  );
  const issued = pemOf(certificate.rawData);
  checkIssued(issued, {...identity, names, addresses}, signs.certificate.pem);
  return {certificate: issued, key: secretOf(key)};
}

type Library = typeof import('./x509.ts');

function checkedAuthority({certificate, key}: KeyedCertificate, now: Date) {
  const authority = readCertificate(certificate);
  const privateKey = readKey(key);
  if (!authority.isAuthority) {
    throw certificateProblem(
      `The certificate of ${authority.commonName} is not one of an authority and signs nothing.`,
    );
  }
  if (authority.notAfter <= now) {
    const day = authority.notAfter.toISOString().slice(0, 10);
    throw certificateProblem(`The authority ${authority.commonName} expired on ${day} and signs nothing any more.`);
  }
  const publicKey = createPublicKey({key: authority.pem});
  if (!createPublicKey(privateKey).equals(publicKey)) {
    throw certificateProblem(`The private key is not that of the authority ${authority.commonName}.`);
  }
  return {certificate: authority, key: privateKey};
}

/**
 * Users and groups of Kubernetes, in letters that no form of writing a name treats in a special way. A name may be
 * longer than the 64 letters of X.520: `system:node:` and a long host name are, and nobody who reads them minds.
 */
function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9:._@-]{0,252}$/.test(name)) return;
  throw certificateProblem(
    `${JSON.stringify(name)} cannot be the name of a user or group in a certificate.`,
    'Such names have letters, digits and : . _ @ - only.',
  );
}

/** What was signed is read again by another reader: a certificate for somebody else must not leave this file. */
function checkIssued(pem: string, wanted: Identity, authority: string): void {
  const read = readCertificate(pem);
  const isSame = (['organizations', 'names', 'addresses', 'usages'] as const).every(
    (part) => [...read[part]].sort().join('\n') === [...wanted[part]].sort().join('\n'),
  );
  if (!isSame || read.commonName !== wanted.commonName || !chainsTo(pem, authority)) {
    throw new Error(`The certificate for ${wanted.commonName} reads as one for ${read.commonName} with other names.`);
  }
}

/** The identifier that an authority gives its own key, which need not be the usual digest of it. */
function authorityKeyId(
  x509: Library,
  authority: InstanceType<Library['X509Certificate']>,
  usual: InstanceType<Library['AuthorityKeyIdentifierExtension']>,
) {
  const own = authority.getExtension(x509.SubjectKeyIdentifierExtension);
  return own ? new x509.AuthorityKeyIdentifierExtension(own.keyId) : usual;
}

/** 128 random bits (RFC 5280 allows 20 bytes; 64 random bits are what browsers ask for). */
function serial(): string {
  return randomBytes(16).toString('hex');
}

/** A certificate holds no fractions of a second. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

function publicHalf(key: KeyObject) {
  return createPublicKey(key).toCryptoKey(algorithmOf(key), true, ['verify']);
}

function signer(key: KeyObject) {
  const algorithm = algorithmOf(key);
  return {signingKey: key.toCryptoKey(algorithm, false, ['sign']), signingAlgorithm: {...algorithm, hash: 'SHA-256'}};
}

/** Authorities that others made are often RSA. */
function algorithmOf(key: KeyObject) {
  if (key.asymmetricKeyType === 'rsa') return {name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256'};
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve !== undefined) return {name: 'ECDSA', namedCurve: curve};
  throw certificateProblem(
    `The authority's key is of the kind ${key.asymmetricKeyType}, which signs no certificates here.`,
    'RSA and the elliptic curves P-256, P-384 and P-521 are known.',
  );
}

const curves: Readonly<Record<string, string>> = {prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521'};

function pemOf(der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
