import {cp, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Role} from '../../src/engine/config/types.ts';
import type {Host} from './lab.ts';
import {type Login, logins} from './logins.ts';

/**
 * Writes a configuration whose machines are these hosts, the first one the master unless `roles` say otherwise, into a
 * folder that is not there. Without a password in `login`, there is none in it.
 */
export async function writeClusterFolder(
  folder: string,
  hosts: readonly Host[],
  login: Pick<Login, 'user'> & Partial<Login> = logins.admin,
  roles: readonly Role[] = hosts.map((_host, index) => (index === 0 ? 'master' : 'worker')),
): Promise<void> {
  await cp(fileURLToPath(new URL('../../fixtures/config-sample', import.meta.url)), folder, {recursive: true});
  await writeFile(join(folder, 'layout.yaml'), layoutOf(hosts, login, roles));
}

function layoutOf(
  hosts: readonly Host[],
  {user, password}: Pick<Login, 'user'> & Partial<Login>,
  roles: readonly Role[],
): string {
  const machines = hosts.map(({name, address}, index) =>
    [
      `  - hostname: ${name}`,
      `    hostip: ${address}`,
      '    machine-type: cpu',
      `    k8s-role: ${roles[index]}`,
      ...(roles[index] === 'master' ? [`    etcdid: etcd${index + 1}`] : []),
      ...(index === 0 ? ['    zkid: "1"', '    dashboard: "true"', '    pai-master: "true"'] : []),
      ...(roles[index] === 'worker' ? ['    pai-worker: "true"'] : []),
      `    username: ${user}`,
      ...(password === undefined ? [] : [`    password: ${JSON.stringify(password)}`]),
    ].join('\n'),
  );
  return [
    'machine-sku:\n  cpu:\n    mem: 1\n    cpu:\n      vcore: 1\n    os: ubuntu16.04',
    `machine-list:\n${machines.join('\n')}`,
    `kubernetes:\n  api-servers-url: http://${hosts[0]?.address}:8080\n  dashboard-url: http://${hosts[0]?.address}:9090`,
    '',
  ].join('\n');
}
