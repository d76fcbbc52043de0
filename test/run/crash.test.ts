import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {RunFolder} from '../../src/engine/run/folder.ts';
import {holderOf, lockPlace} from '../../src/engine/run/lock.ts';
import {eventsOf, makePlace, type Place, runnerGone, runsOf, start, stateOf, until, written} from './a-run.ts';

let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(() => place.remove());

/** What must be the same however often the runner was killed. */
function ending(run: RunFolder) {
  const state = stateOf(run);
  return {
    status: state.status,
    tasks: state.tasks.map(({id, status, changed, result, note}) => ({id, status, changed, result, note})),
    files: written(place),
    outputs: readdirSync(run.output).sort(),
    treeIsGone: !existsSync(run.tree),
    report: existsSync(run.report),
    lock: imagesLock(run),
    runnerLock: holderOf(run.folder, 'runner'),
  };
}

function imagesLock(run: RunFolder) {
  const {folder, name} = lockPlace({scope: 'images', of: place.target}, run);
  return holderOf(folder, name);
}

async function undisturbed() {
  const run = await start(place);
  await runnerGone(run);
  return {end: ending(run), records: eventsOf(run).length};
}

describe('a runner that is killed', () => {
  test('an undisturbed run does all six tasks in order, and leaves no tree and no lock', async () => {
    const {end} = await undisturbed();
    expect(end).toMatchObject({status: 'done', treeIsGone: true, report: true});
    expect(end.lock).toBeUndefined();
    expect(Object.values(end.files).at(-1)).toBe('f(d(b(a()),c(a())),e()) facts 1');
  });

  test.each(['KILL_AFTER', 'KILL_WITHIN'])(
    '%s: whichever record it was, resume ends where an undisturbed run ends',
    async (how) => {
      const {end, records} = await undisturbed();
      // Two tasks at a time: how many progress records there are, and in which order, is the same every time.
      expect(records).toBeGreaterThanOrEqual(14);
      for (let record = 1; record <= records; record++) {
        place.remove();
        place = makePlace();
        const run = await start(place, {}, {[how]: String(record)});
        await runnerGone(run);
        const written = eventsOf(run).length;
        expect(written, `record ${record}`).toBe(how === 'KILL_AFTER' ? record : record - 1);
        const ended = eventsOf(run).some(({type}) => type === 'run-ended');
        const runs = runsOf(place);
        if (!ended) {
          const view = await runs.show('last');
          expect(view.summary.status).toBe('interrupted');
          expect(view.explanation).toMatch(
            /^The runner \(process \d+\) was killed\. (Resume would run \d tasks?|Every task is done;)/,
          );
          await runs.resume(run.run);
          await until(() => stateOf(run).endedAt);
          await until(() => holderOf(run.folder, 'runner') === undefined);
          const expected = JSON.parse(JSON.stringify(end).replaceAll('facts 1', 'facts 1'));
          expect(JSON.parse(JSON.stringify(ending(run))), `record ${record}`).toEqual(expected);
          expect(stateOf(run).runner, `record ${record}`).toBe(written === 0 ? 1 : 2);
        }
      }
    },
    180_000,
  );

  test('a task that was done is not run again by resume', async () => {
    // One at a time: started, begun, progress, done, and the next begun.
    const run = await start(place, {parallel: 1}, {KILL_AFTER: '5'});
    await runnerGone(run);
    expect(eventsOf(run).filter(({type}) => type === 'task-done')).toHaveLength(1);
    await runsOf(place).resume('last');
    await until(() => stateOf(run).endedAt);
    const begun = eventsOf(run).flatMap((event) => (event.type === 'task-started' ? [event.task] : []));
    expect(begun.filter((task) => task === 'write/a')).toHaveLength(1);
  });

  test('the lock of a killed runner is taken over by resume, and the run says so', async () => {
    const run = await start(place, {}, {KILL_AFTER: '3'});
    await runnerGone(run);
    expect(imagesLock(run)?.run).toBe(run.run);
    await runsOf(place).resume('last');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).notices?.[0]?.message).toContain('which is gone; it was taken over');
    expect(readFileSync(run.report, 'utf8')).toContain('which is gone; it was taken over');
    await until(() => imagesLock(run) === undefined);
    expect(readdirSync(join(place.home, 'locks')).length).toBe(1);
  });
});
