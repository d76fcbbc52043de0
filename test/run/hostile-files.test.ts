import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {type RunFolder, readRunner, runFolder, writeJson, writeRunner} from '../../src/engine/run/folder.ts';
import {openJournal, readJournal} from '../../src/engine/run/journal.ts';
import {thisProcess} from '../../src/engine/run/process.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
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
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.oneof(fc.jsonValue(), event), async (name, value) => {
      const line = JSON.stringify(value);
      writeFileSync(run[name], name === 'journal' ? `${kept.get(name)}${line}\n` : line);
      await look();
      writeFileSync(run[name], kept.get(name) ?? '');
    }),
    {numRuns: 300},
  );
});
