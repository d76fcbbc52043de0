import {cp, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Host} from './lab.ts';
import {logins} from './logins.ts';

/** Writes a configuration whose machines are these hosts, the first one the master, into a folder that is not there. */
export async function writeClusterFolder(folder: string, hosts: readonly Host[]): Promise<void> {
  await cp(fileURLToPath(new URL('../../fixtures/config-sample', import.meta.url)), folder, {recursive: true});
  await writeFile(join(folder, 'layout.yaml'), layoutOf(hosts));
}

function layoutOf(hosts: readonly Host[]): string {
  const {user, password} = logins.admin;
  const machines = hosts.map(({name, address}, index) =>
    [
      `  - hostname: ${name}`,
      `    hostip: ${address}`,
      '    machine-type: cpu',
      ...(index === 0
        ? [
            '    k8s-role: master',
            '    etcdid: etcd1',
            '    zkid: "1"',
            '    dashboard: "true"',
            '    pai-master: "true"',
          ]
        : ['    k8s-role: worker', '    pai-worker: "true"']),
      `    username: ${user}`,
      `    password: ${JSON.stringify(password)}`,
    ].join('\n'),
  );
  return [
    'machine-sku:\n  cpu:\n    mem: 1\n    cpu:\n      vcore: 1\n    os: ubuntu16.04',
    `machine-list:\n${machines.join('\n')}`,
    `kubernetes:\n  api-servers-url: http://${hosts[0]?.address}:8080\n  dashboard-url: http://${hosts[0]?.address}:9090`,
    '',
  ].join('\n');
}
