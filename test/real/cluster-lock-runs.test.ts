import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import {runSecrets} from '../../src/engine/machines/run-secrets.ts';
import {planHash} from '../../src/engine/plan/hash.ts';
import type {RunState} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {type RunFolder, runFolder} from '../../src/engine/run/folder.ts';
import {readJournal} from '../../src/engine/run/journal.ts';
import {fateOf} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {startRun} from '../../src/engine/run/start.ts';
import {Secret} from '../../src/engine/secret.ts';
import {clusterName, readConfiguration} from '../../src/engine/state.ts';
import {loadSsh} from '../../src/engine/world.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {leaveNotes, type NotesRequest} from './machine-tasks.ts';

const obstacle = tellObstacle('Tests of runs that lock a cluster of lab hosts', whyNoLab());

const clock = createClock();
const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const command = [process.execPath, fileURLToPath(new URL('machine-task-runner.ts', import.meta.url))];
const masters = ['node-1', 'node-2', 'node-3'];

/** An operator with a configuration, a state folder and an account on the machines of his own. */
class DevBox {
  private readonly folder: string;
  private readonly login: LoginName;
  /** The machine he goes through, so that he reaches what it reaches. */
  private readonly behind: Host | undefined;

  constructor(folder: string, login: LoginName, behind?: Host) {
    [this.folder, this.login, this.behind] = [folder, login, behind];
  }

  private get config() {
    return join(this.folder, 'cluster');
  }
  private get stateHome() {
    return join(this.folder, 'state');
  }
  private get environment() {
    return {...process.env, HOME: this.folder};
  }
  private get secrets() {
    return runSecrets(this.behind ? {jumpPassword: new Secret(logins.guest.password)} : {});
  }

  async setUp(hosts: readonly Host[]): Promise<void> {
    await writeClusterFolder(this.config, hosts, logins[this.login]);
    const {environment, stateHome, config} = this;
    const machines = createMachines({environment, stateHome, assets, clock, loadSsh: () => loadSsh(clock)});
    const reports = await machines.hostKeys({config, names: []}, () => {}, new AbortController().signal);
    const keys = reports.map(({machine, keys: shown}) => ({machine: machine.name, keys: shown}));
    await machines.trust({config, names: []}, keys, {how: 'compared on screen'});
    await machines.close();
  }

  async start(on: string, more: Partial<NotesRequest> = {}): Promise<RunFolder> {
    const {environment, stateHome, config, secrets} = this;
    const request: NotesRequest = {
      operation: 'leave notes',
      config,
      masters,
      machines: [on],
      critical: true,
      ...(this.behind ? {jump: `${logins.guest.user}@${this.behind.address}`} : {}),
      ...more,
    };
    const plan = leaveNotes.plan(request, null);
    const stateFolder = join(stateHome, await clusterName(config, config));
    const what = {stateFolder, request, facts: null, plan, planHash: planHash(plan), secrets, programVersion: '1'};
    return runFolder(join(stateFolder, 'runs', await startRun({...what, command, environment, clock})));
  }

  get runs() {
    const {stateHome, environment} = this;
    return createRuns({stateHome, command, environment, clock, readConfiguration});
  }

  resume(run: RunFolder): Promise<void> {
    return this.runs.resume(run.run, {secrets: this.secrets});
  }
}

const stateOf = (run: RunFolder): RunState => readJournal(run.journal).events.reduce(fold, emptyRun);
const ended = async (run: RunFolder) => {
  await expect.poll(() => stateOf(run).endedAt, {timeout: 90_000}).toBeDefined();
  return stateOf(run);
};
const atWork = async (host: Host) => (await host.sh('cat /var/tmp/at-work 2>/dev/null || true')).trim();
const untilAtWork = async (host: Host) => {
  await expect.poll(() => atWork(host), {timeout: 60_000}).not.toBe('');
  return atWork(host);
};
const letGo = (host: Host) => host.sh('touch /var/tmp/go');
const holderOn = (host: Host) => host.sh('sed -n 3p /var/lib/pai-tui/lock 2>/dev/null || true');

