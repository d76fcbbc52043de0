import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {type RunFolder, runFolder, writeJson, writeRunner} from '../../src/engine/run/folder.ts';
import {readSecrets} from '../../src/engine/run/handover.ts';
import {openJournal, readJournal} from '../../src/engine/run/journal.ts';
import {holderOf, holderWords, takeLock} from '../../src/engine/run/lock.ts';
import {thisProcess} from '../../src/engine/run/process.ts';
import {readPlan, readRunner} from '../../src/engine/run/read-record.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {spoiled} from '../helpers/spoiled-json.ts';
import {makePlace, type Place, sixPlan} from './a-run.ts';
import {createFakeClock} from './fake-clock.ts';

let place: Place;
let run: RunFolder;
beforeEach(() => {
  place = makePlace();
  run = runFolder(join(place.home, 'cluster', 'runs', '20260101-000001-x'));
  mkdirSync(run.folder, {recursive: true});
  const {request, plan} = sixPlan(place);
  const about = {run: run.run, planHash: 'x', operation: plan.operation, title: plan.title};
  const tasks = plan.tasks.map(outlineOf);
  writeJson(run.request, {...about, request, who: 'ann@box', programVersion: '1', at: 1_000_000});
  writeJson(run.plan, {...about, tasks, notices: []});
  writeRunner(run, {...thisProcess(), programVersion: '1', ready: true});
  const journal = openJournal(run.journal);
  journal.append({...about, at: 1, up: 1, type: 'run-started', runner: 1, bootId: 'x', tasks});
  journal.append({at: 2, up: 2, type: 'task-started', task: tasks[0]?.id ?? '', attempt: 1});
  journal.close();
});
afterEach(() => place.remove());

/** What looking at the runs finds; what is thrown must be a Problem, never a mistake of ours. */
async function look(): Promise<readonly string[]> {
  const runs = createRuns({stateHome: place.home, command: [], environment: {}, clock: createFakeClock()});
  const found = (await runs.list()).map(({status}): string => status);
  try {
    const {state, summary} = await runs.show(run.run);
    expect(`${JSON.stringify(state)}${summary.who}${summary.title}`).not.toMatch(/undefined|NaN/);
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    found.push(thrown.problem.code);
  }
  return found;
}

test('the run that is written here is one', async () => {
  expect(await look()).toEqual(['running']);
});

test.each(['request', 'plan'] as const)('a %s of anything else is told, and other runs are listed', async (name) => {
  const good = JSON.parse(readFileSync(run[name], 'utf8'));
  const broken = [null, 5, 'x', [], {}, {...good, title: 5, who: 5}, {...good, request: null, tasks: [{}]}];
  for (const value of broken) {
    writeFileSync(run[name], JSON.stringify(value));
    expect(await look()).toEqual(['file-unreadable']);
  }
  writeJson(run[name], {...good, fromLater: true});
  expect(await look()).toEqual(['running']);
});

test('what is no record is told with its file and the place where it differs', () => {
  const good = JSON.parse(readFileSync(run.plan, 'utf8'));
  const problemOfPlan = (value: unknown) => {
    writeFileSync(run.plan, JSON.stringify(value));
    try {
      readPlan(run);
    } catch (thrown) {
      return (thrown as ProblemError).problem;
    }
    return undefined;
  };
  const task = {...good.tasks[1], needs: ['a', 5]};
  expect(problemOfPlan({...good, tasks: [good.tasks[0], task]})).toEqual({
    code: 'file-unreadable',
    message: 'A file of the run cannot be read: it is not what was written there (see tasks.1.needs.1).',
    hint: 'The run can neither be shown nor resumed; the outputs of its tasks lie beside this file.',
    file: run.plan,
  });
  expect(problemOfPlan([])?.message).toBe('A file of the run cannot be read: it is not what was written there.');
  expect(problemOfPlan(good)).toBeUndefined();
});

