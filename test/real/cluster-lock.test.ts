import {randomUUID} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {otherHolder, takeClusterLock} from '../../src/engine/cluster/lock/cluster-lock.ts';
import type {MachineAccess} from '../../src/engine/machine-tools.ts';
import {Fleet} from '../../src/engine/machines/fleet.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {productSsh, targetOf} from '../lab/product-ssh.ts';

const obstacle = tellObstacle("Tests of the cluster's lock on lab hosts", whyNoLab());

const clock = createClock();
const {signal} = new AbortController();

describe.skipIf(obstacle)('the lock on a cluster of real hosts', () => {
  let lab: Lab;
  const fleets: Fleet[] = [];

  beforeAll(async () => {
    lab = await startLab({hosts: 3});
  });
  afterAll(async () => {
    await Promise.all(fleets.map((fleet) => fleet.closeAll()));
    await lab?.close();
  });

  /** The masters as an operator reaches them from a dev box of his own. */
  function devBox(login: LoginName): MachineAccess {
    const fleet = new Fleet({ssh: productSsh(lab.knownHosts(), {connectMs: 5_000}), clock});
    fleets.push(fleet);
    return {
      async use(machine, work, until) {
        const host = lab.hosts.find(({name}) => name === machine);
        if (!host) throw new Error(`no host ${machine}`);
        const held = await fleet.hold(targetOf(host, login), until);
        try {
          return await work(held.remote);
        } finally {
          held.release(true);
        }
      },
    };
  }
  const take = (login: LoginName, more: {readonly over?: readonly string[]} = {}) =>
    takeClusterLock(
      {
        machines: devBox(login),
        clock,
        masters: lab.hosts.map(({name}) => name),
        holder: {token: randomUUID(), words: `run 1 of ${login}`},
        ...more,
      },
      signal,
    );

  const left = (host: Host) => host.sh('ls -dA /var/lib/pai-tui /var/lib/pai-tui/* 2>/dev/null || true');

  test('is one for two accounts on two dev boxes, and leaves nothing behind', async () => {
    const first = await take('admin');
    expect(first.on).toEqual(['node-1', 'node-2', 'node-3']);
    await expect(take('deploy')).rejects.toMatchObject({
      problem: {code: 'lock-held', message: expect.stringContaining('run 1 of admin')},
    });
    const [host] = lab.hosts as [Host];
    expect(await host.sh('stat -c "%U %a %n" /var/lib/pai-tui /var/lib/pai-tui/lock')).toBe(
      'root 700 /var/lib/pai-tui\nroot 600 /var/lib/pai-tui/lock\n',
    );
    await first.release();
    const second = await take('deploy');
    await second.release();
    expect(await left(host)).toBe('');
  });

  test('is kept with one master cut off, and not to be had where two are', async () => {
    const [one, two, three] = lab.hosts as [Host, Host, Host];
    await three.cut();
    const lock = await take('admin');
    expect(lock.on).toEqual(['node-1', 'node-2']);
    await lock.release();
    await two.cut();
    await expect(take('admin')).rejects.toMatchObject({problem: {code: 'machine-unreachable'}});
    expect(await left(one)).toBe('');
    await two.join();
    await three.join();
  });

  test('outlives a restart of a master, and expires by that master’s own clock', async () => {
    const lock = await take('admin');
    const [one] = lab.hosts as [Host];
    await one.kill();
    await one.start();
    await expect(take('deploy')).rejects.toMatchObject({problem: {code: 'lock-held'}});
    for (const host of lab.hosts) await host.sh("sed -i '2s/.*/1000/' /var/lib/pai-tui/lock");
    const error = await take('deploy').catch((thrown: unknown) => thrown);
    const over = [otherHolder(error)?.by.token ?? ''];
    const next = await take('deploy', {over});
    expect(next.on).toHaveLength(3);
    await lock.release();
    expect(await one.sh('sed -n 3p /var/lib/pai-tui/lock')).toBe('run 1 of deploy\n');
    await next.release();
  });
});
