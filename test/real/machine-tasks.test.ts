import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import {planHash} from '../../src/engine/plan/hash.ts';
import type {RunState} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {type RunFolder, runFolder} from '../../src/engine/run/folder.ts';
import {readJournal} from '../../src/engine/run/journal.ts';
import {fateOf} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {startRun} from '../../src/engine/run/start.ts';
import {clusterName, readConfiguration} from '../../src/engine/state.ts';
import {loadSsh} from '../../src/engine/world.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {leaveNotes, type NotesRequest} from './machine-tasks.ts';

const obstacle = tellObstacle('Tests of runs on lab hosts', whyNoLab());

const clock = createClock();
const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const command = [process.execPath, fileURLToPath(new URL('machine-task-runner.ts', import.meta.url))];
const {signal} = new AbortController();

describe.skipIf(obstacle)('runs on real hosts', () => {
  let lab: Lab;
  let first: Host;
  let second: Host;
  let folder: string;
  let config: string;
  let stateHome: string;

  beforeAll(async () => {
    lab = await startLab({hosts: 2});
    [first, second] = lab.hosts as [Host, Host];
  });
  afterAll(() => lab?.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pai-machine-run-'));
    config = join(folder, 'cluster');
    stateHome = join(folder, 'state');
    await writeClusterFolder(config, lab.hosts);
    const machines = createMachines({
      environment: {HOME: folder},
      stateHome,
      assets,
      clock,
      loadSsh: () => loadSsh(clock),
    });
    const reports = await machines.hostKeys({config, names: []}, () => {}, signal);
    const keys = reports.map(({machine, keys: shown}) => ({machine: machine.name, keys: shown}));
    await machines.trust({config, names: []}, keys, {how: 'compared on screen'});
    await machines.close();
  });
  afterEach(async () => {
    for (const host of lab.hosts) {
      await host.start();
      await host.sh('rm -rf /etc/pai-note /var/tmp/go /var/tmp/at-work');
      // Of the runs nothing is left.
      expect(await host.sh('ls -A /home/admin | grep pai-tui || true')).toBe('');
    }
    await rm(folder, {recursive: true});
  });

  async function start(more: Partial<NotesRequest> = {}): Promise<RunFolder> {
    const machines = lab.hosts.map(({name}) => name);
    const request: NotesRequest = {operation: 'leave notes', config, machines, ...more};
    const plan = leaveNotes.plan(request, null);
    const stateFolder = join(stateHome, await clusterName(config, config));
    const environment = {...process.env, HOME: folder};
    const start = {command, environment, clock, stateFolder, request, facts: null, plan, planHash: planHash(plan)};
    return runFolder(join(stateFolder, 'runs', await startRun({...start, programVersion: '1'})));
  }
  const runs = () =>
    createRuns({stateHome, command, environment: {...process.env, HOME: folder}, clock, readConfiguration});
  const stateOf = (run: RunFolder): RunState => readJournal(run.journal).events.reduce(fold, emptyRun);
  const ended = async (run: RunFolder) => {
    await expect.poll(() => stateOf(run).endedAt, {timeout: 90_000}).toBeDefined();
    return stateOf(run);
  };
  const atWork = async (host: Host) => (await host.sh('cat /var/tmp/at-work 2>/dev/null || true')).trim();
  const untilAtWork = (host: Host) => expect.poll(() => atWork(host), {timeout: 60_000}).not.toBe('');
  const kill = async (run: RunFolder) => {
    const runner = readRunner(run);
    if (!runner) throw new Error('no runner');
    process.kill(runner.pid, 'SIGKILL');
    await expect.poll(() => fateOf(runner), {timeout: 10_000}).not.toBe('alive');
  };

  test('do the same on all machines, as root, with what was sent', async () => {
    const state = await ended(await start());
    expect(state.tasks.map(({problem}) => problem)).toEqual([undefined, undefined]);
    expect(state).toMatchObject({status: 'done'});
    expect(state.tasks.map(({result}) => result)).toEqual(['installed as root', 'installed as root']);
    for (const host of lab.hosts) expect(await host.sh('cat /etc/pai-note')).toBe(`a note for ${host.name}\n`);
  });

  test('tell which script failed on which machine, with its exit code and last lines', async () => {
    const {tasks} = await ended(await start({exit: 3, machines: [first.name]}));
    expect(tasks[0]?.problem).toMatchObject({
      code: 'script-failed',
      machine: first.name,
      command: 'install.sh',
      exitCode: 3,
      message: `install.sh on ${first.name} ended with exit code 3.`,
      detail: 'installed as root\nsee 3',
    });
  });

  test('run nothing that their plan does not list', async () => {
    const {tasks} = await ended(await start({stray: true, machines: [first.name]}));
    expect(tasks[0]?.problem?.code).toBe('not-in-plan');
    await expect(first.sh('cat /etc/pai-note')).rejects.toThrow();
  });

  test('go on elsewhere where one machine is dead', async () => {
    await second.kill();
    const {status, tasks} = await ended(await start());
    expect(status).toBe('failed');
    expect(tasks.map(({status: each, problem}) => problem?.code ?? each)).toEqual(['done', 'machine-unreachable']);
  });

  test('end what runs on the machines when they are stopped', async () => {
    const run = await start({wait: true});
    await Promise.all(lab.hosts.map(untilAtWork));
    const groups = await Promise.all(lab.hosts.map(atWork));
    await runs().cancel(run.run);
    expect((await ended(run)).status).toBe('stopped');
    for (const [index, host] of lab.hosts.entries())
      await expect(host.sh(`kill -0 ${groups[index]}`), host.name).rejects.toThrow();
  });

  test('end what a killed runner left at work, and begin it anew', async () => {
    const run = await start({wait: true, machines: [first.name]});
    await untilAtWork(first);
    await kill(run);
    const left = await atWork(first);
    await first.sh('rm /var/tmp/at-work');
    await runs().resume(run.run);
    await untilAtWork(first);
    await expect(first.sh(`kill -0 ${left}`)).rejects.toThrow();
    await first.sh('touch /var/tmp/go');
    const state = await ended(run);
    expect(state.status).toBe('done');
    expect(state.notices?.map(({message}) => message).join()).toContain(`${first.name}/note was still at work`);
  });

  test('wait for what must not be interrupted before they begin it anew', async () => {
    const run = await start({wait: true, critical: true, machines: [first.name]});
    await untilAtWork(first);
    await kill(run);
    const left = await atWork(first);
    const resumed = runs().resume(run.run);
    // It is still there after the new runner looked for it.
    await expect.poll(() => readRunner(run)?.ready, {timeout: 30_000}).toBe(true);
    await first.sh(`kill -0 ${left}; touch /var/tmp/go`);
    await resumed;
    expect((await ended(run)).status).toBe('done');
  });
});
