/** Certificates at what they are for: a server and clients that show each other theirs. */

import {once} from 'node:events';
import {createServer, request} from 'node:https';
import type {AddressInfo} from 'node:net';
import {checkServerIdentity, type TLSSocket} from 'node:tls';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
  adminIdentity,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
  wantedCertificates,
} from '../../../src/engine/kube/certificates.ts';
import {cluster, master} from './sample-cluster.ts';

const now = new Date();
let authority: KeyedCertificate;
let other: KeyedCertificate;
let server: ReturnType<typeof createServer>;

beforeAll(async () => {
  [authority, other] = await Promise.all([makeAuthority('cluster', {now}), makeAuthority('cluster', {now})]);
  const wanted = wantedCertificates(master, cluster).find(({kind}) => kind === 'apiserver');
  if (!wanted) throw new Error('no apiserver');
  const {certificate, key} = await issueCertificate(authority, wanted, {now});
  const tls = {cert: certificate, key: key.reveal(), ca: authority.certificate, requestCert: true};
  server = createServer({...tls, rejectUnauthorized: true}, (asked, answer) => {
    const {subject} = (asked.socket as TLSSocket).getPeerCertificate();
    answer.end(`${subject.O}/${subject.CN}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => new Promise((closed) => server.close(closed)));

/** What the server answers a client that takes it for `name`; the code of the error where there is no connection. */
async function ask(name: string, client: KeyedCertificate | undefined, trusted = authority): Promise<string> {
  const shown = client ? {cert: client.certificate, key: client.key.reveal()} : {};
  const {port} = server.address() as AddressInfo;
  const asking = request({
    ...{host: '127.0.0.1', port, agent: false, ca: trusted.certificate, ...shown},
    // An address is no server name in TLS, and is checked against the certificate all the same.
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  });
  asking.end();
  return new Promise((resolve) => {
    asking.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asking.once('response', async (response) => resolve((await response.setEncoding('utf8').toArray()).join('')));
  });
}

const issue = (from: KeyedCertificate) => issueCertificate(from, adminIdentity, {now});

test('a client is known by its user and group, under every name of the server', async () => {
  const client = await issue(authority);
  for (const name of ['kubernetes.default.svc', '10.254.0.1', 'fd00::2', 'api.example.org', '127.0.0.1', 'proxy-1']) {
    expect(await ask(name, client), name).toBe('system:masters/kubernetes-admin');
  }
});

test('a server is not taken for another, nor trusted on the word of a namesake', async () => {
  const client = await issue(authority);
  expect(await ask('10.0.0.77', client)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await ask('evil.example.org', client)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await ask('localhost', client, other)).toMatch(
    /^(CERT_SIGNATURE_FAILURE|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/,
  );
});

test('a client without a certificate, with one of a namesake, or one for servers alone, is turned away', async () => {
  const refused =
    /^(ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED|ERR_SSL_TLSV1_ALERT_\w+|ERR_SSL_\w*ALERT\w*|ECONNRESET|EPIPE)$/;
  expect(await ask('localhost', undefined)).toMatch(refused);
  expect(await ask('localhost', await issue(other))).toMatch(refused);
  const server = await issueCertificate(authority, {...adminIdentity, usages: ['server']}, {now});
  expect(await ask('localhost', server)).toMatch(refused);
});
