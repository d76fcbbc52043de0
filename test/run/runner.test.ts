import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {spawn as openPty} from 'node-pty';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {planHash} from '../../src/engine/plan/hash.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {type RunFolder, runFolder} from '../../src/engine/run/folder.ts';
import {lockPlace, takeLock} from '../../src/engine/run/lock.ts';
import {fateOf, thisProcess} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {resume} from '../../src/engine/run/requests.ts';
import {openRun} from '../../src/engine/run/run-reader.ts';
import {startRun} from '../../src/engine/run/start.ts';
import {Secret} from '../../src/engine/secret.ts';
import {
  clock,
  makePlace,
  type Place,
  runnerCommand,
  runnerGone,
  runsOf,
  sixPlan,
  start,
  stateOf,
  until,
  written,
} from './a-run.ts';

let place: Place;
const children: ChildProcess[] = [];
beforeEach(() => {
  place = makePlace();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  // Whatever a failed test left running is ended before its folder goes.
  for (const {folder, status} of await runsOf(place).list()) {
    const record = readRunner(runFolder(folder));
    if (record && status === 'running') process.kill(record.pid, 'SIGKILL');
  }
  place.remove();
});

const taskOf = (run: RunFolder, id: string) => stateOf(run).tasks.find((task) => task.id === id);
const isRunning = (run: RunFolder, id: string) => taskOf(run, id)?.status === 'running';
const hasPid = async (file: string) => void (await until(() => existsSync(file) && readFileSync(file, 'utf8') !== ''));
const pidOf = (run: RunFolder) => readRunner(run)?.pid ?? 0;

/** The run that another process starts, once its first task runs. */
const firstRun = () =>
  until(() => {
    const runs = join(place.stateFolder, 'runs');
    const [id] = existsSync(runs) ? readdirSync(runs) : [];
    const found = id === undefined ? undefined : runFolder(join(runs, id));
    return found && isRunning(found, 'write/a') && found;
  });

/** The exit code the runner process would end with, by running it here to its end. */
function runnerHere(folder: string, input: Uint8Array | string): Promise<number | null> {
  const [node = '', ...args] = runnerCommand;
  const child = spawn(node, [...args, folder], {stdio: ['pipe', 'ignore', 'ignore']});
  children.push(child);
  child.stdin.end(input);
  return new Promise((resolve) => child.once('exit', resolve));
}

