import {expect, test} from 'vitest';
import {wideCatalog} from '../helpers/fake-engine.ts';
import {openApp} from './open-app.tsx';
import {allRuns, runningRun} from './sample-runs.ts';

test('the number keys go to every screen, and those not there yet say what can be done today', async () => {
  const app = openApp();
  await app.shows('! stale');
  for (const [key, words] of [
    ['2', 'config generate makes one'],
    ['3', 'No configuration was given.'],
    ['4', 'the services with what each needs'],
    ['5', 'Nothing was run here yet.'],
    ['1', 'grafana'],
  ] as const) {
    app.press(key);
    await app.shows(words);
  }
});

test('the help lists every key of this place and searches', async () => {
  const app = openApp({rows: 100});
  await app.shows('! stale');
  app.press('?');
  await app.shows('Everywhere');
  for (const words of [
    'Mark or unmark',
    'Build the image',
    'Find anything',
    'Draw the whole screen again',
    'Go to the last.',
  ]) {
    await app.shows(words);
  }
  app.press('push');
  await app.shows('Push the image');
  await app.hides('Mark or unmark');
  app.press('esc');
  await app.shows('? help');
});

test('a disabled key says why in the help too', async () => {
  const app = openApp({rows: 60, settings: {readOnly: true}});
  await app.shows('! stale');
  app.press('?');
  await app.shows('not now: This is read-only');
});

test('the palette finds by a few letters, does it, and remembers it', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press(':');
  await app.shows('Commands');
  app.press('mrkal');
  await app.shows('▸ mark all');
  app.press('enter');
  await app.shows('12 marked');
  app.press(':');
  await app.shows('▸ mark all');
});

test('Esc never leaves the app; q does', async () => {
  const app = openApp();
  await app.shows('! stale');
  for (let times = 0; times < 3; times += 1) {
    app.press('esc');
    await app.stillFrame();
  }
  app.press('5');
  await app.shows('Nothing was run here yet.');
  app.press('q');
  await expect(app.app.exited).resolves.toMatchObject({reason: 'exit', code: 0});
});

test('leaving while something runs is asked about once, and the run goes on', async () => {
  const app = openApp({answers: {runs: allRuns}});
  await app.shows('! stale');
  app.press('q');
  await app.shows('It goes on without the screen.');
  app.press('q', 'q', 'enter');
  await app.hides('Leave pai-tui?');
  app.press('ctrl-c');
  await app.shows('Leave pai-tui?');
  app.press('tab', 'enter');
  await expect(app.app.exited).resolves.toMatchObject({code: 0});
  expect(app.written.all).toContain(`pai-tui run attach ${runningRun.summary.id}`);
  expect(app.fake.calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
});

test('! shows the command of what is chosen, and c copies it to the clipboard of the terminal', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('j', '!');
  await app.shows('pai-tui -s /srv/pai image build cleaning-image');
  await app.shows('c copy');
  app.press('c');
  await app.shows('Copied: pai-tui');
  const copied = Buffer.from('pai-tui -s /srv/pai image build cleaning-image').toString('base64');
  expect(app.written.all).toContain(`\u001B]52;c;${copied}\u0007`);
});

test('a run in progress stands in line 1 of every screen', async () => {
  const app = openApp({answers: {runs: allRuns}});
  await app.shows('! stale');
  for (const key of ['1', '2', '5']) {
    app.press(key);
    await app.until(() => /Build 4 images 1\/4 00:48/.test(app.row(0)));
  }
});

test('what is opened instead of a real tree is said at the start', async () => {
  const app = openApp({settings: {sourceNote: 'This is the fixture tree; open a real one with -s DIR.'}});
  await app.shows('This is the fixture tree; open a real one with -s DIR.');
});

test('leaving closes everything that was watched', async () => {
  const app = openApp({answers: {runs: allRuns}, settings: {attach: runningRun.summary.id}});
  await app.shows('Build rest-server');
  await app.close();
  app.model.close();
  expect(app.fake.openStores()).toBe(0);
});

test('the palette puts a command whose name is typed before those whose sentence has the letters', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press(':', 'bui');
  await app.shows('▸ build ');
  app.press('ld', 'enter');
  await app.shows('Build base-image');
});

test('in an input the footer says what Enter and Esc do there, and nothing that does something else', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('/');
  await app.shows('Enter keep  Esc show all');
  expect(app.row(23)).not.toContain('quit');
  app.press('esc');
  await app.shows('? help');
  app.press('?');
  await app.shows('Esc close');
  expect(app.row(23)).toBe(' PgDn more  Esc close');
});

test('in a terminal without Unicode foreign names are written in ASCII too', async () => {
  const name = '漢字🚀é';
  const catalog = {...wideCatalog(1)};
  const [image] = catalog.images;
  const app = openApp({
    environment: {LANG: 'C'},
    answers: {catalog: {...catalog, images: image ? [{...image, name}] : []}, runs: allRuns},
    settings: {source: '/srv/パイ'},
  });
  await app.shows('pai-tui');
  await app.shows('????');
  app.fake.print(runningRun.summary.id, 'build/rest-server', ['出力 → …']);
  app.press('5', 'enter');
  await app.shows('???? > ~');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is written is made of control characters
  expect(app.written.all.match(/[^\x00-\x7f]/g)).toBeNull();
});