test('a lock whose holder is anything else is as one that is torn', async () => {
  const {release} = takeLock(place.home, 'x', run.run, 5);
  const good = holderOf(place.home, 'x');
  expect(good).toMatchObject({run: run.run, since: 5});
  await fc.assert(
    fc.asyncProperty(spoiled(good), async (value) => {
      writeFileSync(join(place.home, 'x.1'), JSON.stringify(value) ?? '');
      const holder = holderOf(place.home, 'x');
      if (holder) expect(holderWords(holder)).not.toMatch(/undefined|NaN|\[object/);
    }),
  );
  release();
});

test('secrets that are no texts are as secrets that are missing', async () => {
  const clock = createFakeClock();
  await fc.assert(
    fc.asyncProperty(spoiled({password: 'pa55', token: ''}), async (value) => {
      const body = Buffer.from(JSON.stringify(value) ?? '');
      const bytes = Buffer.concat([Buffer.from(body.length.toString(16).padStart(8, '0')), body]);
      try {
        for (const secret of (await readSecrets(Readable.from([bytes]), clock)).values())
          expect(secret.reveal()).toBeTypeOf('string');
      } catch (thrown) {
        expect((thrown as ProblemError).problem?.code).toBe('secret-missing');
      }
    }),
  );
});

test('a runner.json of anything else is as one that is half written', () => {
  const good = thisProcess();
  const whole = {programVersion: '1', ready: true};
  const broken = [
    null,
    5,
    [],
    {},
    {...good, ...whole, pid: 0},
    {...good, ...whole, pid: -1},
    {...good, ...whole, left: 5},
  ];
  for (const value of broken) {
    writeFileSync(run.runner, JSON.stringify(value));
    expect(readRunner(run)).toBeUndefined();
  }
  writeFileSync(run.runner, JSON.stringify({...good, ...whole}));
  expect(readRunner(run)?.pid).toBe(process.pid);
});

test('a line of the journal that is no event is passed over; one of a later version is not', () => {
  const before = readJournal(run.journal).events.length;
  const lines = [
    '{"type":"run-started"}',
    '{"type":"run-started","at":1,"up":1,"tasks":5}',
    '{"type":"task-failed","at":1,"up":1,"task":"a","problem":5}',
    '{"type":"task-started","at":"x","up":1,"task":"a","attempt":1}',
    '{"type":"run-ended","at":1,"up":1,"outcome":5}',
    '{"type":"command-started","at":1,"up":1,"task":"a","command":{"pid":-1,"bootId":"x","host":"x"}}',
    '[]',
    'null',
  ];
  writeFileSync(run.journal, `${lines.join('\n')}\n`, {flag: 'a'});
  expect(readJournal(run.journal).events).toHaveLength(before);
  writeFileSync(run.journal, '{"type":"constructor","at":1,"up":1}\n', {flag: 'a'});
  expect(readJournal(run.journal).events).toHaveLength(before + 1);
});

test('no file of a run makes looking at it a mistake of ours', async () => {
  const files = ['request', 'plan', 'runner', 'cancel', 'journal'] as const;
  const types = ['run-started', 'task-started', 'task-done', 'task-failed', 'task-stopped', 'run-ended', 'run-noticed'];
  const event = fc.record(
    {
      type: fc.constantFrom(...types),
      at: fc.oneof(fc.constant(3), fc.jsonValue()),
      up: fc.oneof(fc.constant(3), fc.jsonValue()),
      task: fc.oneof(fc.constantFrom('write/a', '__proto__'), fc.jsonValue()),
      outcome: fc.oneof(fc.constantFrom('done', 'failed'), fc.jsonValue()),
      problem: fc.oneof(fc.record({code: fc.string(), message: fc.string()}), fc.jsonValue()),
      tasks: fc.jsonValue(),
    },
    {requiredKeys: ['type']},
  );
  const kept = new Map(files.map((name) => [name, name === 'cancel' ? '' : readFileSync(run[name], 'utf8')]));
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';
  const written = (name: (typeof files)[number]) =>
    spoiled(
      name === 'cancel'
        ? {stage: 1, by: 'ann@box'}
        : JSON.parse(name === 'journal' ? lastLine(kept.get(name) ?? '') : (kept.get(name) ?? '')),
    );
  const anyOf = fc
    .constantFrom(...files)
    .chain((name) => fc.tuple(fc.constant(name), fc.oneof(fc.jsonValue(), event, written(name))));
  await fc.assert(
    fc.asyncProperty(anyOf, async ([name, value]) => {
      const line = JSON.stringify(value) ?? '';
      writeFileSync(run[name], name === 'journal' ? `${kept.get(name)}${line}\n` : line);
      await look();
      writeFileSync(run[name], kept.get(name) ?? '');
    }),
    {numRuns: 300},
  );
});
