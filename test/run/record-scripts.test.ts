import {describe, expect, test} from 'vitest';
import type {MachineAccess, Remote, RemoteCommand} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import type {Happening} from '../../src/engine/run/execution.ts';
import {recordScripts} from '../../src/engine/run/record-scripts.ts';
import {createFakeClock} from './fake-clock.ts';

const {signal} = new AbortController();
const lost = new ProblemError({code: 'machine-lost', message: 'The connection was lost.'});

/** Machines on which each script is the next process group; everything is noted in its order. */
function notedMachines(answers: Readonly<Record<string, () => Promise<void>>>, looks: readonly boolean[] = []) {
  const noted: string[] = [];
  const left = [...looks];
  let groups = 100;
  const machines: MachineAccess = {
    async use(machine, work) {
      const remote: Remote = {
        target: {name: machine, address: '192.0.2.7', port: 22, user: 'operator', credentials: []},
        async run({script}, watch) {
          const group = ++groups;
          watch.begun?.(group);
          noted.push(`${machine} runs ${script} as ${group}`);
          await answers[script]?.();
          return {exit: 0};
        },
        shell: () => Promise.reject(new Error('no shell')),
        async isAlive(group) {
          noted.push(`${machine} looks for ${group}`);
          return left.shift() ?? false;
        },
        async endGroup(group) {
          noted.push(`${machine} ends ${group}`);
        },
        close: () => Promise.reject(new Error('shared')),
      };
      return work(remote);
    },
  };
  const say = (event: Happening) => {
    if ('script' in event) noted.push(`${event.type} ${event.script.machine} ${event.script.processGroup}`);
  };
  return {machines, noted, say};
}

function recorded(
  answers: Readonly<Record<string, () => Promise<void>>>,
  {looks, critical}: {readonly looks?: readonly boolean[]; readonly critical?: true} = {},
) {
  const {machines, noted, say} = notedMachines(answers, looks);
  const clock = createFakeClock();
  const task = {id: 'install', ...(critical ? {critical} : {})};
  const some = recordScripts({machines, clock}, task, say);
  const run = (machine: string, script: string, more: Partial<RemoteCommand> = {}) =>
    some.use(machine, (remote) => remote.run({script, ...more}, {}, signal), signal);
  return {run, noted, clock};
}

describe('scripts of a task', () => {
  test('are written down while they are at work, except those that only read', async () => {
    const {run, noted} = recorded({});
    await run('node-1', 'change');
    await run('node-1', 'look', {reads: true});
    expect(noted).toEqual([
      'script-started node-1 101',
      'node-1 runs change as 101',
      'script-ended node-1 101',
      'node-1 runs look as 102',
    ]);
  });

  test('have ended when anything but the loss of the machine is told', async () => {
    const late = new ProblemError({code: 'deadline-passed', message: 'Too long.'});
    const {run, noted} = recorded({change: () => Promise.reject(late)});
    await expect(run('node-1', 'change')).rejects.toBe(late);
    expect(noted.at(-1)).toBe('script-ended node-1 101');
  });

  test('may go on where the machine was lost: the next script there is only run when the one before is ended', async () => {
    const {run, noted} = recorded({change: () => Promise.reject(lost)}, {looks: [true]});
    await expect(run('node-1', 'change')).rejects.toBe(lost);
    expect(noted).not.toContain('script-ended node-1 101');
    await run('node-2', 'again');
    await run('node-1', 'again');
    expect(noted.slice(2)).toEqual([
      'script-started node-2 102',
      'node-2 runs again as 102',
      'script-ended node-2 102',
      'node-1 looks for 101',
      'node-1 ends 101',
      'script-ended node-1 101',
      'script-started node-1 103',
      'node-1 runs again as 103',
      'script-ended node-1 103',
    ]);
  });

  test('are waited for, not ended, where they must not be interrupted', async () => {
    const {run, noted, clock} = recorded(
      {change: () => Promise.reject(lost)},
      {looks: [true, true, false], critical: true},
    );
    await expect(run('node-1', 'change')).rejects.toBe(lost);
    const again = run('node-1', 'again');
    await expect.poll(() => clock.sleepers).toBe(1);
    expect(noted).not.toContain('node-1 runs again as 102');
    await clock.pass(1000);
    await again;
    expect(noted).not.toContain('node-1 ends 101');
    expect(noted.at(-2)).toBe('node-1 runs again as 102');
  });

  test('do not end each other when a task runs several at a time', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const {run, noted} = recorded({long: () => held});
    const long = run('node-1', 'long');
    await run('node-1', 'short');
    letGo();
    await long;
    expect(noted.filter((each) => each.includes('ends') || each.includes('looks'))).toEqual([]);
  });
});
