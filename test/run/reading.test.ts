import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import {type RunFolder, runFolder, writeJson, writeRunner} from '../../src/engine/run/folder.ts';
import {openJournal} from '../../src/engine/run/journal.ts';
import {thisProcess} from '../../src/engine/run/process.ts';
import {pruneRuns} from '../../src/engine/run/prune.ts';
import {openRun} from '../../src/engine/run/run-reader.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {watchFolders} from '../../src/engine/run/watch.ts';
import {makePlace, type Place, sixPlan} from './a-run.ts';
import {createFakeClock, type FakeClock, settled} from './fake-clock.ts';

const read = vi.hoisted(() => ({files: [] as string[], bytes: 0}));

/** The real files, with a note of what was opened or read whole, and of how many bytes were read by position. */
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const noting =
    <Args extends [unknown, ...unknown[]], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      read.files.push(String(args[0]));
      return call(...args);
    };
  return {
    ...real,
    openSync: noting(real.openSync),
    readFileSync: noting(real.readFileSync as (...args: [unknown, ...unknown[]]) => unknown),
    readSync(...args: Parameters<typeof real.readSync>) {
      const bytes = real.readSync(...args);
      read.bytes += bytes;
      return bytes;
    },
  };
});

let place: Place;
let clock: FakeClock;
beforeEach(() => {
  place = makePlace();
  clock = createFakeClock();
});
afterEach(() => place.remove());

const runs = () => createRuns({stateHome: place.home, command: [], environment: {}, clock});
const nameOf = (number: number) => `20260101-${String(number).padStart(6, '0')}-x`;

/** A run as a runner leaves it: ended, or at work as long as this process lives. */
function leave(number: number, how: 'done' | 'running'): RunFolder {
  const run = runFolder(join(place.home, 'cluster', 'runs', nameOf(number)));
  mkdirSync(run.folder, {recursive: true});
  const {request, plan} = sixPlan(place);
  const tasks = plan.tasks.map(outlineOf);
  const about = {run: run.run, planHash: 'x', operation: plan.operation, title: plan.title};
  writeJson(run.request, {...about, request, who: 'ann@box', programVersion: '1', at: 1_000_000});
  writeJson(run.plan, {...about, tasks, notices: []});
  writeRunner(run, {...thisProcess(), programVersion: '1', ready: true});
  const journal = openJournal(run.journal);
  journal.append({...about, at: 1, up: 1, type: 'run-started', runner: 1, bootId: 'x', tasks});
  if (how === 'done') journal.append({at: 2, up: 2, type: 'run-ended', outcome: 'done'});
  journal.close();
  return run;
}

/** Files read, by name in the run's folder, and bytes, while something happens. */
async function readsOf(happens: () => unknown) {
  read.files.length = 0;
  read.bytes = 0;
  await happens();
  const names = read.files.map((file) => file.replace(`${place.home}/cluster/runs/`, ''));
  return {names: names.filter((name) => name !== place.home), bytes: read.bytes};
}

describe('of 200 runs', () => {
  beforeEach(() => {
    for (let number = 0; number < 199; number++) leave(number, 'done');
    leave(199, 'running');
  });

  test('those that ended are read once; each later look reads only the one that runs', async () => {
    const list = runs().watchList();
    const look = await readsOf(() => clock.pass(1000));
    const own = look.names.filter((name) => name.startsWith('2026'));
    expect(own.sort()).toEqual([`${nameOf(199)}/journal.jsonl`, `${nameOf(199)}/runner.json`]);
    // Besides these, what /proc says of its runner.
    expect(look.names.filter((name) => !name.startsWith('2026')).every((name) => name.startsWith('/proc/'))).toBe(true);
    expect(look.names.length).toBeLessThanOrEqual(6);
    expect(look.bytes).toBe(0);
    list.close();
  });

  test('whoever follows one reads of its journal only what is new', async () => {
    const store = runs().follow('last');
    const journal = openJournal(runFolder(join(place.home, 'cluster', 'runs', nameOf(199))).journal);
    const line = {at: 1, up: 1, type: 'task-started', task: 'write/a', attempt: 1} as const;
    const look = await readsOf(async () => {
      journal.append(line);
      await clock.pass(1000);
    });
    expect(store.get().state.tasks[0]?.status).toBe('running');
    expect(look.bytes).toBe(JSON.stringify(line).length + 1);
    expect(new Set(look.names.filter((name) => name.startsWith('2026')))).toEqual(
      new Set([`${nameOf(199)}/journal.jsonl`, `${nameOf(199)}/runner.json`]),
    );
    journal.close();
    store.close();
  });

  test('none has its journal read when none is to be pruned', async () => {
    const {names} = await readsOf(() => pruneRuns({stateHome: place.home, clock}));
    expect(names.every((name) => name.endsWith('/request.json'))).toBe(true);
    expect(names).toHaveLength(200);
  });
});

test('a list that is closed by whoever it tells of a new cluster leaves nobody asleep', async () => {
  leave(0, 'done');
  const store = runs().watchList();
  const lengths: number[] = [];
  store.subscribe(() => {
    lengths.push(store.get().length);
    store.close();
  });
  mkdirSync(join(place.home, 'another', 'runs'), {recursive: true});
  leave(1, 'done');
  await clock.pass(1000);
  expect(lengths).toEqual([2]);
  expect(clock.sleepers).toBe(0);
});

test('a runner that ends between two looks at its run has not been interrupted', () => {
  const run = leave(0, 'running');
  const ended = () => {
    const journal = openJournal(run.journal);
    journal.append({at: 2, up: 2, type: 'run-ended', outcome: 'done'});
    journal.close();
    writeRunner(run, {...thisProcess(), pid: 2 ** 22 + 1, programVersion: '1', ready: true});
  };
  let looks = 0;
  // The time is asked for after the journal was read and before the runner is looked for.
  const reader = openRun(run, {
    ...clock,
    now: () => {
      if (++looks === 2) ended();
      return clock.now();
    },
  });
  expect(reader.status).toBe('running');
  reader.refresh();
  expect(looks).toBeGreaterThan(2);
  expect(reader.status).toBe('done');
});

test('a look that the system refuses is followed by the next one', async () => {
  let looks = 0;
  const watch = watchFolders([], clock, 1000, () => {
    looks++;
    readdirSync('/nowhere/at/all');
  });
  await clock.pass(3000);
  expect(looks).toBe(3);
  watch.close();
});

test('closing a list or a view leaves nobody asleep or watching', async () => {
  const run = leave(0, 'running');
  const all = runs();
  const stores = [all.watchList(), all.follow('last'), all.output('last', 'write/a')];
  await settled();
  expect(clock.sleepers).toBeGreaterThanOrEqual(stores.length);
  for (const store of stores) store.close();
  await settled();
  expect(clock.sleepers).toBe(0);
  const {names} = await readsOf(async () => {
    const journal = openJournal(run.journal);
    journal.append({at: 2, up: 2, type: 'run-ended', outcome: 'done'});
    journal.close();
    await clock.pass(5000);
  });
  expect(names).toEqual([expect.stringMatching(/journal\.jsonl$/)]);
});
