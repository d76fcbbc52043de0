import {chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {HostKey} from '../../src/engine/machine-tools.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import type {Machines} from '../../src/engine/machines/types.ts';
import {createFakeSsh, type FakeSsh} from '../helpers/fake-ssh.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const {signal} = new AbortController();

let folder: string;
let config: string;
let fake: FakeSsh;
let machines: Machines;
/** How often SSH was loaded. */
let loaded: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-machines-'));
  config = join(folder, 'cluster');
  await cp(join(root, 'fixtures/config-sample'), config, {recursive: true});
  await mkdir(join(folder, 'home'));
  loaded = 0;
  fake = createFakeSsh({keys: ({name}) => [keyOf(name)]});
  machines = createMachines({
    environment: {HOME: join(folder, 'home')},
    stateHome: join(folder, 'state'),
    assets: join(root, 'assets'),
    clock: createClock(),
    async loadSsh() {
      loaded++;
      return () => fake.ssh;
    },
  });
});
afterEach(async () => {
  await machines.close();
  expect(fake.open()).toEqual([]);
  expect(fake.running()).toBe(0);
  await rm(folder, {recursive: true});
});

/** A public key of ed25519 (RFC 8709): its name and 32 bytes, with their lengths. */
function keyOf(machine: string): HostKey {
  const name = Buffer.from('ssh-ed25519');
  const bytes = Buffer.alloc(32, machine);
  const blob = Buffer.concat([Buffer.from([0, 0, 0, name.length]), name, Buffer.from([0, 0, 0, 32]), bytes]);
  return {type: 'ssh-ed25519', blob: blob.toString('base64'), fingerprint: `SHA256:${machine}`};
}

test('making it loads and asks nothing', () => {
  expect([loaded, fake.connects]).toEqual([0, []]);
});

test('machines are listed with the groups they are in, without asking them', async () => {
  const list = await machines.list({config, names: ['@gpu']});
  expect(list.machines.map(({name}) => name)).toEqual(['gpu-01', 'gpu-02']);
  expect(list.groups).toContainEqual({name: '@masters', machines: ['infra-01']});
  expect(fake.connects).toEqual([]);
  expect(machines.match('@all&!gpu-01', list.machines).machines?.map(({name}) => name)).toEqual(['gpu-02']);
});

test('facts of each are told as they come; one that cannot be asked has its problem', async () => {
  fake.set('gpu-01', {code: 'login-refused', message: 'It lets nobody in.'});
  const told: string[] = [];
  const reports = await machines.facts({config, names: []}, ({machine}) => void told.push(machine.name), signal);
  expect(reports.map(({machine, facts, problem}) => [machine.name, facts?.kernel ?? problem?.code])).toEqual([
    ['infra-01', expect.stringMatching(/\d/)],
    ['gpu-01', 'login-refused'],
    ['gpu-02', expect.stringMatching(/\d/)],
  ]);
  expect(reports[1]?.problem?.machine).toBe('gpu-01');
  expect(told.sort()).toEqual(['gpu-01', 'gpu-02', 'infra-01']);
});

test('the state of all is watched, over the connections that others use too', async () => {
  const watch = machines.watch({config, names: ['@gpu']});
  await expect
    .poll(() => watch.get().map(({machine, facts}) => `${machine.name} ${facts !== undefined}`), {timeout: 20_000})
    .toEqual(['gpu-01 true', 'gpu-02 true']);
  await machines.run({config, names: ['gpu-01'], script: 'true'}, signal).ended;
  expect([...fake.connects].sort()).toEqual(['gpu-01', 'gpu-02']);
  watch.close();
});

describe('host keys', () => {
  test('are read without logging in, pinned for the cluster, and known from then on', async () => {
    fake.set('gpu-02', {code: 'machine-unreachable', message: 'Nobody answers.'});
    const told: string[] = [];
    const request = {config, names: []};
    const before = await machines.hostKeys(request, ({machine}) => void told.push(machine.name), signal);
    expect(before.map(({machine, state}) => [machine.name, state])).toEqual([
      ['infra-01', 'new'],
      ['gpu-01', 'new'],
      ['gpu-02', 'unreachable'],
    ]);
    expect(told).toHaveLength(3);
    const accepted = [{machine: 'gpu-01', keys: before[1]?.keys ?? []}];
    await machines.trust(request, accepted, {how: 'compared on screen'});
    const after = await machines.hostKeys(request, () => {}, signal);
    expect(after.map(({state}) => state)).toEqual(['new', 'known', 'unreachable']);
    expect(after[1]?.from).toMatch(/^pinned \d{4}-\d\d-\d\d$/);
    expect(fake.connects).toEqual([]);
  });

  test('of another machine are refused where one is pinned, and replaced when that is wanted', async () => {
    const request = {config, names: ['gpu-01']};
    await machines.trust(request, [{machine: 'gpu-01', keys: [keyOf('gpu-01')]}], {how: 'compared on screen'});
    const other = [{machine: 'gpu-01', keys: [keyOf('other')]}];
    await expect(machines.trust(request, other, {how: 'compared on screen'})).rejects.toMatchObject({
      problem: {code: 'host-key-changed', machine: 'gpu-01'},
    });
    await machines.trust(request, other, {how: 're-pinned', replace: true});
    expect(await machines.hostKeys(request, () => {}, signal)).toMatchObject([{state: 'changed'}]);
  });

  test('that were accepted let a watched machine in at once', async () => {
    fake.set('gpu-01', {code: 'host-key-unknown', message: 'Its host key is new.'});
    const watch = machines.watch({config, names: ['gpu-01']}, 600_000);
    await expect.poll(() => watch.get()[0]?.problem?.code, {timeout: 20_000}).toBe('host-key-unknown');
    fake.set('gpu-01', 'up');
    const keys = [{machine: 'gpu-01', keys: [keyOf('gpu-01')]}];
    await machines.trust({config, names: []}, keys, {how: 'compared on screen'});
    await expect.poll(() => watch.get()[0]?.facts?.kernel, {timeout: 20_000}).toBeDefined();
  });

  test('of a machine that is in no configuration are not pinned', async () => {
    const keys = [{machine: 'gpu-99', keys: [keyOf('a')]}];
    await expect(machines.trust({config, names: []}, keys, {how: 'compared on screen'})).rejects.toMatchObject({
      problem: {code: 'unknown-name'},
    });
  });
});