describe.skipIf(obstacle)('runs that lock a cluster of real hosts', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  let three: Host;
  let folder: string;

  beforeAll(async () => {
    lab = await startLab({hosts: 3});
    [one, two, three] = lab.hosts as [Host, Host, Host];
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pai-locked-run-'));
  });
  afterEach(async () => {
    const locks = await Promise.all(lab.hosts.map((host) => host.sh('ls -d /var/lib/pai-tui 2>/dev/null || true')));
    for (const host of lab.hosts) {
      await mend(host);
      await host.sh('rm -rf /etc/pai-note /var/tmp/go /var/tmp/at-work /var/lib/pai-tui');
    }
    await rm(folder, {recursive: true});
    // Nobody has it any more.
    expect(locks.join('')).toBe('');
  });

  async function devBox(login: LoginName, behind?: Host): Promise<DevBox> {
    const box = new DevBox(join(folder, login), login, behind);
    await box.setUp(lab.hosts);
    return box;
  }
  /** What one master sends to another gets nowhere; this computer reaches both. */
  const part = async (host: Host, ...others: readonly Host[]) => {
    for (const {address} of others) await host.sh(`ip route add blackhole ${address}/32`);
  };
  const mend = (host: Host) => host.sh('ip route flush type blackhole');

  test('of two state folders and two accounts, only one goes on at a time', async () => {
    const [ann, bob] = await Promise.all([devBox('admin'), devBox('deploy')]);
    const first = await ann.start(one.name, {wait: true});
    await untilAtWork(one);
    const refused = await ended(await bob.start(two.name));
    expect(refused).toMatchObject({status: 'failed', problem: {code: 'lock-held'}});
    expect(refused.problem?.message).toContain(`The cluster is locked by run ${first.run} of `);
    await expect(two.sh('cat /etc/pai-note')).rejects.toThrow();
    await letGo(one);
    expect((await ended(first)).status).toBe('done');
    expect((await ended(await bob.start(two.name))).status).toBe('done');
  });

  test('in a partition between the masters only those go on who reach a majority', async () => {
    await part(one, three);
    await part(two, three);
    await part(three, one, two);
    const [ann, bob] = await Promise.all([devBox('admin', one), devBox('deploy', three)]);
    const [first, second] = await Promise.all([ann.start(one.name, {wait: true}), bob.start(three.name)]);
    expect((await ended(second)).problem).toMatchObject({
      code: 'machine-unreachable',
      message: 'The lock of the cluster needs 2 of 3 masters, and 1 can be asked.',
    });
    await untilAtWork(one);
    expect([await holderOn(two), await holderOn(three)]).toEqual([expect.stringContaining(first.run), '']);
    for (const host of lab.hosts) await mend(host);
    // One that comes back is no longer free for others.
    await expect.poll(() => holderOn(three), {timeout: 60_000}).toContain(first.run);
    await letGo(one);
    expect((await ended(first)).status).toBe('done');
  });

  test('break off when a partition takes the majority away, and go on when it is over and nobody else is at work', async () => {
    const [ann, bob] = await Promise.all([devBox('admin', one), devBox('deploy', three)]);
    const first = await ann.start(one.name, {wait: true});
    const script = await untilAtWork(one);
    await part(one, two, three);
    await expect.poll(() => readRunner(first)?.left, {timeout: 120_000}).toMatchObject({code: 'lock-held'});
    await expect(one.sh(`kill -0 ${script}`)).rejects.toThrow();
    expect(stateOf(first).tasks.map(({status}) => status)).toEqual(['stopped']);
    expect((await ann.runs.show(first.run)).explanation).toContain('could not be renewed on a majority');
    await one.sh('rm -f /var/tmp/at-work');

    const takeOver = async () => {
      const state = await ended(await bob.start(three.name, {takeOverLock: true}));
      return state.status === 'done' ? state : undefined;
    };
    // Those who still have her lock count on by their own clocks.
    await expect.poll(takeOver, {timeout: 120_000, interval: 10_000}).toBeDefined();
    await mend(one);
    const third = await bob.start(three.name, {wait: true});
    await untilAtWork(three);
    await expect(ann.resume(first)).rejects.toMatchObject({
      problem: {code: 'lock-held', message: expect.stringContaining(third.run)},
    });
    expect((await ann.runs.show(first.run)).summary.status).toBe('interrupted');
    await letGo(three);
    await ended(third);
    await letGo(one);
    await ann.resume(first);
    expect((await ended(first)).status).toBe('done');
  }, 400_000);

  test('that were killed leave it to the next one of the same computer at once, with nothing at work', async () => {
    const ann = await devBox('admin');
    const first = await ann.start(one.name, {wait: true, critical: false});
    const script = await untilAtWork(one);
    const runner = readRunner(first);
    if (!runner) throw new Error('no runner');
    process.kill(runner.pid, 'SIGKILL');
    await expect.poll(() => fateOf(runner), {timeout: 10_000}).not.toBe('alive');
    const second = await ended(await ann.start(two.name));
    expect(second).toMatchObject({status: 'done', notices: [{}, {}]});
    expect(second.notices?.map(({message}) => message)).toContainEqual(
      expect.stringMatching(`^The lock of the cluster was left by run ${first.run} .* a process of this computer`),
    );
    await expect(one.sh(`kill -0 ${script}`)).rejects.toThrow();
  });

  test('that were killed have their lock again at once, and others wait until its time is over', async () => {
    const [ann, bob] = await Promise.all([devBox('admin'), devBox('deploy')]);
    const first = await ann.start(one.name, {wait: true});
    await untilAtWork(one);
    const runner = readRunner(first);
    if (!runner) throw new Error('no runner');
    process.kill(runner.pid, 'SIGKILL');
    await expect.poll(() => fateOf(runner), {timeout: 10_000}).not.toBe('alive');
    expect((await ended(await bob.start(two.name, {takeOverLock: true}))).problem?.code).toBe('lock-held');
    const resumed = ann.resume(first);
    await expect.poll(() => readRunner(first)?.pid, {timeout: 30_000}).not.toBe(runner.pid);
    await letGo(one);
    await resumed;
    expect((await ended(first)).status).toBe('done');
    expect((await ended(await bob.start(two.name))).status).toBe('done');
  });
});
