import {cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {builtProgram} from '../helpers/built-program.ts';
import {type PtyProgram, startInPty} from '../helpers/pty.ts';

const sample = fileURLToPath(new URL('../../fixtures/sample', import.meta.url));

let program: string;
let home: string;
let open: PtyProgram[] = [];

beforeAll(async () => {
  program = await builtProgram();
  home = mkdtempSync(join(tmpdir(), 'pai-terminal-'));
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

function run(args: readonly string[], term = 'xterm-256color'): PtyProgram {
  // A pty is always opened with a TERM of its own, hence env.
  const one = startInPty('env', [`TERM=${term}`, process.execPath, program, ...args], {
    rows: 50,
    columns: 120,
    folder: home,
    environment: {
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
      DOCKER_HOST: `unix://${join(home, 'no.sock')}`,
    },
  });
  open.push(one);
  return one;
}

test('a list in a terminal stays on the normal screen and gives the prompt back', async () => {
  const list = run(['image', 'list', '-s', sample]);
  expect((await list.exited).code).toBe(0);
  expect(list.screen()).toMatch(/^base-image +base-image/m);
  expect(list.kind).toBe('normal');
});

test('a terminal that cannot move its cursor gets a list and the commands that do the rest', async () => {
  const app = run(['-s', sample], 'dumb');
  expect((await app.exited).code).toBe(0);
  expect(app.kind).toBe('normal');
  expect(app.screen()).toMatch(/^webportal +webportal/m);
  expect(app.screen()).toContain('TERM=dumb');
  expect(app.screen()).toContain('pai-tui run attach last');
  expect(readdirSync(home)).toEqual([]);
});

test('the app opens on the tree it was given, and q gives the terminal back', async () => {
  const app = run(['-s', sample]);
  await app.waitFor('base-image');
  expect(app.kind).toBe('alternate');
  app.press('q');
  expect((await app.exited).code).toBe(0);
  expect(app.kind).toBe('normal');
});

test('the first look at the images knows them by the names the configuration gives them', async () => {
  const tree = join(home, 'tree');
  const config = join(home, 'config');
  cpSync(sample, tree, {recursive: true});
  mkdirSync(config);
  writeFileSync(join(tree, 'src/pylon/build/pylon.dockerfile'), 'FROM registry.example:5000/openpai/zookeeper:v1\n');
  writeFileSync(
    join(config, 'services-configuration.yaml'),
    'cluster:\n  docker-registry:\n    namespace: openpai\n    domain: registry.example:5000\n    tag: v1\n    secret-name: s\n',
  );
  const app = run(['-s', tree, '-c', config]);
  await app.waitFor('zookeeper');
  app.press('G');
  await app.waitFor(/needed by +pylon /);
  app.press('ctrl-r', 'g', 'G');
  await app.waitFor(/needed by +pylon /);
});
