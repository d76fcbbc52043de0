import {afterEach, expect, test} from 'vitest';
import type {Remote, SshTarget} from '../../src/engine/machine-tools.ts';
import {askMachine} from '../../src/engine/machines/asked.ts';
import {Fleet} from '../../src/engine/machines/fleet.ts';
import {Secret} from '../../src/engine/secret.ts';
import {createFakeSsh} from '../helpers/fake-ssh.ts';
import {createFakeClock} from '../run/fake-clock.ts';
import {machineInfo} from './sample-machines.ts';
import {sampleTarget} from './sample-target.ts';

const fake = createFakeSsh();
const {signal} = new AbortController();
const clock = createFakeClock();
const fleets: Fleet[] = [];
afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.closeAll()));
  expect(fake.open()).toEqual([]);
  expect(clock.sleepers).toBe(0);
});

function createFleet(): Fleet {
  const fleet = new Fleet({ssh: fake.ssh, clock, idleMs: 1000});
  fleets.push(fleet);
  return fleet;
}

function asking<T>(
  fleet: Fleet,
  target: SshTarget,
  signal: AbortSignal,
  work: (remote: Remote) => Promise<T>,
): Promise<T> {
  return askMachine({machine: machineInfo(target.name), hold: (until) => fleet.hold(target, until)}, signal, work);
}

function connectsTo(machine: string): number {
  return fake.connects.filter((name) => name === machine).length;
}

test('a machine has one connection, for all that ask at once and later', async () => {
  const fleet = createFleet();
  const holds = await Promise.all([1, 2, 3].map(() => fleet.hold(sampleTarget('a'), signal)));
  for (const hold of holds) hold.release();
  await asking(fleet, sampleTarget('a'), signal, async () => {});
  expect(connectsTo('a')).toBe(1);
});

test('another login to a machine is another connection, and so is another way to it', async () => {
  const fleet = createFleet();
  const other = [{kind: 'password' as const, password: new Secret('another')}];
  for (const more of [{}, {credentials: other}, {user: 'root'}, {jump: sampleTarget('gate')}])
    await asking(fleet, sampleTarget('login', more), signal, async () => {});
  expect(connectsTo('login')).toBe(4);
});

test('what nobody uses is closed after a while, and made again when it is needed', async () => {
  const fleet = createFleet();
  const kept = await fleet.hold(sampleTarget('kept'), signal);
  await asking(fleet, sampleTarget('left'), signal, async () => {});
  await clock.pass(2000);
  expect(fake.open()).toEqual(['kept']);
  await asking(fleet, sampleTarget('left'), signal, async () => {});
  expect(connectsTo('left')).toBe(2);
  kept.release();
});

test('a thousand of them wait for that with one timer', async () => {
  const fleet = createFleet();
  const names = Array.from({length: 1000}, (_, index) => `many-${index}`);
  await Promise.all(names.map((name) => asking(fleet, sampleTarget(name), signal, async () => {})));
  expect(clock.sleepers).toBe(1);
  await clock.pass(2000);
  expect(fake.open()).toEqual([]);
});

test('one that broke is not given to anybody else', async () => {
  const fleet = createFleet();
  const broken = asking(fleet, sampleTarget('b'), signal, async (remote) => {
    fake.cut('b');
    await remote.run({script: 'true'}, {}, signal);
  });
  await expect(broken).rejects.toMatchObject({problem: {code: 'machine-lost'}});
  const {exit} = await asking(fleet, sampleTarget('b'), signal, (remote) => remote.run({script: 'exit 3'}, {}, signal));
  expect(exit).toBe(3);
});

test('one that could not be made is tried again by who asks next', async () => {
  const fleet = createFleet();
  fake.set('down', {code: 'machine-unreachable', message: 'Nobody answers.'});
  await expect(fleet.hold(sampleTarget('down'), signal)).rejects.toMatchObject({
    problem: {code: 'machine-unreachable'},
  });
  fake.set('down', 'up');
  (await fleet.hold(sampleTarget('down'), signal)).release();
});

test('who gives up waiting for a machine is let go at once, and the last one ends the attempt', async () => {
  const fleet = createFleet();
  fake.set('silent', 'silent');
  const [one, other] = [new AbortController(), new AbortController()];
  const first = fleet.hold(sampleTarget('silent'), one.signal);
  const second = fleet.hold(sampleTarget('silent'), other.signal);
  one.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  other.abort(new Error('enough for me too'));
  await expect(second).rejects.toThrow('enough for me too');
  expect(connectsTo('silent')).toBe(1);
  fake.set('silent', 'up');
  (await fleet.hold(sampleTarget('silent'), signal)).release();
  expect(connectsTo('silent')).toBe(2);
});

test('closing ends what runs, and nothing can be asked afterwards', async () => {
  const fleet = createFleet();
  const running = asking(fleet, sampleTarget('c'), signal, (remote) => remote.run({script: 'sleep 1000'}, {}, signal));
  const failed = expect(running).rejects.toThrow();
  await expect.poll(() => fake.running()).toBe(1);
  await fleet.closeAll();
  await failed;
  expect(fake.running()).toBe(0);
  await expect(fleet.hold(sampleTarget('c'), signal)).rejects.toMatchObject({problem: {code: 'stopped'}});
});