describe('a detached runner', () => {
  test('has its own process session, no terminal, and the secret neither in its arguments nor in its folder', async () => {
    const run = await start(place, {hold: ['a']});
    const pid = pidOf(run);
    await until(() => isRunning(run, 'write/a'));
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [, , , session, terminal] = stat;
    expect(session).toBe(String(pid));
    expect(terminal).toBe('0');
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('pa55');
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('pa55');
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(stateOf(run).status).toBe('done');
    expect(() => execFileSync('grep', ['-r', 'pa55', run.folder])).toThrow();
    expect(readFileSync(join(run.output, 'write~a.log'), 'utf8')).toContain('••••••');
  });

  test('goes on after SIGHUP', async () => {
    const run = await start(place, {hold: ['a']});
    await until(() => isRunning(run, 'write/a'));
    process.kill(pidOf(run), 'SIGHUP');
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(stateOf(run).status).toBe('done');
  });

  test('goes on when the whole process group of whoever started it is killed', async () => {
    const starter = join(import.meta.dirname, 'start-six-tasks.ts');
    const child = spawn(process.execPath, [starter, place.home], {detached: true, stdio: 'ignore'});
    children.push(child);
    const run = await firstRun();
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await until(() => child.signalCode === 'SIGKILL');
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(stateOf(run).status).toBe('done');
  });

  test('goes on when the terminal it was started from is gone', async () => {
    const starter = join(import.meta.dirname, 'start-six-tasks.ts');
    const terminal = openPty(process.execPath, [starter, place.home], {cols: 80, rows: 24});
    const gone = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
    const run = await firstRun();
    // What the kernel does to a session whose terminal hangs up.
    terminal.kill('SIGHUP');
    await gone;
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(stateOf(run).status).toBe('done');
  });

  test('takes SIGTERM as a first request to stop: what runs is aborted, nothing new starts, exit code 5', async () => {
    const run = await start(place, {hold: ['a', 'e']});
    await until(() => isRunning(run, 'write/a') && isRunning(run, 'write/e'));
    process.kill(pidOf(run), 'SIGTERM');
    await runnerGone(run);
    const state = stateOf(run);
    expect(state.status).toBe('stopped');
    expect(state.cancel).toEqual({stage: 1, by: 'SIGTERM'});
    expect(state.tasks.map(({status}) => status)).toEqual([
      'stopped',
      'skipped',
      'skipped',
      'skipped',
      'stopped',
      'skipped',
    ]);
    expect(written(place)).toEqual({});
  });

  test('refuses a short read of the secrets and changes nothing; resume asks again and goes on', async () => {
    const run = await start(place);
    await runnerGone(run);
    // The same folder as a parent would have left it that died while it wrote the secrets.
    for (const path of [run.journal, run.runner, run.report]) rmSync(path);
    rmSync(place.target, {recursive: true});
    mkdirSync(place.target);
    expect(await runnerHere(run.folder, '0000001a{"password":"pa55')).toBe(4);
    expect(written(place)).toEqual({});
    expect(existsSync(run.journal)).toBe(false);
    const view = await runsOf(place).show('last');
    expect(view.summary.status).toBe('interrupted');
    expect(view.explanation).toContain('went away before it had handed over the secrets');
    await runsOf(place).resume('last', {secrets: new Map([['password', new Secret('pa55 word')]])});
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
  });

  test('on a folder that is gone leaves none', async () => {
    const folder = join(place.stateFolder, 'runs', '20260101-000000-six-tasks');
    expect(await runnerHere(folder, '00000002{}')).toBe(3);
    expect(existsSync(place.stateFolder)).toBe(false);
  });

  test('a second runner on the folder of a living one is refused and disturbs nothing', async () => {
    const run = await start(place, {hold: ['a']});
    await until(() => isRunning(run, 'write/a'));
    expect(await runnerHere(run.folder, '00000002{}')).toBe(4);
    expect(readFileSync(run.runnerLog, 'utf8')).toContain('lock-held: runner is locked by run');
    await expect(runsOf(place).resume('last')).rejects.toThrow('still runs');
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(stateOf(run).status).toBe('done');
  });
});

