import {chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {leftCommands} from '../../src/engine/run/commands.ts';
import type {StartedCommand} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {fateOf, thisProcess} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {eventsOf, makePlace, type Place, runnerGone, runsOf, start, stateOf, until} from './a-run.ts';

let place: Place;
const started = new Set<number>();
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  for (const pid of started) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone, as it should be.
    }
  }
  started.clear();
  place.remove();
});

/** A hook that says which process it is, and whether the one before still runs, and then waits. */
function hook(wait: string): string {
  const path = join(place.home, '.hook');
  // Whoever is dead may still be a zombie.
  const look =
    "grep -qs '^State:[[:space:]]*[^ZX[:space:]]' /proc/$(cat at-work || echo none)/status && touch two-at-once";
  writeFileSync(path, `#!/bin/sh\ntrap '' HUP TERM\n${look}\n${wait}\n`);
  chmodSync(path, 0o755);
  return path;
}
const waiting = 'until [ -e let-go ]; do sleep 0.05; done';
const itself = `echo $$ > at-work\n${waiting}`;
/** Of two processes; it is the child that goes on. */
const child = `sh -c "trap '' HUP TERM; echo \\$\\$ > at-work; ${waiting}" &\nsleep 60`;

const atWork = (not?: number) =>
  until(() => {
    const file = join(place.target, 'at-work');
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0) started.add(pid);
    return pid > 0 && pid !== not && pid;
  });
const isAlive = (pid: number) => {
  const {bootId, host} = thisProcess();
  return fateOf({pid, bootId, host}) === 'alive';
};

const someoneIsIn = (folder: string) =>
  readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });

describe('a hook that is at work when its runner is killed', () => {
  test.each(['pipes', 'pty'])('in %s is ended before resume begins its task anew', async (kind) => {
    const environment = {HOOKS: kind};
    const run = await start(place, {hook: hook(itself), parallel: 1}, environment);
    const first = await atWork();
    // In a pty it may be at work a moment before that is written down.
    await until(() => stateOf(run).tasks[0]?.commands);
    process.kill(readRunner(run)?.pid ?? 0, 'SIGKILL');
    await runnerGone(run);
    expect(isAlive(first)).toBe(true);

    const runs = runsOf(place, environment);
    expect((await runs.show('last')).explanation).toContain(
      `Still at work is what was started for write/a (process ${first}); resume would end it first. Resume would run 6 tasks`,
    );
    await runs.resume('last');
    await atWork(first);
    expect(isAlive(first)).toBe(false);
    writeFileSync(join(place.target, 'let-go'), '');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
    expect(existsSync(join(place.target, 'two-at-once'))).toBe(false);
    expect(stateOf(run).notices?.map(({message}) => message)).toContain(
      'What the runner before had started for write/a was still at work; it was ended (or waited for, where it must not be interrupted), and the task begins anew.',
    );
    expect(stateOf(run).tasks.every(({commands}) => commands === undefined)).toBe(true);
    await runnerGone(run);
  });

  test('is ended with all it started, although it is gone itself', async () => {
    const run = await start(place, {hook: hook(child), parallel: 1});
    const first = await atWork();
    const [command] = stateOf(run).tasks[0]?.commands ?? [];
    process.kill(readRunner(run)?.pid ?? 0, 'SIGKILL');
    await runnerGone(run);
    process.kill(command?.pid ?? 0, 'SIGKILL');
    await until(() => !isAlive(command?.pid ?? 0));
    expect(isAlive(first)).toBe(true);
    writeFileSync(join(place.target, 'let-go'), '');
    writeFileSync(join(place.home, '.hook'), '#!/bin/sh\n');
    await runsOf(place).resume('last');
    expect(isAlive(first)).toBe(false);
    await until(() => stateOf(run).endedAt);
    await runnerGone(run);
  });

  test('over pipes does nothing when the runner died before it had written it down', async () => {
    // Run and task have begun, and the third record is the progress: the fourth is the command.
    const run = await start(place, {hook: hook('touch began'), parallel: 1}, {KILL_WITHIN: '4'});
    await runnerGone(run);
    expect(eventsOf(run).map(({type}) => type)).toEqual(['run-started', 'task-started', 'task-progress']);
    await until(() => !someoneIsIn(place.target));
    expect(existsSync(join(place.target, 'began'))).toBe(false);
  });
});

describe('commands by the journal', () => {
  const own: StartedCommand = {...thisProcess()};
  const begun = (command: StartedCommand) => {
    const task = {id: 'a', title: 'A', needs: [], touches: 'nothing', does: [], expected: 'change', why: []} as const;
    const when = {at: 0, up: 0};
    return [
      {
        ...when,
        type: 'run-started',
        run: 'r',
        operation: 'o',
        title: 't',
        planHash: '',
        runner: 1,
        bootId: '',
        tasks: [task],
      },
      {...when, type: 'task-started', task: 'a', attempt: 1},
      {...when, type: 'command-started', task: 'a', command},
    ] as const;
  };
  const left = (command: StartedCommand) => leftCommands(begun(command).reduce(fold, emptyRun).tasks);

  test('are left over until they ended', () => {
    const state = begun(own).reduce(fold, emptyRun);
    expect(state.tasks[0]?.commands).toEqual([own]);
    const ended = fold(state, {at: 0, up: 0, type: 'command-ended', task: 'a', session: own.pid});
    expect(ended.tasks[0]).not.toHaveProperty('commands');
  });

  test('are never taken for what has their number by now', () => {
    const numbers = readlinkSync('/proc/self/ns/pid');
    expect(left({...own, numbers})).toEqual([{task: 'a', pid: own.pid}]);
    expect(left({...own, numbers, started: '1'})).toEqual([]);
    expect(left({...own, numbers, bootId: 'another boot'})).toEqual([]);
    expect(left({...own, numbers: 'pid:[1]'})).toEqual([]);
  });
});
