import {expect, test} from 'vitest';
import {liveImages} from '../../../src/screens/images/live-images.ts';
import {runOf, sampleCatalog, taskState} from '../../helpers/fake-engine.ts';
import {openApp} from '../open-app.tsx';

const catalog = sampleCatalog();
const builds = (image: string) => ({does: [{kind: 'docker', call: 'build', image}] as const});
const building = taskState('build/base-image', 'running', {...builds('base-image'), progress: {done: 4, total: 6}});
const waiting = taskState('build/rest-server', 'waiting', builds('rest-server'));
const built = taskState('build/grafana', 'done', builds('grafana'));

test('an image is building, queued or failed as the tasks that build it are, and done ones are not named', () => {
  const failed = taskState('build/prometheus', 'failed', {
    ...builds('prometheus'),
    problem: {code: 'build-failed', message: 'make ended with 2'},
  });
  const view = runOf({id: 'r', status: 'running', tasks: [building, waiting, built, failed]});
  const live = liveImages(view, catalog, 'ops@jump1');
  expect([...live].map(([name, {status}]) => [name, status])).toEqual([
    ['base-image', 'running'],
    ['rest-server', 'waiting'],
    ['prometheus', 'failed'],
  ]);
  expect(live.get('prometheus')?.failure).toBe('make ended with 2');
});

test('a push is known by the last part of the reference, whatever registry and tag', () => {
  const does = [
    {kind: 'docker', call: 'tag', image: 'registry:5000/pai/grafana:v1'},
    {kind: 'docker', call: 'push', image: 'registry:5000/pai/grafana:v1'},
  ] as const;
  const view = runOf({id: 'r', operation: 'image push', status: 'running', tasks: [taskState('p', 'running', {does})]});
  expect([...liveImages(view, catalog, 'me@here')].map(([name, {doing, who}]) => [name, doing, who])).toEqual([
    ['grafana', 'push', 'ops@jump1'],
  ]);
});

test('a run that ended or was interrupted does nothing to images', () => {
  for (const status of ['interrupted', 'failed', 'done'] as const) {
    expect(liveImages(runOf({id: 'r', status, tasks: [building]}), catalog, 'me').size).toBe(0);
  }
});

test('the list shows what is built now, asks again after each task, and opens the output', async () => {
  const app = openApp({
    columns: 100,
    answers: {runs: [runOf({id: 'r', status: 'running', tasks: [building, waiting]})]},
  });
  await app.shows(/base-image +[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] building +step 4\/6/);
  await app.shows(/rest-server +… queued/);
  const asked = () => app.fake.calls.filter((call) => call === 'imageStatus').length;
  const before = asked();
  app.fake.update('r', (view) => ({
    ...view,
    state: {
      ...view.state,
      tasks: [
        {...building, status: 'done', changed: true},
        {...waiting, status: 'running'},
      ],
    },
  }));
  await app.shows(/base-image +✓ current/);
  await app.shows(/rest-server +[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] building/);
  await app.until(() => asked() > before);
  app.press('l');
  await app.shows('No run is busy with this image now');
  app.press('/');
  app.press(...'rest', 'enter', 'l');
  await app.shows('step 2 of 2');
});

test('what others run is shown with their name, in the list and in line 1', async () => {
  const view = runOf({id: 'r', status: 'running', tasks: [building]});
  const theirs = {...view, summary: {...view.summary, who: 'alice@jump2 from 10.0.0.9'}};
  const app = openApp({columns: 120, answers: {runs: [theirs]}});
  await app.shows('with alice@jump2');
  await app.shows('step 4/6 by alice@jump2');
});

test('runs on another tree, and those that are being looked at elsewhere, are not followed', async () => {
  const app = openApp({
    settings: {source: '/srv/other'},
    answers: {runs: [runOf({id: 'r', status: 'running', tasks: [building]})]},
  });
  await app.shows('base-image');
  await app.until(() => app.fake.calls.includes('requestOf r'));
  expect(app.text()).not.toContain('building');
  const open = app.fake.openStores();
  app.press('5');
  await app.shows('Build 3 images');
  expect(app.fake.openStores()).toBe(open);
});

test('following ends when the list is left', async () => {
  const app = openApp({answers: {runs: [runOf({id: 'r', status: 'running', tasks: [building]})]}});
  await app.shows('building');
  const open = app.fake.openStores();
  app.press('5');
  await app.until(() => app.fake.openStores() === open - 1);
});
