import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import type {MachineRun, Machines} from '../../src/engine/machines/types.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of machines on lab hosts', whyNoLab());

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const {signal} = new AbortController();

describe.skipIf(obstacle)('machines over SSH', () => {
  let lab: Lab;
  let folder: string;
  let config: string;
  let machines: Machines;

  beforeAll(async () => {
    lab = await startLab({hosts: 3});
  });
  afterAll(() => lab?.close());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pai-machines-'));
    config = join(folder, 'cluster');
    await writeClusterFolder(config, lab.hosts);
    machines = createMachines({
      environment: {HOME: folder},
      stateHome: join(folder, 'state'),
      assets,
      clock: createClock(),
      loadSsh: async () => (hostKeys) => createSsh({hostKeys, clock: createClock()}),
    });
  });
  afterEach(async () => {
    await machines.close();
    await rm(folder, {recursive: true});
    await Promise.all(lab.hosts.map((host) => host.sh(nothingLeft)));
  });

  /** Accepts the keys that the hosts show, after comparing them with what the hosts have. */
  async function trustAll(): Promise<void> {
    const request = {config, names: []};
    const reports = await machines.hostKeys(request, () => {}, signal);
    const theirs = lab.knownHosts();
    for (const {keys} of reports) for (const {blob} of keys) expect(theirs).toContain(blob);
    const keys = reports.map(({machine, keys: shown}) => ({machine: machine.name, keys: shown}));
    await machines.trust(request, keys, {how: 'compared on screen'});
  }

  function statuses(run: MachineRun): Promise<readonly string[]> {
    return run.ended.then((state) => state.machines.map(({machine, status}) => `${machine.name} ${status}`));
  }

  test('are not logged in to before their host keys are trusted, and are up from then on', async () => {
    const watch = machines.watch({config, names: []});
    const seen = () => watch.get().map(({state, problem}) => problem?.code ?? state);
    await expect.poll(seen, {timeout: 60_000}).toEqual(Array(3).fill('host-key-unknown'));
    await trustAll();
    const facts = () => watch.get().map(({facts: known}) => known?.hostName);
    await expect.poll(facts, {timeout: 60_000}).toEqual(['node-1', 'node-2', 'node-3']);
    watch.close();
  });

  test('run a command with and without sudo, and what they print is folded', async () => {
    await trustAll();
    const script = 'id -un; test "$(hostname)" != node-2 || echo odd';
    const run = machines.run({config, names: [], script}, signal);
    expect(await statuses(run)).toEqual(['node-1 done', 'node-2 done', 'node-3 done']);
    const own = logins.admin.user;
    expect(run.groups()).toMatchObject([
      {machines: [{name: 'node-1'}, {name: 'node-3'}], text: own},
      {
        machines: [{name: 'node-2'}],
        difference: [
          {kind: 'same', text: own},
          {kind: 'added', text: 'odd'},
        ],
      },
    ]);
    const asRoot = machines.run({config, names: ['node-[1-2]'], script: 'id -un; exit 7', sudo: true}, signal);
    expect(await statuses(asRoot)).toEqual(['node-1 failed', 'node-2 failed']);
    expect((await asRoot.ended).machines[0]?.end).toEqual({exit: 7});
    expect(asRoot.streams('node-1').stdout).toBe('root\n');
  });

  test('that are cut off hold up nobody, and are there again when they come back', async () => {
    await trustAll();
    const [, second] = lab.hosts as [Host, Host, Host];
    const watch = machines.watch({config, names: []}, 2000);
    const states = () => watch.get().map(({state}) => (state === 'up' || state === 'degraded' ? 'there' : state));
    await expect.poll(states, {timeout: 60_000}).toEqual(['there', 'there', 'there']);
    await second.cut();
    try {
      await expect.poll(states, {timeout: 90_000}).toEqual(['there', 'down', 'there']);
      const run = machines.run({config, names: ['node-1', 'node-3'], script: 'true'}, signal);
      expect(await statuses(run)).toEqual(['node-1 done', 'node-3 done']);
    } finally {
      await second.join();
    }
    await expect.poll(states, {timeout: 90_000}).toEqual(['there', 'there', 'there']);
    watch.close();
  }, 300_000);

  test('whose host key changed are refused, and let in again when the new one is pinned', async () => {
    await trustAll();
    const [first] = lab.hosts as [Host];
    await first.newHostKeys();
    const request = {config, names: ['node-1']};
    const refused = machines.run({...request, script: 'true'}, signal);
    expect((await refused.ended).machines).toMatchObject([
      {status: 'unreachable', problem: {code: 'host-key-changed'}},
    ]);
    const [report] = await machines.hostKeys(request, () => {}, signal);
    expect(report?.state).toBe('changed');
    const keys = [{machine: 'node-1', keys: report?.keys ?? []}];
    await expect(machines.trust(request, keys, {how: 'compared on screen'})).rejects.toMatchObject({
      problem: {code: 'host-key-changed'},
    });
    await machines.trust(request, keys, {how: 're-pinned', replace: true});
    expect(await statuses(machines.run({...request, script: 'true'}, signal))).toEqual(['node-1 done']);
  });

  test('that print a hundred megabytes each keep memory flat, and files have every byte', async () => {
    await trustAll();
    const outputDir = join(folder, 'outputs');
    const script = 'yes "$(hostname) 0123456789" | head -c 100000000; echo; echo last';
    const run = machines.run({config, names: [], script, outputDir}, signal);
    const before = process.memoryUsage().rss;
    expect(await statuses(run)).toEqual(['node-1 done', 'node-2 done', 'node-3 done']);
    expect(process.memoryUsage().rss - before).toBeLessThan(250_000_000);
    const view = run.output('node-3').get();
    expect(view.lines(view.lineCount - 1, view.lineCount)[0]?.text).toBe('last');
    expect(view.leftOutBytes).toBeGreaterThan(90_000_000);
    expect((await readFile(join(outputDir, 'node-3.out'))).length).toBe(100_000_006);
  }, 300_000);

  test('end what they run when it is stopped', async () => {
    await trustAll();
    const run = machines.run(
      {config, names: [], script: 'echo begun; trap "" TERM; while :; do sleep 1; done'},
      signal,
    );
    const begun = () => ['node-1', 'node-2', 'node-3'].map((name) => run.streams(name).stdout);
    await expect.poll(begun, {timeout: 60_000}).toEqual(Array(3).fill('begun\n'));
    run.cancel();
    expect(await statuses(run)).toEqual(['node-1 stopped', 'node-2 stopped', 'node-3 stopped']);
  }, 180_000);

  test('have logs that only root may read, which are followed by sudo', async () => {
    await trustAll();
    const [first] = lab.hosts as [Host];
    await first.sh('umask 077; echo old >/var/log/private.log');
    const log = {kind: 'file', path: '/var/log/private.log'} as const;
    const refused = machines.logs({config, names: ['node-1'], log, follow: true});
    await refused.ended;
    expect(refused.streams('node-1').stderr).toBe('admin may not read /var/log/private.log: ask for it with sudo.\n');
    const followed = machines.logs({config, names: ['node-1'], log, follow: true, sudo: true});
    await expect.poll(() => followed.streams('node-1').stdout, {timeout: 60_000}).toBe('old\n');
    await first.sh('echo new >>/var/log/private.log');
    await expect.poll(() => followed.streams('node-1').stdout, {timeout: 60_000}).toBe('old\nnew\n');
    followed.close();
    await followed.ended;
  });

  test('show a shell on a screen in memory', async () => {
    await trustAll();
    const session = await machines.shell({config, names: ['node-3'], columns: 60, rows: 10}, signal);
    const screen = () => session.screen.get().rows.join('\n');
    session.write('stty size; hostname; exit 4\r');
    await expect.poll(screen, {timeout: 60_000}).toMatch(/10 60\s+node-3/);
    expect(await session.ended).toEqual({exit: 4});
    session.close();
  });

  test('are reached through one another', async () => {
    await trustAll();
    const [first] = lab.hosts as [Host];
    const jump = `${logins.guest.user}@${first.address}`;
    const {Secret} = await import('../../src/engine/secret.ts');
    const secrets = {jumpPassword: new Secret(logins.guest.password)};
    const run = machines.run({config, names: ['node-2'], jump, secrets, script: 'echo "$SSH_CONNECTION"'}, signal);
    expect(await statuses(run)).toEqual(['node-2 done']);
    expect(run.streams('node-2').stdout).toMatch(new RegExp(`^${first.address.replaceAll('.', '\\.')} `));
  });
});

/** Fails where a command of ours is left. */
const nothingLeft = '! pgrep -u admin -f "sleep|tail|yes" >/dev/null';
