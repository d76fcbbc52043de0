import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createModuleRunner} from '../../../src/engine/config/python/run-modules.ts';
import type {ModulesAnswer} from '../../../src/engine/config/python/types.ts';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import {makeTree} from '../../catalog/trees.ts';
import {spoiled} from '../../helpers/spoiled-json.ts';

let toolRoot: string;
let state: string;
beforeEach(async () => {
  toolRoot = await makeTree({'src/web/config/web.py': ''});
  state = await mkdtemp(join(tmpdir(), 'pai-answers-'));
});
afterEach(() => rm(state, {recursive: true}));

const values = {
  nodes: [{m: [['list', ['n', 1]]]}, {l: [['i', '25'], ['f', 'inf'], ['d', '2026-11-20'], null, true, 'text']}],
  values: {web: ['n', 0]},
};
const failed = {
  failed: {module: 'web', phase: 'run', kind: 'exception', message: 'no', line: 3, trace: 'File "web.py", line 3'},
};

/** What comes of it when Python says this. */
function answered(said: string): Promise<ModulesAnswer> {
  const runModules = createModuleRunner({
    program: fileURLToPath(new URL('../../../assets/config-modules/run_modules.py', import.meta.url)),
    ask: async () => ({exit: 0, stdout: said, stderr: '', saidTooMuch: false}),
    files: createFiles({cacheFile: join(state, 'cache')}),
    environment: {},
  });
  const modules = [{name: 'web', given: [null, null, null] as const}];
  return runModules({toolRoot, modules, whole: new Map(), secrets: new Set()});
}

test('an answer is read as it was meant', async () => {
  const list = [25n, Number.POSITIVE_INFINITY, expect.objectContaining({}), null, true, 'text'];
  expect((await answered(JSON.stringify(values))).values).toEqual(new Map([['web', new Map([['list', list]])]]));
  const {problems} = await answered(JSON.stringify(failed));
  expect(problems[0]).toMatchObject({
    code: 'module-failed',
    message: 'src/web/config/web.py failed in run: no.',
    line: 3,
  });
});

test.each([
  ['nothing', ''],
  ['half of it', JSON.stringify(values).slice(0, 30)],
  ['another kind of JSON', '[]'],
  ['a place that is not in the table', JSON.stringify({nodes: [], values: {web: ['n', 0]}})],
  ['a whole number that is none', JSON.stringify({nodes: [], values: {web: ['i', '2.5']}})],
  ['a list as a key', JSON.stringify({nodes: [{m: [[['n', 0], 1]]}], values: {web: ['n', 0]}})],
  ['a failure of no kind', JSON.stringify({failed: {...failed.failed, kind: 'other'}})],
])('%s is told as no answer', async (_what, said) => {
  expect(await answered(said)).toEqual({
    problems: [
      expect.objectContaining({
        code: 'module-failed',
        message: 'The modules of the tree ended python3 without an answer (exit 0).',
      }),
    ],
  });
});

test('whatever is said is answered with values or a problem', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(spoiled(values), spoiled(failed)), async (said) => {
      const {values: read, problems} = await answered(JSON.stringify(said) ?? '');
      expect(read === undefined).toBe(problems.length > 0);
      for (const {message} of problems) expect(message).not.toMatch(/undefined|\[object|NaN/);
    }),
    {numRuns: 50},
  );
});
