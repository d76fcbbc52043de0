import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
  adminIdentity,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
} from '../../src/engine/kube/certificates.ts';
import {kubeconfigUpdate} from '../../src/engine/kubeconfig/kubeconfig-file.ts';

const now = new Date('2026-11-28T12:00:00Z');
const daysLater = (days: number) => new Date(now.getTime() + days * 86_400_000);
const [authority, another] = await Promise.all([makeAuthority('cluster', {now}), makeAuthority('cluster', {now})]);
const [first, second] = await Promise.all([admin(), admin()]);
let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'pai-kubeconfig-')), 'config');
});
afterEach(() => rmSync(join(file, '..'), {recursive: true}));

function admin(by = authority, begun = now): Promise<KeyedCertificate> {
  return issueCertificate(by, adminIdentity, {now: begun});
}

/** What becomes other when a cluster is put into the file with this certificate. */
function update(credentials: KeyedCertificate, {at = now, authorities = authority.certificate} = {}) {
  const given = {cluster: 'pai', user: 'pai-admin', context: 'pai', server: 'https://10.0.0.9:6443'};
  const files = {exists: async () => true, readText: (path: string) => readFile(path, 'utf8')};
  return kubeconfigUpdate({...given, authorities, credentials}, file, {files, clock: {now: () => at.getTime()}});
}

async function put(credentials: KeyedCertificate): Promise<void> {
  writeFileSync(file, '', {mode: 0o600});
  writeFileSync(file, (await update(credentials)).text.reveal());
}

const changes = [
  'client-certificate-data of the user pai-admin changes.',
  'client-key-data of the user pai-admin changes.',
];

test('a good certificate of the administrator stays, whichever master was asked', async () => {
  await put(first);
  expect((await update(second)).changes).toEqual([]);
});

test('one that ends soon, is of another authority, or has no key of its own is replaced', async () => {
  await put(first);
  const {certificate} = first;
  expect((await update(await admin(authority, daysLater(350)), {at: daysLater(350)})).changes).toEqual(changes);
  const authorities = another.certificate;
  expect((await update(await admin(another), {authorities})).changes).toEqual([
    'certificate-authority-data of the cluster pai changes.',
    ...changes,
  ]);
  await put(await admin(another));
  expect((await update(second)).changes).toEqual(changes);
  await put({certificate, key: second.key});
  expect((await update(second)).changes).toEqual(changes.slice(0, 1));
});
