import {type ChildProcess, spawn} from 'node:child_process';
import {chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import type {Problem} from '../../src/engine/problem.ts';
import type {RunFolder} from '../../src/engine/run/folder.ts';
import {fateOf} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {makeFolder} from '../../src/engine/sharing.ts';
import {hashCacheFile, makeStateFolder, sharingRecords} from '../../src/engine/state.ts';
import {makePlace, type Place, runnerGone, runsOf, start, stateOf, until} from './a-run.ts';

/** nobody and its group, which every system has. */
const other = 65534;
const isRoot = process.getuid?.() === 0;

let place: Place;
let run: RunFolder | undefined;
const children: ChildProcess[] = [];
beforeEach(() => {
  place = makePlace();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const record = run && readRunner(run);
  if (record && fateOf(record) === 'alive') process.kill(record.pid, 'SIGKILL');
  run = undefined;
  place.remove();
});

test.runIf(existsSync('/proc/self'))('a state folder that cannot be made is an error, not an endless try', () => {
  expect(() => makeFolder('/proc/none/below')).toThrow('ENOENT');
});

/** The state home of the place for a group that another account is in. */
function share(): void {
  chownSync(place.home, 0, other);
  chmodSync(place.home, 0o2770);
}

/** Lines that another account is told when it does something with the runs. */
function asOther(...args: readonly string[]): AsyncIterator<string> {
  const script = resolve(import.meta.dirname, 'other-account.ts');
  const child = spawn(process.execPath, [script, place.home, ...args], {
    uid: other,
    gid: other,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return createInterface(child.stdout)[Symbol.asyncIterator]();
}

async function said(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await asOther(...args).next()).value as string);
}

function modesBelow(folder: string): readonly string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .map((entry) => ({entry, mode: statSync(join(entry.parentPath, entry.name)).mode & 0o7777}))
    .filter(({entry}) => !join(entry.parentPath, entry.name).includes('/tree'))
    .map(({entry, mode}) => `${entry.isDirectory() ? 'folder' : 'file'} ${mode.toString(8)}`);
}

describe.skipIf(!isRoot)('another account of the computer', () => {
  test('lists, shows, follows and stops a run of a state folder that is shared', async () => {
    share();
    run = await start(place, {hold: ['a', 'e']});
    const {run: id} = run;
    const held = run;
    await until(() => stateOf(held).tasks.filter(({status}) => status === 'running').length === 2);
    expect(await said('list')).toEqual([[id, 'running']]);
    expect(await said('show')).toContainEqual(['write/a', 'running']);
    const following = asOther('follow');
    expect((await following.next()).value).toBe('following');
    expect(await said('resume')).toMatchObject({problem: {code: 'lock-held'}});
    expect(await said('cancel')).toBe(1);
    await runnerGone(run);
    expect(stateOf(run)).toMatchObject({status: 'stopped', cancel: {stage: 1, by: expect.stringContaining('@')}});
    expect(stateOf(run).cancel?.by).not.toMatch(/^root@/);
    expect(JSON.parse((await following.next()).value as string)).toEqual([
      'stopped',
      expect.stringMatching(/^a begins/),
    ]);
  });

  test('is refused by the locks of a shared state folder, and takes them over when their holder is gone', async () => {
    share();
    run = await start(place, {hold: ['a', 'e']});
    const held = run;
    await until(() => stateOf(held).tasks.some(({status}) => status === 'running'));
    const [name = ''] = readdirSync(join(place.home, 'locks')).map((file) => file.replace(/\.\d+$/, ''));
    expect(await said('lock', name)).toMatchObject({
      problem: {code: 'lock-held', message: expect.stringContaining(`run ${run.run} of `)},
    });
    process.kill(readRunner(run)?.pid ?? 0, 'SIGKILL');
    await runnerGone(run);
    expect(await said('lock', name)).toBe('another');
    expect(await said('resume')).toMatchObject({problem: {code: 'other-account'}});
  });

  test('is refused where runs and locks were made before the folder was shared, with how to share it', async () => {
    run = await start(place, {hold: ['a', 'e']});
    const held = run;
    // Not before its lock is made: one that is made later is shared.
    await until(() => stateOf(held).tasks.some(({status}) => status === 'running'));
    share();
    const refusal = {problem: {code: 'file-unwritable', hint: expect.stringContaining('chmod g+rwxs')}};
    expect(await said('start')).toMatchObject(refusal);
    expect(await said('lock', 'images')).toMatchObject(refusal);
    expect(await said('list')).toEqual([]);
  });

  test('replaces what another one keeps for later builds, and its owner clears that away', async () => {
    share();
    const images = join(place.home, 'cluster', 'images');
    const files = sharingRecords(createFiles({cacheFile: join(place.home, '.hashes')}), place.home);
    await files.makeFolder(images);
    mkdirSync(join(images, 'generated'), {mode: 0o755});
    writeFileSync(join(images, 'generated', 'file'), '');
    expect(((await said('remove')) as string[]).sort()).toEqual(['.generated.aside', 'generated']);
    expect(readdirSync(join(images, 'generated'))).toEqual([]);
    await files.removeTree(join(images, 'generated'));
    expect(readdirSync(images)).toEqual([]);
  });

  test('is refused everything of a state folder that is not shared, with how to share it', async () => {
    run = await start(place, {hold: ['a', 'e']});
    for (const what of ['list', 'show', 'follow', 'cancel', 'resume'])
      expect(await said(what), what).toMatchObject({
        problem: {code: 'file-unreadable', hint: expect.stringContaining('chmod g+rwxs')},
      });
    expect(stateOf(run).cancel).toBeUndefined();
  });

  test('that may not write into a folder of its own is told so, and nothing of sharing', async () => {
    chownSync(place.home, other, other);
    chmodSync(place.home, 0o500);
    const refused = (await said('start')) as {problem: Problem};
    expect(refused.problem).toMatchObject({
      code: 'file-unwritable',
      message: `Runs and locks cannot be kept in ${join(place.home, 'cluster', 'runs')}: permission denied.`,
      hint: `Choose another folder with --state DIR, or check who may write there (ls -ld ${place.home}).`,
    });
    chmodSync(place.home, 0);
    const hidden = (await said('list')) as {problem: Problem};
    expect(hidden.problem).toMatchObject({
      code: 'file-unreadable',
      message: `Runs cannot be looked for in ${place.home}: permission denied.`,
      hint: `Choose another folder with --state DIR, or check who may read it (ls -ld ${place.home}).`,
    });
  });
});

