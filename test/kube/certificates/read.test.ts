import {beforeAll, describe, expect, test} from 'vitest';
import {
  chainsTo,
  daysLeft,
  issueCertificate,
  type KeyedCertificate,
  keyFits,
  makeAuthority,
  readCertificate,
} from '../../../src/engine/kube/certificates.ts';
import {Secret} from '../../../src/engine/secret.ts';
import {hasOpenssl} from '../../helpers/certificates.ts';
import {made, openssl} from './openssl.ts';
import {daysLater, now} from './sample-cluster.ts';

/** A section of its own, since commas part names in a line. */
const trickyNames = [
  ...['[req]', 'distinguished_name=dn', 'x509_extensions=more', '[dn]', '[more]', 'subjectAltName=@names', '[names]'],
  ...['DNS.1=a, DNS:system', 'DNS.2=b\\"c', 'DNS.3=d'],
].join('\n');
const client = {commonName: 'c', organizations: [], names: [], addresses: [], usages: ['client'] as const};

describe.skipIf(!hasOpenssl)('certificates that OpenSSL made', () => {
  test('are read with all that counts', () => {
    const {certificate, key} = made('ec', [
      ...['-days', '30', '-subj', '/O=system:nodes/O=other/CN=system:node:n1'],
      ...['-addext', 'subjectAltName=DNS:N1,DNS:n1.example.org,IP:10.0.0.1,IP:fd00::1,URI:http://x/,email:a@b.c'],
      ...['-addext', 'extendedKeyUsage=clientAuth,serverAuth,codeSigning', '-addext', 'basicConstraints=CA:FALSE'],
    ]);
    const read = readCertificate(`some words before\n${certificate}`);
    expect(read).toMatchObject({
      commonName: 'system:node:n1',
      organizations: ['system:nodes', 'other'],
      names: ['n1', 'n1.example.org'],
      addresses: ['10.0.0.1', 'fd00::1'],
      usages: ['client', 'server'],
      issuer: 'system:node:n1',
      isAuthority: false,
      pem: certificate,
    });
    const {text} = openssl(['x509', '-in', 'c.pem', '-noout', '-fingerprint', '-sha256', '-serial', '-dates'], {
      'c.pem': certificate,
    });
    const lines = Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('=')),
    );
    expect(read.fingerprint).toBe(lines['sha256 Fingerprint']);
    expect(read.serial).toBe(lines['serial']);
    expect([read.notBefore, read.notAfter]).toEqual([new Date(lines['notBefore']), new Date(lines['notAfter'])]);
    expect(keyFits(certificate, key)).toBe(true);
  });

  test('names with commas and quotes do not pass as several', () => {
    const {certificate} = made('ec', ['-days', '3', '-subj', '/CN=admin, "x"\\/O=system:masters']);
    expect(readCertificate(certificate)).toMatchObject({commonName: 'admin, "x"/O=system:masters', organizations: []});
    const named = made('ec', ['-days', '3', '-subj', '/CN=x', '-config', 'conf'], {conf: trickyNames});
    expect(readCertificate(named.certificate)).toMatchObject({names: ['a, dns:system', 'b"c', 'd'], addresses: []});
  });

  test('what is shown of them holds nothing that moves a terminal', () => {
    const {certificate} = made('ec', ['-days', '3', '-utf8', '-subj', '/O=\u001b[2Ja\u202eb/CN=x\u0007y\nz']);
    const {commonName, organizations, issuer} = readCertificate(certificate);
    expect([commonName, organizations, issuer]).toEqual(['xy z', ['ab'], 'xy z']);
  });

  test('one without a common name is named by the rest of its name', () => {
    const {certificate} = made('ec', ['-days', '3', '-subj', '/O=Somebody/OU=else']);
    expect(readCertificate(certificate)).toMatchObject({commonName: '', issuer: 'O=Somebody OU=else'});
  });
});

describe('who signed it', () => {
  let first: KeyedCertificate;
  let second: KeyedCertificate;
  let leaf: KeyedCertificate;
  beforeAll(async () => {
    [first, second] = await Promise.all([makeAuthority('cluster', {now}), makeAuthority('cluster', {now})]);
    leaf = await issueCertificate(first, client, {now});
  });

  test('is told by the signature, not by the name', () => {
    expect(chainsTo(leaf.certificate, first.certificate)).toBe(true);
    expect(chainsTo(leaf.certificate, second.certificate)).toBe(false);
    expect(chainsTo(leaf.certificate, second.certificate + first.certificate)).toBe(true);
    expect(chainsTo(first.certificate, first.certificate)).toBe(true);
  });

  test('a certificate that is no authority vouches for nobody', async () => {
    expect(chainsTo(leaf.certificate, leaf.certificate)).toBe(false);
    expect(chainsTo(leaf.certificate, '')).toBe(false);
  });

  test.skipIf(!hasOpenssl)('is found over what lies between', () => {
    const ca = ['-addext', 'keyUsage=critical,keyCertSign'];
    const root = made('ec', ['-days', '9', '-subj', '/CN=root', ...ca]);
    const sign = (name: string, by: KeyedCertificate, extensions: string) => {
      const kept = made('ec', ['-days', '9', '-subj', `/CN=${name}`]);
      const files = {'k.key': kept.key.reveal(), 'by.pem': by.certificate, 'by.key': by.key.reveal()};
      const request = openssl(['req', '-new', '-key', 'k.key', '-subj', `/CN=${name}`], files).text;
      const signed = openssl(
        ['x509', '-req', '-in', 'r.pem', '-CA', 'by.pem', '-CAkey', 'by.key', '-days', '9', '-extfile', 'e'],
        {...files, 'r.pem': request, e: extensions},
      ).text;
      return {certificate: readCertificate(signed).pem, key: kept.key};
    };
    const between = sign('between', root, 'basicConstraints=critical,CA:TRUE');
    const below = sign('below', between, 'basicConstraints=CA:FALSE');
    expect(chainsTo(below.certificate + between.certificate, root.certificate)).toBe(true);
    expect(chainsTo(below.certificate, root.certificate)).toBe(false);
    const forger = sign('forger', root, 'basicConstraints=CA:FALSE');
    const forged = sign('forged', forger, 'basicConstraints=CA:FALSE');
    expect(chainsTo(forged.certificate + forger.certificate, root.certificate)).toBe(false);
  });
});

test('days left are whole ones', async () => {
  const {certificate} = await makeAuthority('etcd', {now, days: 10});
  const read = readCertificate(certificate);
  const left = (days: number) => daysLeft(read, daysLater(days));
  expect([left(0), left(0.001), left(9.5), left(10), left(10.5)]).toEqual([10, 9, 0, 0, -1]);
});

test('what is no certificate is refused without its contents', () => {
  const cut = '-----BEGIN CERTIFICATE-----\nMIICLzCCAdWgAwIBAgIQ\n-----END CERTIFICATE-----\n';
  for (const pem of ['', 'hunter2', '-----BEGIN CERTIFICATE-----\nhunter2', cut, `${cut}${cut}`]) {
    expect(() => readCertificate(pem)).toThrow(
      expect.objectContaining({problem: expect.objectContaining({code: 'certificate-invalid'})}),
    );
    expect(() => readCertificate(pem)).not.toThrow('hunter2');
    expect(() => keyFits(pem, new Secret('x'))).toThrow(expect.objectContaining({name: 'ProblemError'}));
  }
});
