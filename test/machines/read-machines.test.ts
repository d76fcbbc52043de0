import {readdir} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {readMachines} from '../../src/engine/machines/read-machines.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const sample = {config: `${fixtures}/config-sample`, source: `${fixtures}/sample`};

const configurations = (await readdir(fixtures)).filter((name) => name.startsWith('config-'));

describe.each(configurations)('of %s', (name) => {
  test('all machines are read, with whom to log in as, and nothing of its passwords', async () => {
    const {all, chosen, reachable} = await readMachines({config: `${fixtures}/${name}`, names: []}, 'me');
    expect(all.length).toBeGreaterThan(0);
    expect(chosen).toEqual(all);
    expect(all.filter(({user}) => !user)).toEqual([]);
    for (const machine of all)
      expect(reachable(machine)).toMatchObject({hostname: machine.name, sshPort: machine.port});
    expect(JSON.stringify(all)).not.toMatch(/password|change-me/);
  });
});

test('a machine is what the configuration says, its sku without the file that is in', async () => {
  const {all} = await readMachines({...sample, names: []}, 'me');
  expect(all.find(({name}) => name === 'gpu-01')).toEqual({
    name: 'gpu-01',
    address: '192.0.2.11',
    port: 22,
    user: 'operator',
    roles: ['worker'],
    labels: ['pai-worker'],
    sku: {name: 'gpu-worker', cpus: 24, memory: '224', gpu: {type: 'teslak80', count: 4}},
  });
});

test('the machines that are named are chosen', async () => {
  const {chosen} = await readMachines({...sample, names: ['@gpu', '!gpu-02']}, 'me');
  expect(chosen.map(({name}) => name)).toEqual(['gpu-01']);
});

test('a name that no machine has is refused, and so is a folder without a configuration', async () => {
  await expect(readMachines({...sample, names: ['gpu-03']}, 'me')).rejects.toMatchObject({
    problem: {code: 'unknown-name'},
  });
  await expect(readMachines({config: `${fixtures}/nothing`, names: []}, 'me')).rejects.toMatchObject({
    problem: {code: 'config-missing'},
  });
});