describe('what a runner does before its first task', () => {
  test('a lock that is held ends the run at once, naming the holder', async () => {
    const {folder, name} = lockPlace(
      {scope: 'images', of: place.target},
      runFolder(join(place.stateFolder, 'runs', 'x')),
    );
    const lock = takeLock(folder, name, '20260101-000000-other', clock.now());
    const run = await start(place);
    await runnerGone(run);
    lock.release();
    expect(stateOf(run)).toMatchObject({status: 'failed', problem: {code: 'lock-held'}});
    expect(stateOf(run).problem?.message).toMatch(
      /is locked by run 20260101-000000-other of \S+ on \S+ \(process \d+\)/,
    );
    expect(written(place)).toEqual({});
  });

  test('facts that make another plan end the run at once, showing the difference', async () => {
    writeFileSync(place.factFile, 'facts 2');
    const run = await start(place);
    await runnerGone(run);
    const {problem, status} = stateOf(run);
    expect(status).toBe('failed');
    expect(problem?.code).toBe('plan-changed');
    expect(problem?.detail).toContain('~ write/a: Write a');
    expect(problem?.detail).toContain(`+ write ${join(place.target, 'a')} as facts 2`);
    expect(written(place)).toEqual({});
  });

  test('resume rests on the recorded facts, whatever they are now', async () => {
    const run = await start(place, {}, {KILL_AFTER: '6'});
    await runnerGone(run);
    writeFileSync(place.factFile, 'facts 2');
    await runsOf(place).resume('last');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
    expect(Object.values(written(place)).every((text) => text.endsWith('facts 1'))).toBe(true);
  });

  test('another program version goes on with the same plan, and refuses another one', async () => {
    const run = await start(place, {}, {KILL_AFTER: '6'});
    await runnerGone(run);
    writeFileSync(run.facts, '"facts of another version"');
    await expect(runsOf(place, {PROGRAM_VERSION: '2'}).resume('last')).rejects.toMatchObject({
      problem: {code: 'program-version-changed', message: expect.stringContaining('version 2 would do something else')},
    });
    expect((await runsOf(place).show('last')).summary.status).toBe('interrupted');
    writeFileSync(run.facts, '"facts 1"');
    await runsOf(place, {PROGRAM_VERSION: '2'}).resume('last');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
  });

  test('a run is named by its time and operation, never twice, and records who asked from where', async () => {
    const {request, plan} = sixPlan(place, {hold: ['a', 'e']});
    const still = {...clock, now: () => Date.UTC(2026, 10, 20, 20, 19, 5)};
    const once = () =>
      startRun({
        stateFolder: place.stateFolder,
        request: Object.assign({}, request, {target: join(place.target, randomUUID())}),
        facts: 'facts 1',
        plan,
        planHash: planHash(plan),
        programVersion: '1',
        command: runnerCommand,
        environment: {...process.env, SSH_CONNECTION: '10.0.0.9 1234 10.0.0.1 22'},
        clock: still,
      });
    const first = await once();
    expect(first).toMatch(/^2026112[01]-\d{4}05-six-tasks$/);
    expect(await once()).toBe(`${first}-2`);
    const run = runFolder(join(place.stateFolder, 'runs', first));
    const record: unknown = JSON.parse(readFileSync(run.request, 'utf8'));
    expect(record).toMatchObject({from: '10.0.0.9', who: expect.stringMatching(/.@./), programVersion: '1'});
    expect(statSync(run.folder).mode & 0o777).toBe(0o700);
    await until(() => [run, runFolder(`${run.folder}-2`)].every((each) => stateOf(each).endedAt));
  });

  test('a runner that is not up in time is ended before that is told, and leaves no run behind', async () => {
    const {request, plan} = sixPlan(place);
    const pidFile = join(place.home, '.pid');
    const script = `process.on('SIGTERM', () => {}); fs.writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1000)`;
    const late = {
      ...clock,
      sleep: (ms: number, signal?: AbortSignal) =>
        ms === 7 ? hasPid(pidFile) : clock.sleep(ms === 5000 ? 50 : ms, signal),
    };
    const starting = startRun({
      stateFolder: place.stateFolder,
      request,
      facts: 'facts 1',
      plan,
      planHash: planHash(plan),
      programVersion: '1',
      command: [process.execPath, '-e', script],
      environment: process.env,
      clock: late,
      deadlineMs: 7,
    });
    await expect(starting).rejects.toMatchObject({problem: {code: 'runner-not-started'}});
    const {bootId, host} = thisProcess();
    expect(fateOf({pid: Number(readFileSync(pidFile, 'utf8')), bootId, host})).toBe('dead');
    expect(readdirSync(join(place.stateFolder, 'runs'))).toEqual([]);
  });

  test('a runner that cannot start is a problem with the last lines it left, and leaves no run behind', async () => {
    const {request, plan} = sixPlan(place);
    const starting = startRun({
      stateFolder: place.stateFolder,
      request,
      facts: 'facts 1',
      plan,
      planHash: planHash(plan),
      programVersion: '1',
      command: [process.execPath, '-e', 'console.error("no such module"); process.exit(1)'],
      environment: process.env,
      clock,
    });
    await expect(starting).rejects.toMatchObject({
      problem: {code: 'runner-not-started', detail: expect.stringContaining('no such module')},
    });
    expect(readdirSync(join(place.stateFolder, 'runs'))).toEqual([]);
  });
});

