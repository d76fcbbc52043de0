import {expect, test} from 'vitest';
import type {RunView} from '../../../src/engine/index.ts';
import {fakeNow, runOf, taskState} from '../../helpers/fake-engine.ts';
import {openApp} from '../open-app.tsx';
import {allRuns, doneRun, failedRun, interruptedRun, runningRun} from '../sample-runs.ts';

const {id} = runningRun.summary;

async function openedRun(view: RunView = runningRun, size: {columns?: number; rows?: number} = {}) {
  const app = openApp({...size, answers: {runs: [view]}, settings: {attach: view.summary.id}});
  await app.shows(view.state.tasks[0]?.title ?? 'Plan');
  return app;
}

test('the output follows what runs until another task is chosen', async () => {
  const app = await openedRun();
  app.fake.print(id, 'build/rest-server', ['npm ci']);
  app.fake.print(id, 'build/base-image', ['FROM ubuntu']);
  await app.shows('npm ci');
  app.press('k');
  await app.shows('FROM ubuntu');
  await app.hides('npm ci');
  app.press('a');
  await app.shows('npm ci');
});

test('p splits the outputs into 2 and 4 panes that show what runs', async () => {
  const app = await openedRun(runningRun, {columns: 160, rows: 40});
  app.fake.print(id, 'build/rest-server', ['from the rest server']);
  app.fake.print(id, 'build/grafana', ['from grafana']);
  await app.shows('from the rest server');
  expect(app.text()).not.toContain('from grafana');
  app.press('p');
  await app.shows('from grafana');
  await app.shows('from the rest server');
  app.press('p');
  await app.shows('┌ 4 ');
});

test('a task is kept in a pane of its own by a mark', async () => {
  const app = await openedRun(runningRun, {columns: 160, rows: 40});
  app.fake.print(id, 'build/base-image', ['base says hello']);
  app.press('p', 'g', 'space', 'j');
  await app.shows('base says hello');
  await app.shows('1 ⠹ Build rest-server');
});

test('an output is searched, and the search ended by Esc', async () => {
  const app = await openedRun();
  app.fake.print(
    id,
    'build/rest-server',
    Array.from({length: 60}, (_, line) => `line ${line}${line % 20 === 0 ? ' needle' : ''}`),
  );
  await app.shows('line 59');
  app.press('enter', '/');
  await app.shows('Enter find');
  app.press('needle');
  await app.shows('/needle');
  app.press('enter');
  await app.shows(/match \d\/3/);
  app.press('g', 'n');
  await app.shows('needle');
  app.press('esc');
  await app.hides(/match/);
});

test('of an output only the lines with some words are shown, also of what comes, until Esc', async () => {
  const app = await openedRun();
  app.fake.print(id, 'build/rest-server', ['npm ci', 'error: no space', 'done']);
  await app.shows('npm ci');
  app.press('enter', '&');
  await app.shows('Enter keep');
  app.press('error');
  await app.hides('npm ci');
  await app.shows('error: no space');
  app.press('enter');
  await app.shows('only error');
  app.fake.print(id, 'build/rest-server', ['more', 'Error 2']);
  await app.shows('Error 2');
  expect(app.text()).not.toContain('more');
  app.press('esc');
  await app.shows('npm ci');
  await app.shows('more');
});

test('an output that is silent for long is named', async () => {
  const app = await openedRun(
    runOf({
      id,
      status: 'running',
      tasks: [taskState('build/base-image', 'running', {startedAt: fakeNow - 200_000})],
    }),
  );
  app.fake.print(id, 'build/base-image', ['downloading'], fakeNow - 95_000);
  await app.shows('no output for 1m35s');
});

test('the output is written to a file the person names', async () => {
  const app = await openedRun();
  app.press('ctrl-s');
  await app.shows('write this output to: build-rest-server.log');
  app.press('ctrl-u');
  await app.hides('build-rest-server.log');
  app.press('mine.log');
  await app.shows('mine.log');
  app.press('enter');
  await app.shows('Written: /home/ops/mine.log');
  expect(app.fake.calls.at(-1)).toBe(`saveOutput ${id} build/rest-server mine.log`);
});

test('what a pane shows is copied without its border', async () => {
  const app = await openedRun();
  app.fake.print(id, 'build/rest-server', ['\u001B[31mred\u001B[0m alert']);
  await app.shows('red alert');
  app.press('enter', 'c');
  await app.shows('Copied 1 rows.');
  expect(app.written.all).toContain(`52;c;${Buffer.from('red alert').toString('base64')}`);
});

