import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, statfsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {problemOf} from '../../src/engine/problem.ts';
import {fateOf} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {eventsOf, makePlace, type Place, runnerGone, runsOf, start, stateOf, until} from './a-run.ts';

const canMount = process.getuid?.() === 0;

describe.skipIf(!canMount)('a full disk', () => {
  let place: Place;
  let small: Place;
  let mountPoint: string;
  beforeEach(() => {
    place = makePlace();
    mountPoint = join(place.home, 'small');
    mkdirSync(mountPoint);
    small = {...place, stateFolder: join(mountPoint, 'cluster'), home: mountPoint};
  });
  afterEach(async () => {
    // A process that just ended may hold it for a moment longer.
    await until(() => spawnSync('umount', [mountPoint]).status === 0);
    place.remove();
  });
  const mount = (options: string) => execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', mountPoint]);
  const remount = (options: string) => execFileSync('mount', ['-o', `remount,${options}`, mountPoint]);
  const runnerIsDead = (run: Parameters<typeof readRunner>[0]) => {
    const record = readRunner(run);
    return record !== undefined && fateOf(record) === 'dead';
  };

  test('ends in a run that can be resumed once there is room', async () => {
    mount('size=2m');
    const run = await start(small, {flood: 8});
    await until(() => readRunner(run)?.left);
    await until(() => runnerIsDead(run));
    expect(eventsOf(run).some(({type}) => type === 'run-ended')).toBe(false);
    const view = await runsOf(small).show('last');
    expect(view.summary.status).toBe('interrupted');
    expect(view.explanation).toContain('The disk that holds the run is full. Make room');
    remount('size=64m');
    await runsOf(small).resume('last');
    await until(() => stateOf(run).endedAt);
    expect(stateOf(run).status).toBe('done');
    await runnerGone(run);
  });

  test('whichever file found no room, is told, and the run can be resumed', async () => {
    mount('size=16m,nr_inodes=100');
    let done = false;
    for (let more = 1; !done; more++) {
      expect(more, 'files that a run makes').toBeLessThan(60);
      const {files, ffree} = statfsSync(mountPoint);
      remount(`nr_inodes=${files - ffree + more}`);
      const said = await start(small).then(
        (run) => run,
        (error: unknown) => problemOf(error),
      );
      if ('code' in said) {
        expect(said, `room for ${more} files`).toMatchObject({code: 'disk-full'});
        remount('nr_inodes=500');
        continue;
      }
      await runnerGone(said);
      const {summary, explanation, state} = await runsOf(small).show(said.run);
      if (summary.status === 'interrupted') {
        expect(explanation, `room for ${more} files`).toMatch(
          /The disk that holds the run is full|disk .* is full: make/,
        );
        remount('nr_inodes=500');
        await runsOf(small).resume(said.run);
        await until(() => stateOf(said).endedAt);
        await runnerGone(said);
      } else if (summary.status === 'failed') {
        // A task found no room for what it was to write: that is its failure, and the run's end.
        expect(state.problem?.code, `room for ${more} files`).toBe('run-failed');
        remount('nr_inodes=500');
        continue;
      } else done = true;
      remount('nr_inodes=500');
      expect(state.problem, `room for ${more} files`).toBeUndefined();
      expect(stateOf(said).status, `room for ${more} files`).toBe('done');
    }
  }, 120_000);

  test('keeps nobody from asking a run to stop', async () => {
    mount('size=2m');
    const run = await start(small, {hold: ['a', 'e']});
    await until(() => stateOf(run).tasks.filter(({status}) => status === 'running').length === 2);
    spawnSync('dd', ['if=/dev/zero', `of=${join(mountPoint, 'filler')}`, 'bs=4096']);
    const {files, ffree} = statfsSync(mountPoint);
    remount(`nr_inodes=${files - ffree}`);
    await runsOf(small).cancel('last');
    await until(() => runnerIsDead(run));
    remount('size=64m,nr_inodes=500');
    writeFileSync(join(place.target, 'go-a'), '');
    writeFileSync(join(place.target, 'go-e'), '');
    expect(['stopped', 'interrupted']).toContain((await runsOf(small).show('last')).summary.status);
  });
});
