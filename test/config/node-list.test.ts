import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {readNodeList} from '../../src/engine/config/node-list.ts';
import type {MachineDefaults} from '../../src/engine/config/types.ts';
import {makeTree} from '../catalog/trees.ts';
import {modelOf, said} from './configs.ts';

async function read(text: string, defaults?: MachineDefaults) {
  const folder = await makeTree({'nodes.yaml': text});
  const {machines, problems} = await readNodeList(join(folder, 'nodes.yaml'), defaults);
  return {machines, problems: said(problems)};
}

const login = 'username: operator, password: change-me';

describe('every shape a node list ever had', () => {
  test.each([
    [
      'v0.3 and v0.4.0',
      `remote_deployment_role: worker\nmachinelist:\n  gpu-09: {nodename: gpu-09, hostip: 10.0.0.19, ${login}}\n`,
    ],
    ['v0.4.1 and v0.5', `machinelist:\n  gpu-09: {nodename: gpu-09, hostip: 10.0.0.19, ${login}, k8s-role: worker}\n`],
    [
      'v0.6 and later',
      `machine-list:\n  - {hostname: gpu-09, nodename: gpu-09, hostip: 10.0.0.19, ${login}, k8s-role: worker}\n`,
    ],
  ])('%s', async (_release, text) => {
    const {machines, problems} = await read(text);
    expect(problems).toEqual([]);
    expect(machines).toMatchObject([
      {
        hostname: 'gpu-09',
        address: '10.0.0.19',
        nodeName: 'gpu-09',
        sshPort: 22,
        roles: ['worker'],
        login: {user: 'operator'},
      },
    ]);
    expect(machines?.[0]?.login.password?.reveal()).toBe('change-me');
  });

  test('a node that is not named is called by its address, and a master has its etcd id', async () => {
    const text = `machine-list:\n  - {hostname: infra-02, hostip: 10.0.0.2, k8s-role: master, etcdid: etcdid2, ${login}, pai-master: "true"}\n`;
    expect((await read(text)).machines).toMatchObject([
      {nodeName: '10.0.0.2', etcdId: 'etcdid2', roles: ['master'], labels: ['pai-master']},
    ]);
  });
});

describe('the login of the configuration', () => {
  test('fills what an entry does not say, with a notice', async () => {
    const {machineDefaults} = await modelOf('d');
    const text = 'machine-list:\n  - {hostname: gpu-09, hostip: 10.0.0.19, k8s-role: worker, username: other}\n';
    const {machines, problems} = await read(text, machineDefaults);
    expect(machines?.[0]?.login.user).toBe('other');
    expect(machines?.[0]?.login.password?.reveal()).toBe('change-me');
    expect(problems).toEqual([
      'notice | config-invalid | nodes.yaml:2 | machine-list.0 | Where an entry does not say them, password, sshport come from cluster-configuration.yaml. | The original tools did not look there: write them into the entries for those.',
    ]);
  });

  test('of v1.0 and later is in config.yaml', async () => {
    const {machineDefaults} = await modelOf('h');
    const {machines} = await read(
      'machine-list:\n  - {hostname: gpu-09, hostip: 10.0.0.19, k8s-role: worker}\n',
      machineDefaults,
    );
    expect(machines).toMatchObject([{login: {user: 'operator'}, dockerData: '/mnt/docker'}]);
  });
});

describe('mistakes, all at once', () => {
  test('in a list', async () => {
    const text = [
      'machine-list:',
      '  - {hostname: gpu-09, hostip: 10.0.0.19}',
      '  - {hostname: gpu-09, hostip: 10.0.0.20, k8s-role: wroker, username: a}',
      '  - {hostip: 10.0.0.21, k8s-role: worker, sshport: 0}',
      '',
    ].join('\n');
    const {machines, problems} = await read(text);
    expect(machines).toBeUndefined();
    expect(problems).toMatchInlineSnapshot(`
      [
        "error | config-invalid | nodes.yaml:2 | machine-list.0.k8s-role | machine-list[gpu-09].k8s-role is missing. | Write k8s-role: worker (or master, or proxy)",
        "error | config-invalid | nodes.yaml:2 | machine-list.0.username | The machine gpu-09 has no username. | Write username: NAME in its entry.",
        "error | config-invalid | nodes.yaml:3 | machine-list.1.k8s-role | machine-list[gpu-09].k8s-role is "wroker", but it must be master or worker or proxy. | Write worker",
        "error | config-invalid | nodes.yaml:3 | machine-list.1 | The list has gpu-09 twice. | Remove one of the two.",
        "warning | config-invalid | nodes.yaml:3 | machine-list.1.password | The machine gpu-09 has neither password nor keyfile-path. | Write one of them in its entry, or have the key in the ssh agent.",
        "error | config-invalid | nodes.yaml:4 | machine-list.2.hostname | machine-list[entry 3].hostname is missing. | Write hostname: NAME, as \`hostname\` prints it on the machine",
        "error | config-invalid | nodes.yaml:4 | machine-list.2.sshport | machine-list[entry 3].sshport is "0", but a port is a whole number from 1 to 65535. | Write only the number of the port.",
        "error | config-invalid | nodes.yaml:4 | machine-list.2.username | The machine in entry 3 has no username. | Write username: NAME in its entry.",
      ]
    `);
  });

  test('in a map, and with neither of both', async () => {
    expect(
      (await read('remote_deployment_role: boss\nmachinelist: {gpu-09: {username: a}}\n')).problems,
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | nodes.yaml:1 | remote_deployment_role | remote_deployment_role is "boss", but it must be master or worker or proxy. | Write master or worker or proxy",
        "error | config-invalid | nodes.yaml:2 | machinelist.gpu-09.hostip | machinelist.gpu-09.hostip is missing. | Write hostip: ADDRESS",
        "warning | config-invalid | nodes.yaml:2 | machinelist.gpu-09.password | The machine gpu-09 has neither password nor keyfile-path. | Write one of them in its entry, or have the key in the ssh agent.",
      ]
    `);
    expect((await read('machines: [10.0.0.1]\n')).problems).toMatchInlineSnapshot(`
      [
        "error | config-invalid | nodes.yaml:1 | machines | machines is not read: the key is machine-list. | Write machine-list instead.",
      ]
    `);
    expect((await read('')).problems).toMatchInlineSnapshot(`
      [
        "error | config-invalid | nodes.yaml:1 |  | nodes.yaml must be a map of keys and values. | Write keys with values.",
      ]
    `);
  });
});
