import {afterEach, expect, test} from 'vitest';
import type {MachineFacts} from '../../src/engine/machines/types.ts';
import {type MachineWatch, watchMachines} from '../../src/engine/machines/watch.ts';
import {type ProblemCode, ProblemError} from '../../src/engine/problem.ts';
import {createFakeClock} from '../run/fake-clock.ts';
import {sampleFacts} from './sample-facts.ts';
import {machineInfo} from './sample-machines.ts';

const clock = createFakeClock();
const watches: MachineWatch[] = [];
afterEach(() => {
  for (const watch of watches.splice(0)) watch.close();
  expect(clock.sleepers).toBe(0);
});

type Answer = MachineFacts | ProblemCode | 'nothing';

function watch(answer: (machine: string, isFirst: boolean) => Answer, names: readonly string[] = ['a']) {
  const asked: string[] = [];
  const watching = watchMachines({
    asked: Promise.resolve(names.map((name) => ({machine: machineInfo(name), hold: () => Promise.reject()}))),
    clock,
    everyMs: 10_000,
    complaintsOf: ({swap}) => (swap.used > 0 ? ['It swaps.'] : []),
    async readFacts({machine: {name}}, isFirst, signal) {
      asked.push(name);
      const said = answer(name, isFirst);
      if (said === 'nothing') {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      }
      if (typeof said !== 'string') return said;
      throw new ProblemError({code: said as ProblemCode, message: `It is ${said}.`});
    },
  });
  watches.push(watching);
  return {watching, asked, look: (name: string) => watching.get().find(({machine}) => machine.name === name)};
}

test('a machine that answers is up, with its facts and when it was seen', async () => {
  const {watching, look} = watch(() => sampleFacts());
  expect(watching.get()).toEqual([]);
  await clock.pass(100);
  expect(look('a')).toMatchObject({state: 'up', facts: {hostName: 'node-3'}, complaints: []});
  expect(look('a')?.seenAt).toBe(look('a')?.askedAt);
});

test('one with complaints is degraded', async () => {
  const {look} = watch(() => sampleFacts({swap: {total: 2, used: 1}}));
  await clock.pass(100);
  expect(look('a')).toMatchObject({state: 'degraded', complaints: ['It swaps.']});
});

test.each([
  ['machine-unreachable', 'down'],
  ['machine-lost', 'down'],
  ['login-refused', 'refused'],
  ['secret-missing', 'refused'],
  ['host-key-changed', 'refused'],
  ['host-key-revoked', 'refused'],
  ['host-key-unknown', 'unknown'],
  ['facts-unreadable', 'degraded'],
] as const)('one of which is said %s is %s', async (code, state) => {
  const {look} = watch(() => code);
  await clock.pass(100);
  expect(look('a')).toMatchObject({state, problem: {code}});
  expect(look('a')?.seenAt).toBeUndefined();
});

test('it is asked again and again, and what was last known of it stays with its age', async () => {
  let answer: Answer = sampleFacts();
  const {look} = watch(() => answer);
  await clock.pass(100);
  const seenAt = look('a')?.seenAt;
  answer = 'machine-unreachable';
  await clock.pass(12_000);
  expect(look('a')).toMatchObject({state: 'down', seenAt, facts: {hostName: 'node-3'}});
  answer = sampleFacts();
  await clock.pass(30_000);
  expect(look('a')).toMatchObject({state: 'up'});
  expect(look('a')?.problem).toBeUndefined();
  expect(look('a')?.seenAt).toBeGreaterThan(seenAt ?? 0);
});

test('one that is being asked for the first time says so, later it stays as it was seen', async () => {
  let answer: Answer = 'nothing';
  const {look} = watch(() => answer);
  await clock.pass(100);
  expect(look('a')?.state).toBe('asking');
  await clock.pass(62_000);
  expect(look('a')).toMatchObject({state: 'down', problem: {code: 'deadline-passed', machine: 'a'}});
  answer = sampleFacts();
  await clock.pass(45_000);
  expect(look('a')?.state).toBe('up');
  answer = 'nothing';
  await clock.pass(15_000);
  expect(look('a')?.state).toBe('up');
});

