import {expect, test} from 'vitest';
import {openApp} from './open-app.tsx';

async function openedPlan(settings: Parameters<typeof openApp>[0] = {}) {
  const app = openApp(settings);
  await app.shows('! stale');
  app.press('*', 'B');
  await app.shows(settings.answers?.propose === 'pending' ? 'Working out' : 'would change something');
  return app;
}
const started = (app: Awaited<ReturnType<typeof openedPlan>>) =>
  app.fake.calls.filter((call) => call.startsWith('start'));

test('the key that opened the plan never confirms it, and Enter leaves it: Cancel has the focus', async () => {
  const app = await openedPlan();
  app.press('B', 'B', 'B', 'enter');
  await app.hides('Cancel');
  expect(started(app)).toEqual([]);
});

test('Start is reached by moving to it, and the run is shown', async () => {
  const app = await openedPlan();
  app.press('tab', 'enter');
  await app.shows('step 1 of 12');
  expect(started(app)).toEqual(['start image build']);
});

test('every effect of a task can be listed', async () => {
  const app = await openedPlan();
  await app.hides('docker build base-image:latest');
  app.press('e');
  await app.shows('docker build base-image:latest');
});

test('force, cache and how many at once make the plan anew, and the command below says the same', async () => {
  const app = await openedPlan();
  app.press('f');
  await app.shows('force: yes');
  app.press('n');
  await app.shows('cache: no');
  app.press('+', '+');
  await app.shows('at once: 2');
  await app.shows('pai-tui -s /srv/pai image build --force --no-cache --parallel 2');
  app.press('y');
  await app.shows('step 1 of 12');
  expect(started(app)).toEqual(['start image build force no-cache parallel=2']);
});

test('with nothing to do nothing can be started, and it says so', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('B');
  await app.shows('Nothing to do: 1 task, and everything is as it should be.');
  app.press('y');
  await app.shows('There is nothing to do. f builds even what is current.');
  app.press('tab', 'enter');
  expect(started(app)).toEqual([]);
});

test('while the plan is being made one can leave', async () => {
  const app = await openedPlan({answers: {propose: 'pending'}});
  app.press('y');
  await app.shows('The plan is not ready yet.');
  app.press('esc');
  await app.hides('Working out');
  await app.shows('? help');
});

test('why there is no plan is said with what to do', async () => {
  const app = openApp({
    answers: {propose: {code: 'template-failed', message: 'base-image needs a template.', hint: 'Wait for 0.2.'}},
  });
  await app.shows('! stale');
  app.press('B');
  await app.shows('base-image needs a template.');
  await app.shows('Wait for 0.2.');
});

test('who holds the lock is said where the run was to be started', async () => {
  const app = await openedPlan({
    answers: {start: {code: 'lock-held', message: 'These images are held by ana@jump2 since 12 minutes.'}},
  });
  app.press('y');
  await app.shows('held by ana@jump2');
  await app.shows('Cancel');
});

test('? explains the keys of the dialog, and leads back to it as it was', async () => {
  const app = openApp();
  await app.shows('base-image');
  app.press('B');
  await app.shows('[Start]');
  app.press('tab', '?');
  await app.shows('Start what is shown.');
  app.press('esc');
  await app.shows('▸Start');
});

test('b chooses the builder, and the command says so', async () => {
  const app = openApp();
  await app.shows('base-image');
  app.press('B');
  await app.shows('builder: auto');
  app.press('b');
  await app.shows('--builder classic');
  app.press('b');
  await app.shows('--builder buildkit');
  app.press('b');
  await app.shows('builder: auto');
});

test('effects that do not fit are scrolled to, none is left out', async () => {
  const app = openApp({rows: 20});
  await app.shows('! stale');
  const {propose} = app.fake.engine;
  const does = Array.from({length: 30}, (_, at) => ({kind: 'docker', call: 'push', image: `effect-${at}:`}) as const);
  Object.assign(app.fake.engine, {
    propose: async (...asked: Parameters<typeof propose>) => {
      const proposal = await propose(...asked);
      return {...proposal, plan: {...proposal.plan, tasks: proposal.plan.tasks.map((task) => ({...task, does}))}};
    },
  });
  app.press('*', 'B');
  await app.shows('would change something');
  app.press('e');
  await app.shows(/\d+ more rows: Ctrl-d/);
  const seen = new Set<string>();
  for (let pages = 0; pages < 30 && !app.text().includes('the end'); pages += 1) {
    for (const [, at] of app.text().matchAll(/effect-(\d+):/g)) seen.add(at ?? '');
    const before = app.text();
    app.press('ctrl-d');
    await app.until(() => app.text() !== before);
  }
  for (const [, at] of app.text().matchAll(/effect-(\d+):/g)) seen.add(at ?? '');
  expect(seen.size).toBe(30);
  app.press('j');
  await app.shows(/\d+ more rows: Ctrl-d/);
});

test('a notice is said whole, and what does not fit of all of them is scrolled to', async () => {
  const app = openApp({rows: 20});
  await app.shows('! stale');
  const {propose} = app.fake.engine;
  const notices = Array.from({length: 8}, (_, at) => ({
    code: 'image-not-built' as const,
    severity: 'notice' as const,
    message: `Notice number ${at} says something that takes more than the width of one row of the dialog.`,
    hint: `Its hint is as long, so that the notice takes four rows in all, and the last of them ends with: end-${at}.`,
  }));
  Object.assign(app.fake.engine, {
    propose: async (...asked: Parameters<typeof propose>) => {
      const proposal = await propose(...asked);
      return {...proposal, plan: {...proposal.plan, notices}};
    },
  });
  app.press('*', 'B');
  await app.shows('end-0.');
  await app.shows(/\d+ more rows: Ctrl-d/);
  const seen = new Set<string>();
  for (let pages = 0; pages < 30 && !app.text().includes('the end;'); pages += 1) {
    for (const [, at] of app.text().matchAll(/end-(\d+)\./g)) seen.add(at ?? '');
    const before = app.text();
    app.press('ctrl-d');
    await app.until(() => app.text() !== before);
  }
  for (const [, at] of app.text().matchAll(/end-(\d+)\./g)) seen.add(at ?? '');
  expect(seen.size).toBe(8);
});

test('! copies the command that asks for the same', async () => {
  const app = await openedPlan();
  app.press('f');
  await app.shows('force: yes');
  app.press('!');
  await app.shows('Copied: pai-tui -s /srv/pai image build --force');
  const copied = Buffer.from('pai-tui -s /srv/pai image build --force').toString('base64');
  expect(app.written.all).toContain(`52;c;${copied}`);
});

test('at 40 x 12 every option of the plan is to be seen', async () => {
  const app = openApp({columns: 40, rows: 12});
  await app.shows('✓ current');
  app.press('*', 'B');
  await app.shows('[Start]');
  await app.shows('force: no');
  await app.shows('builder: auto');
  await app.shows('at once: default');
});