test('Ctrl-c asks before it stops the run, and says what that means', async () => {
  const app = await openedRun();
  app.press('ctrl-c');
  await app.shows('Stop this run?');
  await app.shows('Running now: Build rest-server, Build grafana.');
  app.press('ctrl-c', 'ctrl-c', 'enter');
  await app.hides('Stop this run?');
  expect(app.fake.calls).not.toContain(`cancel ${id}`);
  app.press('ctrl-c');
  await app.shows('Stop this run?');
  app.press('tab', 'enter');
  await app.shows('Stopping: nothing new starts, 2 tasks still running.');
  expect(app.fake.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1);
});

test('the second stage names what would be left half-done', async () => {
  const app = await openedRun(
    runOf({
      id,
      status: 'running',
      tasks: [taskState('push/base-image', 'running', {title: 'Push base-image', critical: true})],
    }),
  );
  app.press('ctrl-c');
  await app.shows('in the middle of a change and will finish it: Push');
  app.press('tab', 'enter');
  await app.shows('waiting for Push');
  app.press('ctrl-c');
  await app.shows('Stop at once?');
  await app.shows('leaves these half-done: Push base-image');
  app.press('tab', 'enter');
  await app.shows('Stopping everything now');
});

test('a run that failed says what failed and repeats with a new plan', async () => {
  const app = await openedRun(failedRun);
  await app.shows('failed after 48s: 1 failed, 1 changed, 1 skipped');
  await app.shows('Read its last lines, mend src/rest-server');
  app.press('r');
  await app.shows('Cancel');
  expect(app.fake.calls).toContain(`requestOf ${failedRun.summary.id}`);
  expect(app.fake.calls).toContain('propose image build');
});

test('a run that still runs cannot be repeated, and says so', async () => {
  const app = await openedRun();
  app.press('r');
  await app.shows('It still runs: Ctrl-c stops it.');
});

test('an interrupted run is explained, and Enter asks whether to go on with it', async () => {
  const app = openApp({answers: {runs: allRuns}});
  await app.shows('! stale');
  app.press('5');
  await app.shows('interrupted');
  app.press('j', 'j', 'enter');
  await app.shows('Go on with this run?');
  await app.shows('was killed after "Build base-image"');
  app.press('enter');
  await app.hides('Go on with this run?');
  expect(app.fake.calls).not.toContain(`resume ${interruptedRun.summary.id}`);
  app.press('enter');
  await app.shows('Go on with this run?');
  app.press('tab', 'enter');
  await app.shows('It goes on.');
  expect(app.fake.calls).toContain(`resume ${interruptedRun.summary.id}`);
});

test('Esc goes back to where the run was opened from', async () => {
  const app = openApp({answers: {runs: [doneRun]}});
  await app.shows('! stale');
  app.press('5');
  await app.shows('Push 2 images');
  app.press('enter');
  await app.shows('done after 48s: 1 changed, 1 unchanged');
  app.press('esc');
  await app.shows('Runs 1');
});

test('everything about a task can be read', async () => {
  const app = await openedRun(failedRun);
  app.press('d');
  await app.shows('failed');
  await app.shows('Close');
  await app.shows('Step 3/5 ended with exit code 1');
});

test('on a small screen the plan or one output has the whole room', async () => {
  const app = await openedRun(runningRun, {columns: 40, rows: 12});
  app.fake.print(id, 'build/rest-server', ['npm ci']);
  await app.shows('Plan');
  app.press('enter');
  await app.shows('npm ci');
  await app.hides('Plan');
  app.press('esc');
  await app.shows('Plan');
});

test('outputs that are not shown any more are closed', async () => {
  const app = await openedRun(
    runOf({id, status: 'done', tasks: ['a', 'b', 'c', 'd'].map((name) => taskState(name, 'done'))}),
  );
  await app.stillFrame();
  const before = app.fake.openStores();
  app.press('j');
  await app.stillFrame();
  app.press('j');
  await app.stillFrame();
  expect(app.fake.openStores()).toBe(before);
});

test('the whole run is exported to a file', async () => {
  const app = await openedRun(doneRun);
  app.press('x');
  await app.shows('write the whole run to:');
  app.press('enter');
  await app.shows('Written:');
  expect(app.fake.calls.at(-1)).toBe(`export ${doneRun.summary.id} ${doneRun.summary.id}.tar.gz`);
});

