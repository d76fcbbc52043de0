import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {editMachineList} from '../../src/engine/config/edit/machine-list.ts';
import type {ClusterConfig} from '../../src/engine/config/types.ts';
import {withNodeList} from '../../src/engine/config/with-node-list.ts';
import {makeTree} from '../catalog/trees.ts';
import {editedConfig, modelAt, modelOf, said} from './configs.ts';

const entry = 'hostip: 10.0.0.19, machine-type: GPU, username: operator, password: s3cret-word';
const asList = `machine-list:\n  - {hostname: gpu-09, ${entry}, k8s-role: worker, pai-worker: "true"}\n`;
const asMap = `remote_deployment_role: worker\nmachinelist:\n  gpu-09: {hostip: 10.0.0.19, username: operator, password: s3cret-word}\n`;

async function listOf(text: string): Promise<string> {
  return join(await makeTree({'nodes.yaml': text}), 'nodes.yaml');
}

async function listed(config: ClusterConfig, text: string): Promise<ClusterConfig> {
  const {config: found, problems} = await withNodeList(config, await listOf(text));
  if (!found) throw new Error(said(problems).join('\n'));
  return found;
}

const named = (config: ClusterConfig, name: string) => config.machines.filter(({hostname}) => hostname === name);

describe('a configuration with a node list', () => {
  test('has its machines behind its own', async () => {
    const config = await modelOf('g');
    const {machines} = await listed(config, asList);
    expect(machines.map(({hostname}) => hostname)).toEqual([
      ...config.machines.map(({hostname}) => hostname),
      'gpu-09',
    ]);
  });

  test('keeps to what it says itself of a machine that is in both', async () => {
    const config = await modelOf('g');
    const both =
      'machine-list:\n  - {hostname: gpu-01, hostip: 10.0.0.11, k8s-role: worker, username: x, password: other-word}\n';
    expect((await listed(config, both)).machines).toEqual(config.machines);
  });

  test.each([
    [
      'another address',
      '{hostname: gpu-01, hostip: 10.0.0.99',
      'The list has gpu-01 at 10.0.0.99, and the configuration has gpu-01 at 10.0.0.11.',
    ],
    [
      'another name',
      '{hostname: gpu-77, hostip: 10.0.0.11',
      'The list has gpu-77 at 10.0.0.11, and the configuration has gpu-01 at 10.0.0.11.',
    ],
  ])('has a mistake where a machine has %s', async (_what, text, says) => {
    const list = await listOf(`machine-list:\n  - ${text}, k8s-role: worker, username: x, password: other-word}\n`);
    const {config, problems} = await withNodeList(await modelOf('g'), list);
    expect(config).toBeUndefined();
    expect(said(problems).join()).toContain(says);
  });
});

describe('the machine list of a configuration', () => {
  test.each([
    ['c', 'cluster-configuration.yaml', asList],
    ['f', 'cluster-configuration.yaml', asList],
    ['g', 'layout.yaml', asList],
  ])('takes in a machine of a node list, and lets it go again: %s', async (name, file, text) => {
    const config = await modelOf(name);
    const whole = await listed(config, text);
    const edited = editMachineList(whole, {add: named(whole, 'gpu-09'), remove: []});
    if (!edited) throw new Error('nothing to change');
    const {change} = edited;
    expect(change.file.endsWith(file)).toBe(true);
    expect(change.lines.every((line) => line.startsWith('+ '))).toBe(true);
    expect(change.lines.join('\n')).toContain('gpu-09');
    expect(change.lines.join('\n')).not.toContain('s3cret');
    const before = await readFile(change.file, 'utf8');
    expect(
      edited.text
        .split('\n')
        .filter((line) => !before.split('\n').includes(line))
        .join('\n'),
    ).toContain('s3cret');

    const folder = await editedConfig(name, [[file, before, edited.text]]);
    const after = await modelAt(folder, name);
    expect(named(after, 'gpu-09')).toMatchObject([
      {address: '10.0.0.19', roles: ['worker'], login: {user: 'operator'}},
    ]);
    const back = editMachineList(after, {add: [], remove: named(after, 'gpu-09')});
    expect(back?.text.trimEnd()).toBe(before.trimEnd());
    expect(back?.change.lines.every((line) => line.startsWith('- '))).toBe(true);
    expect(back?.change.lines.join('\n')).not.toContain('s3cret');
  });

  test('writes the entry of an old list as one of today', async () => {
    const whole = await listed(await modelOf('g'), asMap);
    const lines = editMachineList(whole, {add: named(whole, 'gpu-09'), remove: []})?.change.lines;
    expect(lines).toEqual([
      '+   - hostname: gpu-09',
      '+     hostip: 10.0.0.19',
      '+     username: operator',
      '+     password: ••••••',
      '+     k8s-role: worker',
    ]);
  });

  test('keeps comments and the order of those that stay when several go', async () => {
    const folder = await editedConfig('g', []);
    const path = join(folder, 'layout.yaml');
    const text = await readFile(path, 'utf8');
    const item = (number: number) =>
      `  # the ${number}th\n  - hostname: w-${number}\n    hostip: 10.0.1.${number}\n    machine-type: GPU\n    k8s-role: worker\n    username: x\n    password: p-${number}\n`;
    await writeFile(path, `${text.trimEnd()}\n${[1, 2, 3].map(item).join('')}`);
    const config = await modelAt(folder, 'g');
    const edited = editMachineList(config, {add: [], remove: [...named(config, 'w-1'), ...named(config, 'w-3')]});
    expect(edited?.text.trimEnd()).toBe(`${text.trimEnd()}\n${item(2)}`.trimEnd());
    expect(edited?.change.lines.filter((line) => line.includes('hostname'))).toEqual([
      '-   - hostname: w-3',
      '-   - hostname: w-1',
    ]);
  });

  test('is left alone where nothing is asked, and where it is in several places', async () => {
    const config = await modelOf('g');
    expect(editMachineList(config, {add: [], remove: []})).toBeUndefined();
    const single = await modelOf('a');
    expect(() => editMachineList(single, {add: [], remove: single.machines.slice(-1)})).toThrow('several lists');
  });
});
