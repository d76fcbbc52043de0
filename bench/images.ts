import {execFile} from 'node:child_process';
import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {RunEvent} from '../src/engine/run/events.ts';
import {startRealEngine, whyNoRealEngine} from '../test/helpers/real-engine.ts';
import {atMost, type Figure, median, seconds, times} from './measure.ts';
import {mainFile, root} from './program.ts';

const stepSeconds = 2;
const rounds = 3;

/**
 * Builds the 12-component sample tree on a real engine, each step sleeping two seconds: all at once against its
 * critical path and against one after another; then again with nothing to do.
 */
export async function measureImages(): Promise<readonly Figure[]> {
  const obstacle = whyNoRealEngine();
  if (obstacle) return [{what: 'building the sample tree', value: `not measured: ${obstacle}`}];
  const engine = await startRealEngine();
  const folder = mkdtempSync(join(tmpdir(), 'pai-bench-'));
  try {
    await engine.importBusybox('busybox:latest');
    const tree = slowTree(folder);
    const build = async (name: string, ...flags: string[]) => {
      const began = performance.now();
      const events = await command(
        ['image', 'build', '-s', tree, '--state', join(folder, name), '--yes', '--json', ...flags],
        {
          DOCKER_HOST: `unix://${engine.socket}`,
        },
      );
      return {events, commandMs: performance.now() - began};
    };
    const single = await build('single', '--parallel', '1', '--no-cache');
    // Each with a state of its own, in which nothing was built yet.
    const parallel: number[] = [];
    for (let round = 0; round < rounds; round++)
      parallel.push(duration((await build(`parallel-${round}`, '--parallel', '12', '--no-cache')).events));
    const again = await build(`parallel-${rounds - 1}`, '--parallel', '12');
    const path = criticalPath(single.events);
    const all = median(parallel);
    const engineMs = again.events.length > 0 ? duration(again.events) : 0;
    return [
      {what: 'one component after another', value: seconds(duration(single.events))},
      {what: 'critical path (longest chain of the same tasks)', value: seconds(path)},
      {what: `all components as their edges allow (median of ${rounds})`, value: seconds(all)},
      atMost('parallel build ÷ critical path', all / path, 1.15, times),
      {what: 'one after another ÷ parallel build', value: times(duration(single.events) / all)},
      {what: 'second build, tasks that changed something', value: String(changed(again.events))},
      atMost('second build, in the engine', engineMs, 400, seconds),
      atMost('second build, as a command', again.commandMs, 1000, seconds),
    ];
  } finally {
    await engine.stop();
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The sample tree with two seconds of sleep in each image. */
function slowTree(folder: string): string {
  const tree = join(folder, 'tree');
  cpSync(join(root, 'fixtures/sample'), tree, {recursive: true});
  for (const path of readdirSync(tree, {recursive: true, encoding: 'utf8'})) {
    if (!path.endsWith('.dockerfile')) continue;
    const text = readFileSync(join(tree, path), 'utf8');
    const slow = text.replaceAll('ARG BUILD_SECONDS=0', `ARG BUILD_SECONDS=${stepSeconds}`);
    if (slow === text) throw new Error(`${path} has no ARG BUILD_SECONDS=0`);
    writeFileSync(join(tree, path), slow);
  }
  return tree;
}

async function command(words: readonly string[], environment: Record<string, string>): Promise<readonly RunEvent[]> {
  const stdout = await new Promise<string>((resolve, reject) =>
    execFile(
      process.execPath,
      [mainFile, ...words],
      {env: {...process.env, ...environment}, maxBuffer: 2 ** 26, timeout: 600_000},
      (error, out, err) => (error ? reject(new Error(`${error.message}\n${err}\n${out.slice(-2000)}`)) : resolve(out)),
    ),
  );
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent);
}

function duration(events: readonly RunEvent[]): number {
  const first = events.find(({type}) => type === 'run-started');
  const last = events.findLast(({type}) => type === 'run-ended');
  if (!first || !last) throw new Error('the run did not end');
  return last.up - first.up;
}

function changed(events: readonly RunEvent[]): number {
  return events.filter((event) => event.type === 'task-done' && event.changed).length;
}

/** The longest chain of tasks by their own times in a run in which they did not disturb each other. */
function criticalPath(events: readonly RunEvent[]): number {
  const started = events.find((event) => event.type === 'run-started');
  if (started?.type !== 'run-started') throw new Error('the run did not start');
  const begun = new Map<string, number>();
  const took = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'task-started') begun.set(event.task, event.up);
    if (event.type === 'task-done') took.set(event.task, event.up - (begun.get(event.task) ?? event.up));
  }
  const ends = new Map<string, number>();
  const end = (id: string): number => {
    const known = ends.get(id);
    if (known !== undefined) return known;
    const needs = started.tasks.find((task) => task.id === id)?.needs ?? [];
    const value = Math.max(0, ...needs.map(end)) + (took.get(id) ?? 0);
    ends.set(id, value);
    return value;
  };
  return Math.max(...started.tasks.map(({id}) => end(id)));
}