describe('a command', () => {
  test('runs on those that are named', async () => {
    const run = machines.run({config, names: ['@gpu'], script: 'echo "$MACHINE"'}, signal);
    expect((await run.ended).machines.map(({status}) => status)).toEqual(['done', 'done']);
    expect(run.streams('gpu-02').stdout).toBe('gpu-02\n');
  });

  test.each([
    [['gpu-99'], 'unknown-name'],
    [['@gpu&@masters'], 'usage'],
  ])('on %j is refused', async (names, code) => {
    const run = machines.run({config, names, script: 'true'}, signal);
    expect(await run.ended).toMatchObject({machines: [], problem: {code}});
  });

  test('is ended when all is closed', async () => {
    const run = machines.run({config, names: ['gpu-01'], script: 'sleep 1000'}, signal);
    await expect.poll(() => fake.running()).toBe(1);
    await machines.close();
    expect((await run.ended).machines).toMatchObject([{status: 'stopped'}]);
  });
});

test('a log of several machines is followed until it is closed', async () => {
  const path = join(folder, 'x.log');
  await writeFile(path, 'first\n');
  const run = machines.logs({config, names: ['@gpu'], log: {kind: 'file', path}, follow: true});
  await expect.poll(() => ['gpu-01', 'gpu-02'].map((name) => run.streams(name).stdout)).toEqual(['first\n', 'first\n']);
  await writeFile(path, 'first\nsecond\n');
  await expect
    .poll(() => ['gpu-01', 'gpu-02'].map((name) => run.streams(name).stdout.includes('second')), {timeout: 10_000})
    .toEqual([true, true]);
  run.close();
  await run.ended;
  expect(fake.running()).toBe(0);
});

test('logs of one machine are listed', async () => {
  const list = await machines.listLogs({config, names: ['gpu-01']}, signal);
  expect(Object.keys(list).sort()).toEqual(['containers', 'files', 'missing', 'units']);
  await expect(machines.listLogs({config, names: []}, signal)).rejects.toMatchObject({problem: {code: 'usage'}});
});

describe('a shell', () => {
  test('has a screen in memory, and its connection is free again when it has ended', async () => {
    const request = {config, names: ['gpu-01'], columns: 40, rows: 5, script: 'echo hello; read line; echo "<$line>"'};
    const session = await machines.shell(request, signal);
    await expect.poll(() => session.screen.get().rows[0]?.trim()).toBe('hello');
    session.write('abc\n');
    expect(await session.ended).toEqual({exit: 0});
    session.close();
  });

  test('can be had as bytes', async () => {
    const shell = await machines.rawShell({config, names: ['gpu-01'], columns: 40, rows: 5, script: 'cat'}, signal);
    let said = '';
    shell.onOutput((bytes) => {
      said += Buffer.from(bytes).toString();
    });
    shell.write('abc');
    await expect.poll(() => said).toBe('abc');
    shell.close();
    await shell.ended;
  });

  test('is on one machine', async () => {
    const request = {config, names: ['@gpu'], columns: 40, rows: 5};
    await expect(machines.shell(request, signal)).rejects.toMatchObject({problem: {code: 'usage'}});
  });
});

test('machines are looked for at addresses with what is known of their host keys', async () => {
  const request = {addresses: ['10.0.0.11-12'], port: 22, user: 'ops', keyFile: join(folder, 'key'), config};
  await writeFile(request.keyFile, 'a key');
  await chmod(request.keyFile, 0o600);
  const accept = [{address: '10.0.0.12', keys: [keyOf('10.0.0.12')]}];
  const reports = await machines.probe({...request, accept}, () => {}, signal);
  expect(reports.map(({address, problem, facts}) => [address, problem?.code ?? (facts ? 'facts' : 'nothing')])).toEqual(
    [
      ['10.0.0.11', 'host-key-unknown'],
      ['10.0.0.12', 'facts'],
    ],
  );
});

test('no secret of the configuration is in what is kept of the cluster', async () => {
  await machines.trust({config, names: []}, [{machine: 'gpu-01', keys: [keyOf('a')]}], {how: 'compared on screen'});
  const [cluster = ''] = await import('node:fs/promises').then(({readdir}) => readdir(join(folder, 'state')));
  for (const name of ['known_hosts', 'host-keys.jsonl'])
    expect(await readFile(join(folder, 'state', cluster, name), 'utf8')).not.toContain('change-me');
});
