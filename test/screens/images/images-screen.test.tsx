import {expect, test} from 'vitest';
import {sampleStatus, statusWithoutEngine, wideCatalog} from '../../helpers/fake-engine.ts';
import {openApp} from '../open-app.tsx';

test('the list is there before the engine has answered', async () => {
  const app = openApp({answers: {status: 'pending'}});
  await app.shows('webportal');
  await app.shows('… asking');
  app.press('j', 'd');
  await app.shows('src/cleaning-image/build');
});

test('a filter narrows the list and stands in the title with its count; Esc takes it away', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('/');
  await app.shows('Enter keep');
  app.press('stale web');
  await app.shows('filter: stale web (1)');
  await app.hides('grafana');
  app.press('enter');
  await app.shows('? help');
  app.press('esc');
  await app.shows('grafana');
});

test('the tree is read as the configuration names its images, at first and anew', async () => {
  const app = openApp({settings: {config: '/srv/config'}});
  await app.shows('! stale');
  app.press('ctrl-r');
  await app.until(() => app.fake.calls.filter((call) => call.startsWith('openTree')).length === 2);
  expect(app.fake.calls.filter((call) => call.startsWith('openTree'))).toEqual([
    'openTree with /srv/config',
    'openTree with /srv/config',
  ]);
});

test('a pasted filter becomes one line', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('/');
  await app.shows('Enter keep');
  app.paste('web\nportal');
  await app.shows('/web portal');
});

test('keys that come faster than the screen is drawn all count', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('j', 'j', 'space', 'space', 'k', 'B');
  await app.shows('Nothing to do');
  expect(app.fake.calls.at(-1)).toBe('propose image build database-controller grafana');
});

test('marks, ranges and all are named in what is built', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('v', 'j', 'j', 'v');
  await app.shows('3 marked');
  app.press('P');
  await app.shows('Push 3 images');
  expect(app.fake.calls.at(-1)).toBe('propose image push base-image cleaning-image database-controller');
});

test('when everything is marked, everything is asked for', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('*', 'B');
  await app.shows('Build 4 images');
  expect(app.fake.calls.at(-1)).toBe('propose image build');
});

test('sorting by state puts first what would be built', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('o');
  await app.shows('by state');
  expect(app.row(4)).toContain('rest-server');
});

test('without an engine building is shown, says why it cannot be done, and what asks again', async () => {
  const app = openApp({answers: {status: statusWithoutEngine()}});
  await app.shows('All but building and pushing works. Ctrl-r asks again');
  app.press('B');
  await app.shows('[ says what to do;\n Ctrl-r asks again.');
  expect(app.fake.calls).not.toContain('propose image build base-image');
  app.fake.answer({status: sampleStatus()});
  app.press('ctrl-r');
  await app.shows('! stale');
  await app.hides('No Docker engine');
  expect(app.fake.calls).toContain('imageStatus check-bases');
});

test('read-only is said in line 1 and wherever something would change', async () => {
  const app = openApp({settings: {readOnly: true}});
  await app.shows('read-only');
  await app.shows('! stale');
  app.press('B');
  await app.shows('This is read-only: open pai-tui without --readonly');
});

test('a folder that is no tree is explained, and the other screens work', async () => {
  const app = openApp({
    answers: {
      catalog: {code: 'no-tree', message: 'There is no source tree in /srv/pai.', hint: 'Name one with -s DIR.'},
      status: {code: 'no-tree', message: 'There is no source tree in /srv/pai.'},
    },
  });
  await app.shows('There is no source tree in /srv/pai.');
  await app.shows('Name one with -s DIR.');
  await app.shows('Problems 1');
  expect(app.text().match(/There is no source tree/g)).toHaveLength(1);
  app.press('5');
  await app.shows('Nothing was run here yet.');
});

test('after a run has ended the state of images is asked for again', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('j', '*', 'B');
  await app.shows('Build 4 images');
  app.press('y');
  await app.shows('step 1 of');
  const asked = app.fake.calls.filter((call) => call === 'imageStatus').length;
  app.fake.update('run-1', (view) => ({
    ...view,
    summary: {...view.summary, status: 'done'},
    state: {...view.state, status: 'done'},
  }));
  await app.until(() => app.fake.calls.filter((call) => call === 'imageStatus').length === asked + 1);
});

test('a thousand images: the ends, pages and a filter', async () => {
  const catalog = wideCatalog(1000);
  const app = openApp({answers: {catalog, status: sampleStatus(catalog)}});
  await app.shows('1/1000');
  app.press('G');
  await app.shows('image-0999');
  await app.shows('1000/1000');
  app.press('pageup');
  await app.shows('983/1000');
  app.press('g');
  await app.shows('image-0000');
});

test('in the graph a filter hides nothing that what it found stands on; n and N go through it', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press(']');
  await app.shows('└─yarn');
  app.press('/', 'exporter');
  await app.shows('filter: exporter (2)');
  app.press('enter');
  await app.shows('▸ ├─job-exporter');
  await app.shows('  base-image');
  app.press('n');
  await app.shows('▸ node-exporter');
  app.press('n');
  await app.shows('▸ ├─job-exporter');
  app.press('N');
  await app.shows('▸ node-exporter');
  app.press('*');
  await app.shows('2 marked');
});

test('n and N say what they need while nothing is filtered', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('n');
  await app.shows('press / and type what to find');
});

test('keys of images do nothing where problems are listed, and say so', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('[');
  await app.shows('] list');
  app.press('space');
  await app.shows('Problems are listed here');
  app.press('*', ']');
  await app.shows('▸ base-image');
  expect(app.text()).not.toContain('marked');
});

test('on a narrow screen the title keeps the filter and its count', async () => {
  const app = openApp({columns: 40, rows: 12});
  await app.shows('✓ current');
  app.press('/', 'base', 'enter');
  await app.shows('Images 12 · filter: base (2)');
});

test('a tree that is gone is said in line 1 and above the list, which stays', async () => {
  const app = openApp({answers: {status: 'pending'}});
  await app.shows('… asking');
  const gone = {code: 'no-tree', message: 'The folder /srv/pai does not exist.', file: '/srv/pai'} as const;
  app.fake.answer({catalog: gone, status: gone});
  app.press('ctrl-r');
  await app.shows('! tree cannot be read');
  await app.shows('What was read before is shown.');
  await app.shows('? unknown');
  expect(app.text()).not.toContain('… asking');
  expect(app.row(2)).toContain('! The folder /srv/pai does not exist.');
  app.press('B');
  await app.shows('Ctrl-r reads the tree again.');
});
