import {createPublicKey, X509Certificate} from 'node:crypto';
import {beforeAll, describe, expect, test} from 'vitest';
import {
  type Authority,
  type Identity,
  issueCertificate,
  type KeyedCertificate,
  keyFits,
  makeAuthority,
  makeServiceAccountKeys,
  publicKeyOf,
  readCertificate,
  wantedCertificates,
} from '../../../src/engine/kube/certificates.ts';
import {Secret} from '../../../src/engine/secret.ts';
import {hasOpenssl} from '../../helpers/certificates.ts';
import {made, olderForm, openssl, printed, verify} from './openssl.ts';
import {cluster, daysLater, master, now, worker} from './sample-cluster.ts';

const today = new Date();
const client: Identity = {commonName: 'someone', organizations: [], names: [], addresses: [], usages: ['client']};
let authorities: Record<Authority, KeyedCertificate>;
beforeAll(async () => {
  const make = (authority: Authority) => makeAuthority(authority, {now: today});
  authorities = {
    cluster: await make('cluster'),
    etcd: await make('etcd'),
    'front-proxy': await make('front-proxy'),
  };
});

describe.skipIf(!hasOpenssl)('what OpenSSL says', () => {
  test('every certificate of a master and a worker holds for its authority and usages, and for nothing else', async () => {
    for (const wanted of [...wantedCertificates(master, cluster), ...wantedCertificates(worker, cluster)]) {
      const {certificate, key} = await issueCertificate(authorities[wanted.authority], wanted, {now: today});
      const purposes = {server: 'sslserver', client: 'sslclient'} as const;
      for (const usage of ['server', 'client'] as const) {
        const verdict = verify(certificate, authorities[wanted.authority].certificate, purposes[usage]);
        if (wanted.usages.includes(usage)) expect(verdict, wanted.kind).toBe('OK');
        else expect(verdict, wanted.kind).toContain('unsuitable certificate purpose');
      }
      const other = wanted.authority === 'etcd' ? 'cluster' : 'etcd';
      expect(verify(certificate, authorities[other].certificate, 'any')).toContain('unable to get local issuer');
      const files = {'k.pem': key.reveal()};
      const publicKey = openssl(['pkey', '-in', 'k.pem', '-pubout'], files).text;
      expect(openssl(['x509', '-in', 'c.pem', '-noout', '-pubkey'], {'c.pem': certificate}).text).toBe(publicKey);
    }
  });

  test('an authority is one, signs itself, and signs no further authority', () => {
    const {certificate} = authorities.cluster;
    expect(verify(certificate, certificate, 'any')).toBe('OK');
    const text = printed(certificate);
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Certificate Sign, CRL Sign/);
  });

  test('a certificate is no authority, names its issuer by key, and says what it is for', async () => {
    const identity: Identity = {
      ...{commonName: 'system:node:worker-1', organizations: ['system:nodes'], usages: ['server', 'client']},
      ...{names: ['worker-1'], addresses: ['10.0.0.5', 'fd00::5']},
    };
    const {certificate} = await issueCertificate(authorities.cluster, identity, {now: today});
    const text = printed(certificate);
    expect(text).toContain('Subject: O = system:nodes, CN = system:node:worker-1\n');
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication, TLS Web Client Authentication\n/);
    expect(text).toMatch(/Alternative Name: \s+DNS:worker-1, IP Address:10.0.0.5, IP Address:FD00:0:0:0:0:0:0:5\n/);
    const keyOf = (pem: string, which: string) =>
      new RegExp(`${which} Key Identifier: \\s+(\\S+)`).exec(printed(pem))?.[1];
    expect(keyOf(certificate, 'Authority')).toBe(keyOf(authorities.cluster.certificate, 'Subject'));
    expect(keyOf(certificate, 'Subject')).toMatch(/^([0-9A-F]{2}:){19}/);
  });

  test.each([
    ['RSA, as PKCS #1', 'rsa:2048', '/CN=kubernetes'],
    ['P-384, as SEC 1', 'ec', '/O=Übung, "x"/CN=ca'],
  ])("another tool's authority signs too: %s", async (_, kind, subject) => {
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const foreign = made(kind, ['-days', '30', '-utf8', '-subj', subject, ...usage]);
    const key = olderForm(foreign);
    expect(key.reveal()).toMatch(/^-----BEGIN (RSA|EC) PRIVATE KEY/);
    const {certificate} = await issueCertificate({...foreign, key}, client, {now: today});
    expect(verify(certificate, foreign.certificate, 'sslclient')).toBe('OK');
    // Go compares the bytes of names, so the issuer must not only read the same.
    const named = (pem: string, which: string) =>
      openssl(['x509', '-in', 'c.pem', '-noout', which, '-nameopt', 'dump_der,dump_all'], {'c.pem': pem}).text;
    const [issuer, own] = [named(certificate, '-issuer'), named(foreign.certificate, '-subject')];
    expect(issuer.replace('issuer', 'subject')).toBe(own);
  });

  test('letters that are not of the narrowest kind of text are not written as that kind', async () => {
    const {certificate} = await issueCertificate(authorities.cluster, {...client, commonName: 'a_b@c'}, {now: today});
    const nameopt = ['-nameopt', 'show_type'];
    const {text} = openssl(['x509', '-in', 'c.pem', '-noout', '-subject', ...nameopt], {'c.pem': certificate});
    expect(text).toContain('UTF8STRING:a_b@c');
  });
});

