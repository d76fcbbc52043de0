import {type ChildProcess, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {afterEach, describe, expect, test} from 'vitest';
import {thisProcess} from '../../src/engine/run/process.ts';
import {alone} from '../lab/alone.ts';
import {clearLab} from '../lab/clear.ts';
import {type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {leftOf, recordOf} from '../lab/left.ts';
import {freeNetwork} from '../lab/network.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {allRecords, labPrefix, writeRecord} from '../lab/records.ts';
import {readSysctls} from '../lab/sysctls.ts';

const obstacle = tellObstacle('Tests of the end of lab hosts', whyNoLab());

const sysctl = '/proc/sys/kernel/keys/root_maxkeys';

describe.skipIf(obstacle)('a lab', () => {
  const labs: Lab[] = [];
  const owners: ChildProcess[] = [];
  const start = async (hosts: number) => {
    const lab = await startLab({hosts});
    labs.push(lab);
    return lab;
  };
  /** A process of its own that has a lab, with the record of that. */
  const owner = async () => {
    const program = fileURLToPath(new URL('../lab/own-a-lab.ts', import.meta.url));
    const child = spawn(process.execPath, [program], {stdio: ['pipe', 'pipe', 'inherit']});
    owners.push(child);
    for await (const _ of createInterface({input: child.stdout as Readable})) {
      const record = allRecords().find((one) => one.owner.pid === child.pid);
      if (!record?.guard) throw new Error('The lab is not on record.');
      return {child, record, guard: record.guard.pid};
    }
    throw new Error('The owner ended.');
  };
  afterEach(async () => {
    for (const child of owners.splice(0)) child.kill('SIGKILL');
    await Promise.all(labs.splice(0).map((lab) => lab.close()));
  });

  test('leaves nothing when it is closed', async () => {
    const lab = await start(2);
    const record = recordOf(lab);
    expect(leftOf(record)).toEqual(['files', 'record', 'network', 'control groups', 'processes']);
    labs.splice(0);
    await lab.close();
    expect(leftOf(record)).toEqual([]);
  });

  test('leaves nothing when its owner is killed', async () => {
    const {child, record} = await owner();
    expect(leftOf(record)).toEqual(['files', 'record', 'network', 'control groups', 'processes']);
    child.kill('SIGKILL');
    await expect.poll(() => leftOf(record), {timeout: 60_000}).toEqual([]);
  });

  test('leaves nothing when its owner goes without closing it', async () => {
    const {child, record} = await owner();
    child.stdin?.end();
    await expect.poll(() => leftOf(record), {timeout: 60_000}).toEqual([]);
  });

  test('ends with its guard, and the next lab clears away what that could not', async () => {
    const {child, record, guard} = await owner();
    child.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    await expect.poll(() => leftOf(record), {timeout: 60_000}).toEqual(['files', 'record', 'control groups']);
    child.kill('SIGKILL');
    await expect.poll(() => child.signalCode, {timeout: 60_000}).toBe('SIGKILL');
    await start(1);
    // The number of its network may be the same again.
    expect(leftOf(record).filter((part) => part !== 'network')).toEqual([]);
  });

  test('is beside another, which cannot see it', async () => {
    const [first, second] = await Promise.all([start(1), start(1)]);
    expect(first?.hosts[0]?.address).not.toBe(second?.hosts[0]?.address);
    const reach = `timeout 5 bash -c '< /dev/tcp/${second?.hosts[0]?.address}/22' 2>&1 || true`;
    expect(await first?.hosts[0]?.sh(reach)).toMatch(/unreachable|No route/);
  });

  test('does not take the network of one that is being cleared away', async ({onTestFinished}) => {
    // All that runs in it has ended, and with that its leg is gone; its guard has yet to take away what has that name.
    const ending = await alone(async () => {
      const network = await freeNetwork(allRecords().map((record) => record.network));
      const id = randomBytes(4).toString('hex');
      const folder = join(tmpdir(), `${labPrefix}${id}`);
      const record = {id, owner: thisProcess(), folder, network, sysctls: allRecords()[0]?.sysctls ?? readSysctls()};
      writeRecord(record);
      return record;
    });
    onTestFinished(() => alone(() => clearLab(ending.id)));
    const lab = await start(1);
    expect(recordOf(lab).network).not.toBe(ending.network);
    await alone(() => clearLab(ending.id));
    expect(leftOf(recordOf(lab))).toContain('network');
  });

  test.for(['closed', 'killed'] as const)('puts settings of the kernel back when it is %s', async (how, {skip}) => {
    skip(allRecords().length > 0, 'Another lab is up, and the last one puts them back.');
    const before = readFileSync(sysctl, 'utf8');
    const {child, record} = await owner();
    const host = await start(1);
    await host.hosts[0]?.sh(`echo ${Number(before) + 1} > ${sysctl}`);
    expect(readFileSync(sysctl, 'utf8')).not.toBe(before);
    labs.splice(0);
    await host.close();
    if (how === 'closed') child.stdin?.end();
    else child.kill('SIGKILL');
    await expect.poll(() => leftOf(record), {timeout: 60_000}).toEqual([]);
    skip(allRecords().length > 0, 'Another lab is up, and the last one puts them back.');
    expect(readFileSync(sysctl, 'utf8')).toBe(before);
  });
});
