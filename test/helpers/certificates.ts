import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

/** Whether certificates can be made here. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Makes NAME.pem and NAME-key.pem in a folder: signed by the `ca` that is there, else by itself. */
export function makeCertificate(
  folder: string,
  name: string,
  {ca, for: hosts}: {ca?: string; for?: string} = {},
): void {
  const file = (suffix: string) => join(folder, `${name}${suffix}`);
  const from = ca ? ['-CA', join(folder, `${ca}.pem`), '-CAkey', join(folder, `${ca}-key.pem`)] : [];
  const named = hosts ? ['-addext', `subjectAltName=${hosts}`] : [];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('-key.pem')];
  const {status, stderr} = spawnSync(
    'openssl',
    ['req', '-x509', ...key, '-out', file('.pem'), '-days', '2', '-subj', `/CN=${name}`, ...from, ...named],
    {encoding: 'utf8'},
  );
  if (status !== 0) throw new Error(stderr);
}