describe('resuming a run', () => {
  test('several at once give it one runner, and whoever came too late is told so', async () => {
    const run = await start(place, {hold: ['d']}, {KILL_AFTER: '6'});
    await runnerGone(run);
    const late = openRun(run, clock);
    const ends = await Promise.allSettled([1, 2, 3].map(() => runsOf(place).resume('last')));
    expect(ends.some(({status}) => status === 'fulfilled')).toBe(true);
    for (const end of ends) {
      if (end.status === 'rejected') expect(problemOf(end.reason)).toMatchObject({code: 'lock-held'});
    }
    // Who looked before and comes after: a runner is started, finds the other one, and goes.
    expect(late.status).toBe('interrupted');
    const world = {command: runnerCommand, environment: process.env, clock};
    await expect(resume(late, world)).rejects.toMatchObject({
      problem: {code: 'lock-held', message: expect.stringContaining('still runs')},
    });
    writeFileSync(join(place.target, 'go-d'), '');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run)).toMatchObject({status: 'done', runner: 2});
    await runnerGone(run);
  });
});

describe('stopping a run', () => {
  test('the first request lets a critical task finish and aborts the others', async () => {
    const run = await start(place, {hold: ['a', 'e'], critical: ['a']});
    await until(() => isRunning(run, 'write/a') && isRunning(run, 'write/e'));
    const runs = runsOf(place);
    await runs.cancel('last');
    await until(() => taskOf(run, 'write/e')?.status === 'stopped');
    expect(taskOf(run, 'write/a')?.status).toBe('running');
    writeFileSync(join(place.target, 'go-a'), '');
    await runnerGone(run);
    expect(taskOf(run, 'write/a')?.status).toBe('done');
    expect(stateOf(run).status).toBe('stopped');
    expect(stateOf(run).cancel?.by).toContain('@');
    await expect(runs.cancel('last')).rejects.toThrow('has ended (stopped)');
  });

  test('the second request aborts critical tasks too, and the report lists what is half-done', async () => {
    const run = await start(place, {hold: ['a'], critical: ['a']});
    await until(() => isRunning(run, 'write/a'));
    const runs = runsOf(place);
    await runs.cancel('last');
    await until(() => stateOf(run).cancel?.stage === 1);
    await runs.cancel('last');
    await runnerGone(run);
    expect(taskOf(run, 'write/a')).toMatchObject({status: 'stopped'});
    expect(taskOf(run, 'write/a')?.halfDone).toContain(`write ${join(place.target, 'a')}`);
    expect(readFileSync(run.report, 'utf8')).toMatch(/## Half-done\n\n- This computer, Write a: Perhaps only partly/);
  });

  test('a request before the first task stops the run, which says by whom', async () => {
    rmSync(place.factFile);
    execFileSync('mkfifo', [place.factFile]);
    const facts = openSync(place.factFile, 'r+');
    const run = await start(place);
    await runsOf(place).cancel('last');
    await until(() => stateOf(run).endedAt);
    closeSync(facts);
    expect(stateOf(run)).toMatchObject({status: 'stopped', cancel: {stage: 1, by: expect.stringContaining('@')}});
    expect(readFileSync(run.report, 'utf8')).toMatch(/- Stopped by \S+@\S+ \(stage 1\)/);
    expect(written(place)).toEqual({});
    await runnerGone(run);
  });

  test('a request after a SIGTERM counts as the second', async () => {
    const run = await start(place, {hold: ['a'], critical: ['a']});
    await until(() => isRunning(run, 'write/a'));
    process.kill(pidOf(run), 'SIGTERM');
    await until(() => stateOf(run).cancel?.stage === 1);
    await runsOf(place).cancel('last');
    await runnerGone(run);
    expect(taskOf(run, 'write/a')?.status).toBe('stopped');
    expect(stateOf(run).cancel?.stage).toBe(2);
  });

  test('a request to stop a dead runner explains what there is to do', async () => {
    const run = await start(place, {}, {KILL_AFTER: '4'});
    await runnerGone(run);
    await expect(runsOf(place).cancel('last')).rejects.toMatchObject({
      problem: {hint: expect.stringMatching(/was killed.*run resume/s)},
    });
  });
});