test('what a task failed with is not said twice: its last lines are in the output below', async () => {
  const problem = {
    code: 'build-failed',
    message: 'Step 4/6 ended with 7.',
    hint: 'Read on.',
    detail: 'make: Error 2',
  } as const;
  const app = await openedRun(
    runOf({id, status: 'failed', tasks: [taskState('build/base-image', 'failed', {problem})]}),
  );
  await app.shows('make: Error 2');
  app.fake.print(id, 'build/base-image', ['Step 4/6', 'make: Error 2']);
  await app.shows('│Step 4/6');
  expect(app.text().match(/make: Error 2/g)).toHaveLength(1);
});

test('tasks are found by their state or title, and n goes through them', async () => {
  const tasks = Array.from({length: 40}, (_, at) => taskState(`build/image-${at}`, at % 20 === 7 ? 'failed' : 'done'));
  const app = openApp({answers: {runs: [runOf({id, status: 'failed', tasks})]}, settings: {attach: id}});
  await app.shows('Build image-7');
  app.press('/', 'failed');
  await app.shows('find: failed (2)');
  app.press('enter');
  await app.shows('▸ ✗ Build image-7');
  app.press('n');
  await app.shows('▸ ✗ Build image-27');
  app.press('N');
  await app.shows('▸ ✗ Build image-7');
  app.press('esc');
  await app.hides('find:');
  await app.shows('Plan');
});

test('a run is stopped from the history too, after a question', async () => {
  const app = openApp({answers: {runs: allRuns}});
  await app.shows('! stale');
  app.press('5');
  await app.shows('Ctrl-c stop');
  app.press('ctrl-c');
  await app.shows('Stop this run?');
  app.press('enter');
  await app.hides('Stop this run?');
  expect(app.fake.calls).not.toContain(`cancel ${id}`);
  app.press('ctrl-c');
  await app.shows('Stop this run?');
  app.press('tab', 'enter');
  await app.until(() => app.fake.calls.includes(`cancel ${id}`));
});

test('a run that ends while it is asked whether to stop it leaves nothing to let run', async () => {
  const app = await openedRun();
  app.press('ctrl-c');
  await app.shows('Let it run');
  app.fake.update(id, (view) => ({
    ...view,
    summary: {...view.summary, status: 'done'},
    state: {...view.state, status: 'done'},
  }));
  await app.shows('There is nothing to stop any more.');
  await app.shows('▸Close');
  expect(app.text()).not.toContain('Let it run');
});

test('on a screen of 12 rows all about a task can be read by scrolling', async () => {
  const app = await openedRun(failedRun, {columns: 40, rows: 12});
  const why = Array.from({length: 20}, (_, at) => `reason ${at}`);
  app.fake.update(failedRun.summary.id, (view) => ({
    ...view,
    state: {...view.state, tasks: view.state.tasks.map((task) => ({...task, why}))},
  }));
  app.press('d');
  await app.shows(/1-\d of \d\d/);
  app.press('G');
  await app.shows('reason 19');
  await app.shows('▸Close');
});

test('an output that is read stays when its task ends and another runs; back in the plan the cursor goes on', async () => {
  const app = await openedRun();
  app.fake.print(id, 'build/rest-server', ['npm ci']);
  await app.shows('npm ci');
  app.press('enter');
  await app.shows('Esc plan');
  app.fake.update(id, (view) => ({
    ...view,
    state: {
      ...view.state,
      tasks: view.state.tasks.map((task) =>
        task.id === 'build/rest-server' ? {...task, status: 'done' as const, tookMs: 1000} : task,
      ),
    },
  }));
  await app.shows('1 ✓ Build rest-server');
  await app.shows('npm ci');
  app.press('esc');
  await app.shows('Build grafana ─');
});

test('while something is typed Tab leaves the focus where it is', async () => {
  const app = await openedRun();
  app.press('enter');
  await app.shows('Esc plan');
  app.press('ctrl-s');
  await app.shows('build-rest-server.log');
  app.press('tab', 'tab', 'enter');
  await app.shows('Written:');
  expect(app.fake.calls.at(-1)).toBe(`saveOutput ${id} build/rest-server build-rest-server.log`);
  expect(app.row(23)).not.toContain('Tab pane');
});

test('an interrupted run that was given a password wants it again, and goes on with it', async () => {
  const view: RunView = {...interruptedRun, given: ['password']};
  const app = openApp({answers: {runs: [view]}, settings: {attach: view.summary.id}});
  await app.shows('Enter resume');
  app.press('enter');
  await app.shows('Go on with this run?');
  app.press('tab', 'enter');
  await app.shows('The run was given one, which is kept nowhere.');
  app.press(...'sesame', 'enter');
  await app.shows('Go on with this run?');
  app.press('tab', 'enter');
  await app.shows('It goes on.');
  expect(app.fake.handed[0]?.machineSecrets?.password?.reveal()).toBe('sesame');
});