test.each(['', '/below'])('a file for a state folder is told as what it is%s', async (below) => {
  const file = join(place.home, 'file');
  writeFileSync(file, '');
  const runs = runsOf({...place, home: `${file}${below}`});
  await expect(runs.list()).rejects.toMatchObject({
    problem: {code: 'file-unreadable', message: expect.stringContaining(`: ${file} is no folder.`)},
  });
  await expect(makeStateFolder(`${file}${below}`)).rejects.toMatchObject({
    problem: {
      code: 'file-unwritable',
      message: `Runs and locks cannot be kept in ${file}${below}: ${file} is no folder.`,
      hint: 'Choose another folder with --state DIR.',
    },
  });
});

describe('what is made in a state folder', () => {
  test('is for its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      run = await start(place);
    } finally {
      process.umask(before);
    }
    await runnerGone(run);
    expect(new Set(modesBelow(join(place.home, 'cluster')))).toEqual(new Set(['folder 700', 'file 600']));
    expect(new Set(modesBelow(join(place.home, 'locks')))).toEqual(new Set(['file 600']));
  });

  test('is for the group too where the folder hands its group on, whatever the umask', async () => {
    chmodSync(place.home, 0o2770);
    const before = process.umask(0o077);
    try {
      run = await start(place);
    } finally {
      process.umask(before);
    }
    await runnerGone(run);
    for (const folder of ['cluster', 'locks'])
      expect(new Set(modesBelow(join(place.home, folder))), folder).toEqual(
        new Set(folder === 'locks' ? ['file 660'] : ['folder 2770', 'file 660']),
      );
    expect((await runsOf(place).list())[0]?.status).toBe('done');
  });

  test.each([0o770, 0o2750, 0o2707])('is not for the group of a folder with the mode %o', (mode) => {
    chmodSync(place.home, mode);
    makeFolder(join(place.home, 'cluster', 'runs'));
    expect(statSync(join(place.home, 'cluster', 'runs')).mode & 0o777).toBe(0o700);
  });

  test('shares records of builds, never what a run keeps in its copy of a tree', async () => {
    chmodSync(place.home, 0o2770);
    const files = sharingRecords(createFiles({cacheFile: join(place.home, '.hashes')}), place.home);
    const record = join(place.home, 'cluster', 'images', 'x.json');
    const rendered = join(place.home, 'cluster', 'runs', 'r', 'tree', 'secret.yaml');
    await files.makeFolder(join(record, '..'));
    await files.writeFile(record, '{}', 0o600);
    mkdirSync(join(rendered, '..'), {recursive: true});
    await files.writeFile(rendered, 'password: x', 0o600);
    expect(statSync(join(record, '..')).mode & 0o7777).toBe(0o2770);
    expect(statSync(record).mode & 0o777).toBe(0o660);
    expect(statSync(rendered).mode & 0o777).toBe(0o600);
    expect(hashCacheFile(place.home)).toMatch(/\/\.cache-\d+\/file-hashes$/);
  });
});
