import {spawn} from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {type RealEngine, startRealEngine, whyNoRealEngine} from '../test/helpers/real-engine.ts';
import {atMost, type Figure, seconds} from './measure.ts';
import {mainFile} from './program.ts';

const gib = 1024 ** 3;

/** Kept free on the disk besides what the engine puts there. */
const reserve = 2 * gib;

/** Bytes. Pieces that were sent are collected only now and then, and how many there are by then differs. */
const mostGrowth = 96 * 2 ** 20;

/**
 * Builds with a context of `gigabytes`, by both builders through the whole program, against one of a tenth of that:
 * what the largest memory of the runner and of the command grows by. The files are holes, so that only the engine
 * needs the space.
 */
export async function measureContext(gigabytes: number): Promise<readonly Figure[]> {
  const obstacle = whyNoRealEngine();
  if (obstacle) return [{what: 'a large context', value: `not measured: ${obstacle}`}];
  const engine = await startRealEngine();
  try {
    const {bavail, bsize} = statfsSync(dirname(engine.socket));
    const needed = gigabytes * gib + reserve;
    if (bavail * bsize < needed)
      return [
        {what: 'a large context', value: `not measured: ${inGib(needed)} must be free, ${inGib(bavail * bsize)} are`},
      ];
    await engine.importBusybox('busybox:latest');
    return [
      ...(await measureBuilder('classic', gigabytes, engine)),
      ...(await measureBuilder('buildkit', gigabytes, engine)),
    ];
  } finally {
    await engine.stop();
  }
}

async function measureBuilder(
  builder: 'classic' | 'buildkit',
  gigabytes: number,
  engine: RealEngine,
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(dirname(engine.socket), 'context-'));
  try {
    const small = await build(plantTree(join(folder, 'small'), gigabytes / 10), builder, engine);
    const large = await build(plantTree(join(folder, 'large'), gigabytes), builder, engine);
    const of = `${gigabytes} GiB, ${builder}`;
    return [
      {what: `${of}: the run takes`, value: seconds(large.ms)},
      {what: `${of}: most memory of the runner`, value: megabytes(large.runner)},
      atMost(`${of}: … more than with a tenth of it`, large.runner - small.runner, mostGrowth, megabytes),
      atMost(`${of}: the command, more than with a tenth of it`, large.command - small.command, mostGrowth, megabytes),
    ];
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** A tree of one component; half of its context is one file, half are files of 1 MiB. */
function plantTree(folder: string, gigabytes: number): string {
  const component = join(folder, 'src/large');
  for (const below of ['build', 'src/large/build', 'src/large/data']) mkdirSync(join(folder, below), {recursive: true});
  for (const file of ['paictl.py', 'build/pai_build.py', 'src/large/small']) writeFileSync(join(folder, file), '');
  writeFileSync(join(component, 'build/large.dockerfile'), 'FROM busybox:latest\nCOPY small /\n');
  const hole = (name: string, bytes: number) => {
    writeFileSync(join(component, 'data', name), '');
    truncateSync(join(component, 'data', name), bytes);
  };
  hole('one', Math.round((gigabytes * gib) / 2));
  for (let index = 0; index < gigabytes * 512; index++) hole(`many-${index}`, 2 ** 20);
  return folder;
}

interface Peaks {
  readonly ms: number;
  /** Bytes. */
  readonly runner: number;
  readonly command: number;
}

/** The largest resident memory of both processes while the image is built. */
async function build(tree: string, builder: string, engine: RealEngine): Promise<Peaks> {
  const state = join(tree, '../state');
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [mainFile, 'image', 'build', '-s', tree, '--state', state, '--yes', '--builder', builder],
    {env: {...process.env, DOCKER_HOST: `unix://${engine.socket}`}, stdio: ['ignore', 'pipe', 'pipe']},
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const peaks = {runner: 0, command: 0};
  const watch = setInterval(() => {
    peaks.command = Math.max(peaks.command, peakOf(child.pid));
    peaks.runner = Math.max(peaks.runner, ...runnersOf(state).map(peakOf));
  }, 20);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  rmSync(state, {recursive: true, force: true});
  if (code !== 0 || peaks.runner === 0) throw new Error(`The build ended with ${code}:\n${said.slice(-2000)}`);
  return {...peaks, ms: performance.now() - began};
}

function runnersOf(state: string): number[] {
  try {
    return readdirSync(state, {recursive: true, encoding: 'utf8'})
      .filter((path) => path.endsWith('/runner.json'))
      .map((path) => (JSON.parse(readFileSync(join(state, path), 'utf8')) as {pid: number}).pid);
  } catch {
    return [];
  }
}

/** 0 for a process that is gone. */
function peakOf(pid: number | undefined): number {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const inGib = (bytes: number) => `${(bytes / gib).toFixed(1)} GiB`;
