import {describe, expect, test} from 'vitest';
import {sampleCatalog, statusWithoutEngine} from '../helpers/fake-engine.ts';
import {openCluster, readingOf} from './cluster/open-config.tsx';
import {openApp} from './open-app.tsx';
import {allRuns, failedRun, runningRun} from './sample-runs.ts';

const treeProblems = [
  {
    code: 'unknown-dependency' as const,
    message: 'rest-server needs ghost, which is not in this tree.',
    hint: 'Correct the name, or add src/ghost.',
    file: 'src/rest-server/build/component.dep',
    line: 3,
  },
  {
    code: 'file-unreadable' as const,
    severity: 'warning' as const,
    message: 'It cannot be read.',
    file: 'src/x/service.yaml',
  },
];

const configProblems = [
  {
    code: 'config-invalid' as const,
    message: 'infra-01 and gpu-01 have the same address.',
    hint: 'Give each machine its own.',
    file: 'fixtures/config-sample/layout.yaml',
    line: 23,
    key: 'machine-list.0.hostip',
  },
  {
    code: 'config-invalid' as const,
    severity: 'warning' as const,
    message: 'The text "true" stands where a boolean is meant.',
    file: 'fixtures/config-sample/services-configuration.yaml',
    line: 9,
  },
  {code: 'config-invalid' as const, severity: 'notice' as const, message: 'Nobody knows the module grafana-next.'},
];

describe.each([
  [80, 24],
  [200, 50],
  [40, 12],
])('at %i x %i', (columns, rows) => {
  test('the images with state and reason', async () => {
    const app = openApp({columns, rows});
    await app.shows('✓ current');
    await app.shows('? help');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the graph', async () => {
    const app = openApp({columns, rows});
    await app.shows('✓ current');
    app.press(']');
    await app.shows('├─');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('everything about one image', async () => {
    const app = openApp({columns, rows});
    await app.shows('✓ current');
    app.press('j', 'j', 'd');
    await app.shows('dockerfile src/database');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the problems of the tree with file and line', async () => {
    const app = openApp({columns, rows, answers: {catalog: sampleCatalog(treeProblems)}});
    await app.shows('Problems 2');
    app.press('[');
    await app.shows('component.d');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a tree without a Docker engine', async () => {
    const app = openApp({columns, rows, answers: {status: statusWithoutEngine()}});
    await app.shows('No Docker engine answers');
    await app.shows('? unknown');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the plan that waits for approval', async () => {
    const app = openApp({columns, rows});
    await app.shows('✓ current');
    app.press('*', 'B');
    await app.shows('Build 4 images');
    await app.shows('Cancel');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the history', async () => {
    const app = openApp({columns, rows, answers: {runs: allRuns}});
    await app.shows('✓ current');
    app.press('5');
    await app.shows('interrupted');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a run with what it says', async () => {
    const app = openApp({columns, rows, answers: {runs: [runningRun]}, settings: {attach: runningRun.summary.id}});
    app.fake.print(runningRun.summary.id, 'build/rest-server', ['Step 3/12 : RUN npm ci', ' ---> Running in 12ab34cd']);
    await app.shows('Build webportal');
    await app.shows(rows < 16 ? 'Plan' : 'Running in 12ab34cd');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a run that failed, and what to do next', async () => {
    const app = openApp({columns, rows, answers: {runs: [failedRun]}, settings: {attach: failedRun.summary.id}});
    app.fake.print(failedRun.summary.id, 'build/rest-server', ['npm ERR! missing script: ci']);
    await app.shows('failed after');
    await app.shows(rows < 16 ? 'Plan' : 'npm ERR!');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('what the configuration says, in short', async () => {
    const app = await openCluster('sample', {columns, rows});
    await app.shows(/c opens|of \d+ ┐/);
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a value of the configuration', async () => {
    const app = await openCluster('sample', {columns, rows});
    await app.shows('check ');
    app.press('c', 'enter', 'G');
    await app.shows(/┌ Services/);
    app.press('g', '/', 'hostip', 'enter', 'n');
    await app.shows(/▸ +hostip/);
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('what is wrong with the configuration', async () => {
    const config = {...(await readingOf('sample')), problems: configProblems};
    const app = await openCluster('sample', {columns, rows, answers: {config}});
    await app.shows('check ');
    app.press('c', '[');
    await app.shows('error');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('the help', async () => {
    const app = openApp({columns, rows});
    await app.shows('✓ current');
    app.press('?');
    await app.shows('search:');
    expect(await app.stillFrame()).toMatchSnapshot();
  });
});

test('without colours the states keep their glyphs and words', async () => {
  const app = openApp({environment: {NO_COLOR: '1'}});
  await app.shows('! stale');
  await app.shows('✓ current');
  const cells = Array.from({length: 80 * 24}, (_, at) => app.styledCell(at % 80, Math.floor(at / 80)));
  expect(cells.filter((cell) => cell.foreground !== undefined || cell.background !== undefined)).toEqual([]);
  expect(cells.some((cell) => cell.inverse)).toBe(true);
});

test('in a terminal without Unicode only ASCII is written', async () => {
  const app = openApp({environment: {LANG: 'C', LC_ALL: 'C'}, answers: {runs: allRuns}});
  await app.shows('! stale');
  app.press(']');
  await app.shows('|-cleaning-image');
  app.press('B');
  await app.shows('>Close');
  expect(app.text().match(/[^\x20-\x7e\n]/g)).toBeNull();
});
