import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {treeCopy} from '../../src/engine/images/copy.ts';
import {hookWrites} from '../../src/engine/images/prepare.ts';
import {createTurns} from '../../src/engine/images/turns.ts';
import type {TaskContext} from '../../src/engine/plan/types.ts';
import type {CommandEnd, Terminal} from '../../src/engine/tools.ts';
import {catalog, component} from '../plan/image/image-facts.ts';
import {createFakeClock} from '../run/fake-clock.ts';

let runFolder: string;
beforeEach(async () => {
  runFolder = join(await mkdtemp(join(tmpdir(), 'pai-hooks-')), '20260101-000000-image-build');
  await mkdir(join(runFolder, 'tree/root/src/slow/build'), {recursive: true});
  await writeFile(join(runFolder, 'tree/root/src/slow/build/build-pre.sh'), '');
});
afterEach(() => rm(join(runFolder, '..'), {recursive: true, force: true}));

const minute = 60_000;
const hook = 'src/slow/build/build-pre.sh';

/** A hook that has begun and goes on until it is told to end. */
async function slowHook() {
  const clock = createFakeClock();
  let said = '';
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let print: (bytes: Uint8Array) => void = () => {};
  let end: (end: CommandEnd) => void = () => {};
  const run: Terminal['run'] = (_command, watch) => {
    print = watch.output;
    begin();
    return new Promise<CommandEnd>((resolve) => {
      end = resolve;
    });
  };
  const context = {
    tools: {clock, files: createFiles({cacheFile: join(runFolder, 'cache')}), terminal: {kind: 'pty', run}},
    signal: new AbortController().signal,
    runFolder,
    output: (text: Uint8Array | string) => {
      said += text.toString();
    },
  } as unknown as TaskContext;
  const slow = component('slow', {preHook: hook});
  const tree = catalog([slow], []);
  const work = {catalog: tree, component: slow, copy: treeCopy(runFolder, tree), turns: createTurns()};
  const ended = hookWrites(work, hook, context);
  await begun;
  return {
    clock,
    ended,
    said: () => said,
    print: (text: string) => print(Buffer.from(text)),
    end: (how: CommandEnd) => end(how),
  };
}

it('tells of a hook that says nothing for five minutes, with what stops it, and again five minutes later', async () => {
  const {clock, ended, said, print, end} = await slowHook();
  await clock.pass(4 * minute);
  print('still downloading\r\n');
  await clock.pass(4 * minute);
  expect(said()).not.toContain('said nothing');
  await clock.pass(minute + 1_000);
  expect(said()).toContain(
    `${hook} has said nothing for 5 minutes and goes on. To stop the run: pai-tui run cancel 20260101-000000-image-build`,
  );
  await clock.pass(5 * minute);
  expect(said()).toContain('has said nothing for 10 minutes');
  expect(said().match(/said nothing/g)).toHaveLength(2);
  end({exit: 0});
  expect(await ended).toEqual([]);
  expect(clock.sleepers).toBe(0);
});

it('says how a hook failed, with its last lines and without control characters', async () => {
  const {ended, print, end} = await slowHook();
  for (let line = 1; line <= 40; line++) print(`line ${line}\r\n`);
  print('\x1b]0;title\x07\x1b[31mcannot go on\x1b[0m\r\n');
  end({signal: 'SIGKILL'});
  const problem = await ended.then(
    () => undefined,
    (error: {problem: unknown}) => error.problem,
  );
  expect(problem).toMatchObject({
    code: 'hook-failed',
    message: `${hook} of slow was ended by SIGKILL.`,
    file: '/tree/src/slow/build/build-pre.sh',
    detail: [...Array.from({length: 14}, (_, index) => `line ${index + 27}`), 'cannot go on'].join('\n'),
  });
});