describe('how long', () => {
  test('an authority for ten years, a certificate for one, from five minutes ago', async () => {
    const authority = await makeAuthority('etcd', {now});
    const {notBefore, notAfter} = readCertificate(authority.certificate);
    expect([notBefore, notAfter]).toEqual([new Date('2026-06-01T11:55:00Z'), daysLater(3650)]);
    const later = daysLater(100);
    const read = readCertificate((await issueCertificate(authority, client, {now: later})).certificate);
    expect([read.notBefore, read.notAfter]).toEqual([new Date(later.getTime() - 300_000), daysLater(465)]);
  });

  test('a certificate lies within the time of its authority', async () => {
    const authority = await makeAuthority('cluster', {now, days: 100});
    const soon = new Date(now.getTime() - 60_000);
    const {notBefore, notAfter} = readCertificate((await issueCertificate(authority, client, {now: soon})).certificate);
    expect([notBefore, notAfter]).toEqual([new Date('2026-06-01T11:55:00Z'), daysLater(100)]);
  });

  test('years beyond 2049 are written in the other form of a date', async () => {
    const {certificate} = await makeAuthority('cluster', {now, days: 36_500});
    expect(readCertificate(certificate).notAfter).toEqual(daysLater(36_500));
  });
});

describe('what is refused', () => {
  const refusal = async (authority: KeyedCertificate, identity: Identity = client, at = today) =>
    issueCertificate(authority, identity, {now: at}).then(
      () => 'issued',
      (error) => `${error.problem?.code}: ${error.message}`,
    );

  test('an authority that cannot sign', async () => {
    const leaf = await issueCertificate(authorities.cluster, client, {now: today});
    expect(await refusal(leaf)).toMatch(/^certificate-invalid: .*someone is not one of an authority/);
    const swapped = {certificate: authorities.cluster.certificate, key: authorities.etcd.key};
    expect(await refusal(swapped)).toBe(
      'certificate-invalid: The private key is not that of the authority kubernetes-ca.',
    );
    const old = await makeAuthority('cluster', {now, days: 10});
    expect(await refusal(old, client, daysLater(10))).toMatch(/kubernetes-ca expired on 2026-06-11/);
    const unreadable = {...authorities.cluster, key: new Secret('no key: hunter2')};
    expect(await refusal(unreadable)).toBe('certificate-invalid: The private key cannot be read.');
    expect(await refusal({...authorities.cluster, certificate: 'x'})).toMatch(/^certificate-invalid: There is no cert/);
  });

  test.skipIf(!hasOpenssl)('a key that signs no certificates here', async () => {
    const ed448 = made('ed448', ['-days', '3', '-subj', '/CN=x']);
    expect(await refusal(ed448)).toMatch(/of the kind ed448/);
  });

  test.each(['', 'admin, "x"', 'a=b', 'a+b', '#04', 'a\\b', ' a', 'a\n', 'a\0', 'é', 'x'.repeat(254)])(
    '%j as a user or group',
    async (name) => {
      const says = /cannot be the name of a user or group/;
      expect(await refusal(authorities.cluster, {...client, commonName: name})).toMatch(says);
      expect(await refusal(authorities.cluster, {...client, organizations: ['a', name]})).toMatch(says);
    },
  );

  test('hosts that read as two', async () => {
    for (const host of ['a, DNS:b', 'a\0b', '10.0.0.1,IP:10.0.0.2']) {
      expect(await refusal(authorities.cluster, {...client, names: [host]})).toMatch(/neither a DNS name nor an IP/);
    }
  });
});

describe('keys', () => {
  test('serial numbers are random and positive, and every certificate has a key of its own', async () => {
    const issued = await Promise.all(
      Array.from({length: 32}, () => issueCertificate(authorities.cluster, client, {now: today})),
    );
    const serials = issued.map(({certificate}) => readCertificate(certificate).serial);
    expect(new Set(serials).size).toBe(32);
    // A negative one would begin with a minus; 26 digits have 104 bits, fewer are drawn once in four billion times.
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{26,32}$/);
    expect(new Set(issued.map(({key}) => key.reveal())).size).toBe(32);
    const [first, second] = issued;
    if (!first || !second) throw new Error('none');
    expect([keyFits(first.certificate, first.key), keyFits(first.certificate, second.key)]).toEqual([true, false]);
  });

  test('those of service accounts are RSA with 2048 bits, and a public key comes of the private one', async () => {
    const {publicKey, key} = await makeServiceAccountKeys();
    expect(createPublicKey(publicKey)).toMatchObject({
      asymmetricKeyType: 'rsa',
      asymmetricKeyDetails: {modulusLength: 2048},
    });
    expect(publicKeyOf(key)).toBe(publicKey);
  });

  test('those of certificates are P-256', () => {
    expect(new X509Certificate(authorities.cluster.certificate).publicKey.asymmetricKeyDetails).toMatchObject({
      namedCurve: 'prime256v1',
    });
  });
});
