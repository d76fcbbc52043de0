import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {RunSummary, Runs} from '../../src/engine/api.ts';
import {runsOnDemand} from '../../src/engine/run/runs-on-demand.ts';
import {createStore} from '../../src/engine/store.ts';
import {makePlace, type Place} from './a-run.ts';
import {createFakeClock, settled} from './fake-clock.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

/** Runs as their readers tell them: one, which is followed and listed. */
function demand() {
  const clock = createFakeClock();
  const listed = createStore<readonly RunSummary[]>([{id: 'a'} as RunSummary]);
  let loads = 0;
  let open = 0;
  const live = <T>(store: {get(): T; subscribe(listener: () => void): () => void}) => {
    open += 1;
    return {
      get: store.get,
      subscribe: store.subscribe,
      close() {
        open -= 1;
      },
    };
  };
  const readers = {
    list: async () => listed.get(),
    watchList: () => live(listed),
    follow: (id: string) => live(createStore({id})),
  } as unknown as Runs;
  const load = async () => {
    loads += 1;
    return readers;
  };
  return {...runsOnDemand({stateHome: place.home, clock, load}), clock, listed, loads: () => loads, open: () => open};
}

function leaveRun(): void {
  const folder = join(place.home, 'cluster', 'runs', '20260101-000001-x');
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'request.json'), '{}');
}

describe('what reads runs', () => {
  test('is not loaded where there are none, and once where there is one', async () => {
    const {runs, clock, loads, open} = demand();
    const list = runs.watchList();
    await clock.pass(5_000);
    expect(loads()).toBe(0);
    expect(list.get()).toEqual([]);
    leaveRun();
    await clock.pass(5_000);
    expect(loads()).toBe(1);
    expect(list.get()).toEqual([{id: 'a'}]);
    list.close();
    expect(open()).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  test('tells a list that waits for it, and what changes there later', async () => {
    const {runs, listed, loaded} = demand();
    const list = runs.watchList();
    let told = 0;
    list.subscribe(() => {
      told += 1;
    });
    await loaded();
    expect(told).toBe(1);
    listed.set([]);
    expect(told).toBe(2);
    expect(list.get()).toEqual([]);
    list.close();
  });

  test('is loaded by whatever names a run, which is followed from then on', async () => {
    const {runs, loads} = demand();
    expect(() => runs.follow('a')).toThrow('before runs were listed');
    await runs.list();
    runs.follow('a').close();
    runs.watchList().close();
    expect(loads()).toBe(1);
  });

  test('is not loaded for a list that is to wait, before that is over', async () => {
    leaveRun();
    const {runs, loads, clock} = demand();
    const {promise: shown, resolve} = Promise.withResolvers<void>();
    const list = runs.watchList(shown);
    const closed = runs.watchList(shown);
    closed.close();
    await clock.pass(5_000);
    expect([loads(), list.get()]).toEqual([0, []]);
    resolve();
    await settled();
    expect(loads()).toBe(1);
    expect(list.get()).toEqual([{id: 'a'}]);
    expect(closed.get()).toEqual([]);
    list.close();
    expect(clock.sleepers).toBe(0);
  });

  test('does not open a list that was closed meanwhile', async () => {
    leaveRun();
    const {runs, loaded, open, clock} = demand();
    runs.watchList().close();
    await loaded();
    await settled();
    expect(open()).toBe(0);
    expect(clock.sleepers).toBe(0);
  });

  test('is no way around a folder that may not be read', () => {
    rmSync(place.home, {recursive: true});
    writeFileSync(place.home, '');
    expect(() => demand().runs.watchList()).toThrow(/./);
  });
});