test('one that lets nobody in is left alone for ten minutes, since accounts are locked', async () => {
  const {asked} = watch(() => 'login-refused');
  await clock.pass(500_000);
  expect(asked).toEqual(['a']);
  await clock.pass(200_000);
  expect(asked).toEqual(['a', 'a']);
});

test('or until somebody changed something', async () => {
  let answer: Answer = 'host-key-changed';
  const {watching, look} = watch(() => answer, ['a', 'b']);
  await clock.pass(100);
  answer = sampleFacts();
  watching.again(new Set(['a']));
  await clock.pass(100);
  expect(look('a')?.state).toBe('up');
  expect(look('b')?.state).toBe('refused');
});

test('also when it was being asked at that moment', async () => {
  let refuse = () => {};
  let answer: Answer = 'login-refused';
  const own = watchMachines({
    asked: Promise.resolve([{machine: machineInfo('a'), hold: () => Promise.reject()}]),
    clock,
    complaintsOf: () => [],
    async readFacts() {
      const said = answer;
      if (typeof said !== 'string') return said;
      await new Promise<void>((resolve) => {
        refuse = resolve;
      });
      throw new ProblemError({code: 'login-refused', message: 'It lets nobody in.'});
    },
  });
  watches.push(own);
  await clock.pass(100);
  answer = sampleFacts();
  own.again(new Set(['a']));
  refuse();
  await clock.pass(500);
  expect(own.get()[0]?.state).toBe('up');
});

test('what is asked once is not asked again, and stays known', async () => {
  const {look} = watch((_, isFirst) => sampleFacts({sudo: isFirst ? 'with password' : 'unknown'}));
  await clock.pass(25_000);
  expect(look('a')?.facts?.sudo).toBe('with password');
});

test('one that does not even let go of what it was asked is down all the same', async () => {
  const watching = watchMachines({
    asked: Promise.resolve([{machine: machineInfo('a'), hold: () => Promise.reject()}]),
    clock,
    complaintsOf: () => [],
    readFacts: () => new Promise(() => {}),
  });
  watches.push(watching);
  await clock.pass(26_000);
  expect(watching.get()).toMatchObject([{state: 'down', problem: {code: 'deadline-passed'}}]);
});

test('dead machines hold up nobody', async () => {
  const names = Array.from({length: 200}, (_, index) => `node-${index}`);
  const {watching} = watch((name) => (Number(name.slice(5)) < 150 ? 'nothing' : sampleFacts()), names);
  await clock.pass(20_000);
  expect(watching.get().filter(({state}) => state === 'up')).toHaveLength(50);
});

test('a thousand machines are told of ten times a second, by one timer', async () => {
  const names = Array.from({length: 1000}, (_, index) => `node-${index}`);
  const {watching, asked} = watch(() => sampleFacts(), names);
  let changes = 0;
  watching.subscribe(() => changes++);
  await clock.pass(0);
  expect(clock.sleepers).toBeLessThanOrEqual(2);
  await clock.pass(9000);
  expect(asked).toHaveLength(1000);
  expect(watching.get().every(({state}) => state === 'up')).toBe(true);
  expect(changes).toBeLessThanOrEqual(91);
});

test('machines that were asked at the same time are not asked so for ever', async () => {
  const names = Array.from({length: 20}, (_, index) => `node-${index}`);
  const {watching} = watch(() => sampleFacts(), names);
  await clock.pass(40_000);
  expect(new Set(watching.get().map(({askedAt}) => askedAt)).size).toBeGreaterThan(3);
});

test('nobody is asked any more once it is closed', async () => {
  const {watching, asked} = watch(() => 'nothing', ['a', 'b']);
  await clock.pass(100);
  watching.close();
  await clock.pass(100_000);
  expect(asked).toHaveLength(2);
});
