import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {Remote, RemoteWatch} from '../../src/engine/machine-tools.ts';
import {Fleet} from '../../src/engine/machines/fleet.ts';
import {type MachineRunOptions, startMachineRun} from '../../src/engine/machines/run/machine-run.ts';
import type {MachineRun, MachineRunState} from '../../src/engine/machines/types.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createFakeSsh, type FakeSsh} from '../helpers/fake-ssh.ts';
import {machineInfo} from './sample-machines.ts';
import {sampleTarget} from './sample-target.ts';

let fake: FakeSsh;
let fleet: Fleet;
let folder: string;
const runs: MachineRun[] = [];

beforeEach(async () => {
  fake = createFakeSsh();
  fleet = new Fleet({ssh: fake.ssh, clock: createClock()});
  folder = await mkdtemp(join(tmpdir(), 'pai-run-'));
});
afterEach(async () => {
  for (const run of runs.splice(0)) run.close();
  await fleet.closeAll();
  expect(fake.running()).toBe(0);
  await rm(folder, {recursive: true});
});

interface Wanted extends Partial<Omit<MachineRunOptions, 'command' | 'asked'>> {
  readonly machines?: readonly string[];
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

function start(script: string, {machines = ['a', 'b', 'c'], signal, deadlineMs, ...more}: Wanted = {}): MachineRun {
  const asked = machines.map((name) => ({
    machine: machineInfo(name),
    hold: (until: AbortSignal) => fleet.hold(sampleTarget(name), until),
  }));
  const command = {script, ...(deadlineMs === undefined ? {} : {deadlineMs})};
  const options = {command, asked: Promise.resolve(asked), clock: createClock(), parallel: 40, ...more};
  const run = startMachineRun(options, signal ?? new AbortController().signal);
  runs.push(run);
  return run;
}

function statuses({machines}: MachineRunState): string {
  return machines.map(({machine, status}) => `${machine.name} ${status}`).join(', ');
}

function lines(run: MachineRun, machine: string): readonly string[] {
  const view = run.output(machine).get();
  return view.lines(0, view.lineCount).map(({text}) => text);
}

const names = (count: number) => Array.from({length: count}, (_, index) => `node-${index}`);

describe('a command on machines', () => {
  test('ends on each of them by itself, with exit code, signal and both streams apart', async () => {
    const script = 'echo "$MACHINE"; echo oops >&2; case $MACHINE in b) exit 3;; c) kill -9 $$;; esac';
    const run = start(script);
    const state = await run.ended;
    expect(statuses(state)).toBe('a done, b failed, c failed');
    expect(state.machines.map(({end}) => end)).toEqual([{exit: 0}, {exit: 3}, {signal: 'SIGKILL'}]);
    expect(run.streams('b')).toEqual({stdout: 'b\n', stderr: 'oops\n', leftOutBytes: 0});
    expect([...lines(run, 'a')].sort()).toEqual(['a', 'oops']);
    expect(run.state.get()).toEqual(state);
    expect(state.running).toBe(false);
  });

  test('runs on so many at once', async () => {
    const run = start('sleep 0.05', {machines: names(12), parallel: 3});
    expect(statuses(await run.ended)).not.toMatch(/failed|waiting/);
    expect(fake.mostRunning()).toBe(3);
  });

  test('fails alone where a machine is not reached, with the reason', async () => {
    fake.set('b', {code: 'machine-unreachable', message: 'Nobody answers.'});
    const state = await start('true').ended;
    expect(statuses(state)).toBe('a done, b unreachable, c done');
    expect(state.machines[1]?.problem).toEqual({code: 'machine-unreachable', message: 'Nobody answers.', machine: 'b'});
  });

  test('that breaks with its connection has failed', async () => {
    const run = start('echo begun; sleep 1000', {machines: ['a']});
    await expect.poll(() => lines(run, 'a')).toEqual(['begun']);
    fake.cut('a');
    const state = await run.ended;
    expect(statuses(state)).toBe('a failed');
    expect(state.machines[0]?.problem).toMatchObject({code: 'machine-lost', machine: 'a'});
  });

  test('that takes too long has failed, and what it said is there', async () => {
    const run = start('echo begun; sleep 1000', {machines: ['a'], deadlineMs: 300});
    const state = await run.ended;
    expect(state.machines).toMatchObject([{status: 'failed', problem: {code: 'deadline-passed'}}]);
    expect(run.streams('a').stdout).toBe('begun\n');
  });

  test('is overtaken on a machine that does not answer, and still has its turn when it does', async () => {
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow = {
      machine: machineInfo('slow'),
      async hold(signal: AbortSignal) {
        await answered;
        return fleet.hold(sampleTarget('slow'), signal);
      },
    };
    const quick = names(3).map((name) => ({
      machine: machineInfo(name),
      hold: (signal: AbortSignal) => fleet.hold(sampleTarget(name), signal),
    }));
    // Both places are taken by machines that do not answer.
    const asked = Promise.resolve([slow, {...slow, machine: machineInfo('slower')}, ...quick]);
    const run = start('true', {asked, parallel: 2} as Wanted);
    await expect
      .poll(() => statuses(run.state.get()), {timeout: 20_000})
      .toBe('slow connecting, slower connecting, node-0 done, node-1 done, node-2 done');
    answer();
    expect(statuses(await run.ended)).toBe('slow done, slower done, node-0 done, node-1 done, node-2 done');
  });

  test('begins nothing more after the first that fails, where that is asked for', async () => {
    const script = 'test $MACHINE != node-1';
    const state = await start(script, {machines: names(4), parallel: 1, failFast: true}).ended;
    expect(statuses(state)).toBe('node-0 done, node-1 failed, node-2 skipped, node-3 skipped');
  });

  test('is stopped on the machines too; what had not begun is skipped', async () => {
    const run = start('echo $$; sleep 1000', {machines: names(3), parallel: 2});
    await expect.poll(() => lines(run, 'node-0').length + lines(run, 'node-1').length).toBe(2);
    // Two of the three had begun, whatever was told of that so far.
    expect(run.cancel()).toBe(2);
    expect(statuses(await run.ended)).toBe('node-0 stopped, node-1 stopped, node-2 skipped');
    expect(fake.running()).toBe(0);
  });

  test('is stopped by the signal it was given, before and while it runs', async () => {
    const controller = new AbortController();
    const run = start('sleep 1000', {machines: ['a'], signal: controller.signal});
    await expect.poll(() => fake.running()).toBe(1);
    controller.abort();
    expect(statuses(await run.ended)).toBe('a stopped');
    expect(statuses(await start('true', {signal: controller.signal}).ended)).toBe('a skipped, b skipped, c skipped');
  });

  test('that cannot be begun at all says why', async () => {
    const problem = {code: 'unknown-name' as const, message: 'There is no machine x.'};
    const run = start('true', {asked: Promise.reject(new ProblemError(problem))} as Wanted);
    expect(await run.ended).toEqual({machines: [], running: false, problem});
  });
});

describe('what machines print', () => {
  test('is told as it comes, its lines whole, with colours and without other control sequences', async () => {
    const run = start(`printf 'one\\033[2J\\033[31m red\\033[0m\\n'; printf 'pro' >&2; printf 'gress'; sleep 1000`, {
      machines: ['a'],
    });
    const output = run.output('a');
    let told = 0;
    output.subscribe(() => told++);
    const printed = ['gress', 'one\u001b[31m red\u001b[0m', 'pro'];
    await expect.poll(() => [...lines(run, 'a')].sort()).toEqual(printed);
    await expect.poll(() => told).toBeGreaterThan(0);
    expect(output.get().ended).toBe(false);
    run.cancel();
    await run.ended;
    expect(output.get().ended).toBe(true);
  });

  test('is the same view until more comes', async () => {
    const run = start('echo a', {machines: ['a']});
    await run.ended;
    const output = run.output('a');
    expect(output.get()).toBe(output.get());
  });

  test('is kept at its beginning and its end when it is much, in memory that does not grow', async () => {
    const script = 'echo first; echo gone wrong >&2; yes "$MACHINE 0123456789" | head -c 5000000; echo; echo last';
    const run = start(script, {machines: names(40), parallel: 8});
    const before = keptMemory();
    await run.ended;
    const view = run.output('node-7').get();
    expect(view.lines(0, 1)[0]?.text).toMatch(/first|gone wrong/);
    expect(view.lines(view.lineCount - 1, view.lineCount)[0]?.text).toBe('last');
    expect(view.leftOutBytes).toBeGreaterThan(3_000_000);
    expect(view.lines(0, view.lineCount).map(({text}) => text)).toContainEqual(
      expect.stringMatching(/bytes left out here/),
    );
    const {stdout, stderr, leftOutBytes} = run.streams('node-7');
    expect(stdout.startsWith('first\n')).toBe(true);
    expect(stdout.endsWith('last\n')).toBe(true);
    expect(leftOutBytes).toBeGreaterThan(3_000_000);
    expect(stderr).toBe('gone wrong\n');
    // 200 MB were printed, of which all machines together may keep 96 MiB.
    expect(keptMemory() - before).toBeLessThan(110_000_000);
  }, 120_000);

  test('is heard line by line, each once, also what is not kept', async () => {
    const run = start(`yes 0123456789 | head -n 300000; printf '\\033[31mred\\nstill' >&2; printf end`, {
      machines: ['a'],
    });
    const heard = {stdout: 0, stderr: [] as string[]};
    const stop = run.onLine((machine, text, stream) => {
      if (machine !== 'a') heard.stderr.push(`of ${machine}`);
      else if (stream === 'stdout') heard.stdout++;
      else heard.stderr.push(text);
    });
    await run.ended;
    expect(heard).toEqual({
      stdout: 300_001,
      stderr: ['\u001b[31mred\u001b[0m', '\u001b[31mstill\u001b[0m'],
    });
    stop();
  });

  test('is searched without its colours, the end of it too', async () => {
    const run = start(`for i in 1 2 3; do printf '\\033[1mneedle\\033[0m %s\\nhay\\n' $i; done`, {machines: ['a']});
    await run.ended;
    expect(run.output('a').get().search('needle')).toEqual([0, 2, 4]);
    expect(
      run
        .output('a')
        .get()
        .search(/needle [23]/),
    ).toEqual([2, 4]);
  });

  test('is folded where it is the same', async () => {
    const run = start('echo "kernel of $MACHINE"; test $MACHINE != b || echo broken');
    await run.ended;
    expect(run.groups()).toMatchObject([
      {machines: [{name: 'a'}, {name: 'c'}]},
      {machines: [{name: 'b'}], difference: expect.arrayContaining([{kind: 'added', text: 'broken'}])},
    ]);
    expect(run.groups()).toBe(run.groups());
  });

  test('is saved to a file that is not there yet', async () => {
    const run = start(`printf '\\033[31mred\\033[0m\\n'`, {machines: ['a']});
    await run.ended;
    const file = join(folder, 'saved');
    expect(await run.save('a', file)).toBe(file);
    expect(await readFile(file, 'utf8')).toBe('red\n');
    await expect(run.save('a', file)).rejects.toMatchObject({problem: {code: 'file-unwritable'}});
  });
});

describe('whole outputs in a folder', () => {
  test('have every byte of each stream, for this account alone', async () => {
    const outputDir = join(folder, 'new', 'outputs');
    const run = start('yes 0123456789 | head -c 30000000; echo oops >&2', {machines: ['a', 'b/../c'], outputDir});
    const state = await run.ended;
    expect(statuses(state)).toBe('a done, b/../c done');
    expect((await stat(join(outputDir, 'a.out'))).size).toBe(30_000_000);
    expect(await readFile(join(outputDir, 'a.err'), 'utf8')).toBe('oops\n');
    expect(((await stat(join(outputDir, 'a.out'))).mode & 0o777).toString(8)).toBe('600');
    expect(await readdir(outputDir)).toHaveLength(4);
    expect(run.output('a').get().files).toEqual([join(outputDir, 'a.out'), join(outputDir, 'a.err')]);
  });

  test('is not run where no folder can be made for it', async () => {
    const {problem} = await start(`touch ${folder}/run`, {outputDir: '/proc/no/such/folder'}).ended;
    expect(problem?.code).toBe('file-unwritable');
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('are never written over: nothing is run where one is there', async () => {
    await writeFile(join(folder, 'b.err'), 'of yesterday');
    const {problem, machines} = await start(`touch ${folder}/run`, {outputDir: folder}).ended;
    expect(machines).toEqual([]);
    expect(problem).toMatchObject({code: 'file-unwritable', file: join(folder, 'b.err')});
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test.skipIf(process.getuid?.() !== 0)('that the disk has no room for make a failure of what was done', async () => {
    const outputDir = join(folder, 'small');
    await mkdir(outputDir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', outputDir]);
    try {
      const run = start('yes 0123456789 | head -c 200000; echo end', {machines: ['a'], outputDir});
      const state = await run.ended;
      expect(state.machines).toMatchObject([{status: 'failed', end: {exit: 0}, problem: {code: 'file-unwritable'}}]);
      expect(run.streams('a').stdout.endsWith('end\n')).toBe(true);
    } finally {
      execFileSync('umount', [outputDir]);
    }
  });

  test('in a folder that cannot be made are refused before anything is run', async () => {
    const {problem} = await start(`touch ${folder}/run`, {outputDir: '/dev/full/x'}).ended;
    expect(problem).toMatchObject({code: 'file-unwritable'});
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });
});

test.each([
  ['machine-lost', 'unreachable'],
  ['sudo-refused', 'failed'],
] as const)('a command that never began because of %s is %s', async (code, status) => {
  const remote = {
    target: sampleTarget('a'),
    async run() {
      throw new ProblemError({code, message: 'It did not begin.'});
    },
  } as unknown as Remote;
  const asked = [{machine: machineInfo('a'), hold: async () => ({remote, release() {}})}];
  const {machines} = await start('true', {asked: Promise.resolve(asked)} as Wanted).ended;
  expect(machines).toMatchObject([{status, problem: {code}}]);
  expect(machines[0]).not.toHaveProperty('startedAt');
});

test('a thousand machines that answer at once make few changes of the state', async () => {
  const target = sampleTarget('any');
  const remote = {
    target,
    async run(_: unknown, watch: RemoteWatch) {
      watch.begun?.(1);
      await new Promise((resolve) => setImmediate(resolve));
      watch.stdout?.(Buffer.from('done\n'));
      return {exit: 0};
    },
  } as unknown as Remote;
  const asked = names(1000).map((name) => ({machine: machineInfo(name), hold: async () => ({remote, release() {}})}));
  const run = start('true', {asked: Promise.resolve(asked), parallel: 16} as Wanted);
  let changes = 0;
  run.state.subscribe(() => changes++);
  const began = Date.now();
  const state = await run.ended;
  expect(state.machines.filter(({status}) => status === 'done')).toHaveLength(1000);
  expect(run.groups()).toMatchObject([{text: 'done'}]);
  // Each machine changes at least four times by itself; what is told is bounded by the time it takes.
  expect(changes).toBeLessThanOrEqual((Date.now() - began) / 100 + 2);
});

test('a command says that it is being stopped, and does not call stopped what could not be told to end', async () => {
  const run = start('sleep 1000', {machines: ['a', 'b']});
  await expect.poll(() => fake.running()).toBe(2);
  fake.cut('a');
  run.cancel();
  expect(run.state.get().stopping).toBe(true);
  const state = await run.ended;
  expect(statuses(state)).toBe('a failed, b stopped');
  expect(state.machines[0]?.problem?.code).toBe('machine-lost');
  expect(state.stopping).toBeUndefined();
});

/** Bytes that are in use once the garbage is gone: how much of that stands around says nothing. */
function keptMemory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const {heapUsed, arrayBuffers} = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
