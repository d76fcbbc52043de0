import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {inspect} from 'node:util';
import {expect, test} from 'vitest';
import {
  adminIdentity,
  entriesOf,
  issueCertificate,
  judgeCertificate,
  keyFits,
  kubeconfigWithData,
  makeAuthority,
  makeServiceAccountKeys,
  publicKeyOf,
} from '../../../src/engine/kube/certificates.ts';
import {mergeKubeconfig} from '../../../src/engine/kubeconfig/merge-kubeconfig.ts';
import {Secret} from '../../../src/engine/secret.ts';

const now = new Date();

/** Every way in which a value is printed by mistake. */
function printedWays(value: unknown): string {
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [
    ...[JSON.stringify(value), String(value), `${value}`, inspect(value, {depth: 20, showHidden: true})],
    ...parts.map((part) => `${String(part)} ${JSON.stringify(part)}`),
  ].join('\n');
}

test('no private key is printed, whatever it is part of', async () => {
  const authority = await makeAuthority('cluster', {now});
  const issued = await issueCertificate(authority, adminIdentity, {now});
  const accounts = await makeServiceAccountKeys();
  const access = {cluster: 'c', user: 'u', context: 'x', server: 'https://10.0.0.9:6443'};
  const kubeconfig = {...access, authorities: authority.certificate, credentials: issued};
  const text = kubeconfigWithData(kubeconfig);
  const merged = mergeKubeconfig(kubeconfig, {text: new Secret('users: []\n'), file: 'config', use: true});
  const judged = judgeCertificate({
    ...{of: 'x', pem: issued.certificate, wanted: adminIdentity, authorities: authority.certificate},
    ...{key: accounts.key, now},
  });
  const printed = [authority, issued, accounts, kubeconfig, entriesOf(kubeconfig), text, merged, judged]
    .map(printedWays)
    .join('\n');
  // The last half of a key's first full line: no key shares it, and it survives any wrapping.
  for (const {key} of [authority, issued, accounts]) {
    const inner = key.reveal().split('\n').slice(1, -2).join('');
    expect(inner.length).toBeGreaterThan(100);
    expect(printed).not.toContain(inner.slice(40, 80));
    expect(printed).not.toContain(Buffer.from(key.reveal()).toString('base64').slice(80, 140));
  }
  expect(printed).not.toContain('PRIVATE KEY');
  expect(text.reveal()).toContain(Buffer.from(issued.key.reveal()).toString('base64'));
});

test('a key that cannot be read is told without a letter of it', async () => {
  const authority = await makeAuthority('cluster', {now});
  const bad = new Secret('-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----\n');
  const errors = [
    () => publicKeyOf(bad),
    () => keyFits(authority.certificate, bad),
    () => issueCertificate({...authority, key: bad}, adminIdentity, {now}),
  ].map(async (call) => call());
  for (const {status, ...rest} of await Promise.allSettled(errors)) {
    expect(status).toBe('rejected');
    const {reason} = rest as {reason: Error};
    expect(reason).toMatchObject({problem: {code: 'certificate-invalid'}});
    expect(inspect(reason, {depth: 20, showHidden: true}) + reason.stack).not.toContain('hunter2');
  }
});

test('the library is loaded with the first certificate that is made, not to read and judge', () => {
  const door = fileURLToPath(new URL('../../../src/engine/kube/certificates.ts', import.meta.url));
  const program = `
    const {filesOnMachine, judgeCertificate, makeAuthority} = await import(${JSON.stringify(door)});
    const loaded = () => typeof Reflect.getMetadata === 'function';
    filesOnMachine(['master']);
    const before = loaded();
    const now = new Date();
    const {certificate} = await makeAuthority('cluster', {now});
    console.log(before, loaded(), certificate.slice(0, 27));`;
  const {stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', program], {encoding: 'utf8'});
  expect(stdout, stderr).toBe('false true -----BEGIN CERTIFICATE-----\n');
});
