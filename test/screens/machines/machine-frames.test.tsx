import {describe, expect, test} from 'vitest';
import type {HostKeyReport} from '../../../src/engine/machines/types.ts';
import {hostKeyOf, machineOf} from '../../helpers/fake-machines.ts';
import {openMachines} from './open-machines.tsx';

const hostKeys: readonly HostKeyReport[] = [
  {
    machine: machineOf('gpu-02'),
    state: 'changed',
    keys: [hostKeyOf('other')],
    known: [hostKeyOf('known', 'ecdsa-sha2-nistp256')],
    from: 'pinned 2026-11-20',
  },
  {machine: machineOf('gpu-01'), state: 'new', keys: [hostKeyOf('first'), hostKeyOf('second', 'ssh-rsa')]},
];

describe.each([
  [80, 24],
  [200, 50],
  [40, 12],
])('at %i x %i', (columns, rows) => {
  test('the machines with their state', async () => {
    const app = await openMachines({columns, rows});
    await app.shows('! degraded');
    await app.shows('? help');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the host keys, one of them changed', async () => {
    const app = await openMachines({columns, rows, machines: {hostKeys}});
    await app.shows('! degraded');
    app.press('T');
    await app.shows('✗ changed');
    await app.shows('Trust the new one');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a command that printed the same on most', async () => {
    const app = await openMachines({columns, rows});
    await app.shows('! degraded');
    app.press('*', 'x');
    await app.shows('Run on 5 machines');
    app.press('uname -r', 'enter');
    await app.shows('0 of 5 ended');
    for (const {machine} of app.asked.runs[0] ? app.model.machines.shown().all : []) {
      app.asked.runs[0]?.print(machine.name, [machine.name === 'gpu-03' ? '5.4.0-1-generic' : '5.15.0-97-generic']);
      app.asked.runs[0]?.end(machine.name, {exit: 0});
    }
    await app.shows('✓ 5 done');
    expect(await app.stillFrame()).toMatchSnapshot();
  });
});
