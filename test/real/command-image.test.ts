import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeAll, beforeEach, describe, expect, inject, test} from 'vitest';
import {builtProgram, type ProgramEnd, runProgram, startProgram} from '../helpers/built-program.ts';
import {askEngine} from '../helpers/real-engine.ts';

const engine = inject('realEngine');
const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

// The command line on a real engine and a real registry: what a script or an operator at night meets.
describe.skipIf(!engine)('image commands on a real engine', () => {
  let home: string;
  let tree: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    await builtProgram();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'pai-real-'));
    tree = join(home, 'tree');
    environment = {HOME: home, XDG_STATE_HOME: join(home, 'state'), DOCKER_HOST: `unix://${engine?.socket}`};
  });
  afterEach(async () => {
    await stopRuns();
    rmSync(home, {recursive: true, force: true, maxRetries: 5});
  });

  const start = (...args: string[]) => startProgram(args, {cwd: home, environment});
  const run = (...args: string[]) => runProgram(args, {cwd: home, environment});

  /** Whatever a failed test left running is told to stop, so that its folder can be removed. */
  async function stopRuns() {
    const {runs} = JSON.parse((await run('run', 'list', '--json')).stdout);
    for (const {id, state} of runs) {
      if (state !== 'running' && state !== 'waiting') continue;
      await run('run', 'cancel', id);
      await run('run', 'attach', id);
    }
  }

  /** A tree of one or more components, each with a Dockerfile of these lines on busybox. */
  function writeTree(components: Record<string, string[]>) {
    cpSync(join(fixtures, 'tree-e'), tree, {recursive: true});
    rmSync(join(tree, 'src'), {recursive: true});
    for (const [name, lines] of Object.entries(components)) {
      const folder = join(tree, 'src', name, 'build');
      cpSync(join(fixtures, 'tree-e/src/base-image/build'), folder, {recursive: true});
      rmSync(join(folder, 'base-image.dockerfile'));
      writeFileSync(join(folder, `${name}.dockerfile`), `${lines.join('\n')}\n`);
    }
  }

  test('the sample tree is built once; the second time there is nothing to do', async () => {
    const args = ['image', 'build', '-s', join(fixtures, 'sample'), '--yes', '--json'];
    const first = await run(...args);
    expect({code: first.code, stderr: first.stderr}).toEqual({code: 0, stderr: ''});
    const events = eventsOf(first);
    expect(events[0]).toMatchObject({type: 'run-started', operation: 'image build', runner: 1});
    expect(events.at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'});
    expect(events.filter(({type}) => type === 'task-done').length).toBe(events[0]?.tasks?.length);

    const second = await run(...args);
    expect(second.code).toBe(0);
    const changed = eventsOf(second).filter(({type, changed: was}) => type === 'task-done' && was);
    expect(changed).toEqual([]);

    const status = JSON.parse((await run('image', 'status', '-s', join(fixtures, 'sample'), '--json')).stdout);
    for (const image of status.images) expect(['current', 'unknown']).toContain(image.state);
    const {runs} = JSON.parse((await run('run', 'list', '--json')).stdout);
    expect(runs[0]).toMatchObject({operation: 'image build', state: 'done', ended: expect.any(String)});
    expect(statSync(join(home, 'state/pai-tui')).mode & 0o777).toBe(0o700);
  });

  test('a build that fails ends with 1, shows its last lines, and builds what does not stand on it', async () => {
    writeTree({
      broken: ['FROM busybox:latest', 'RUN echo before-it-broke && false'],
      above: ['FROM broken'],
      beside: ['FROM busybox:latest', 'RUN true'],
    });
    const {code, stdout, stderr} = await run('image', 'build', '-s', tree, '--yes');
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed .*broken/);
    expect(stdout).toMatch(/\| .*before-it-broke/);
    expect(stdout).toMatch(/skipped .*above/);
    expect(stdout).toMatch(/done .*beside/);
    expect(stderr).toMatch(/^build-failed: /m);
    const show = await run('run', 'show', 'last');
    expect(show.stdout).toMatch(/failed .*broken/);
    expect(show.stdout).toContain('build-failed: ');
    const json = JSON.parse((await run('run', 'show', 'last', '--json')).stdout);
    expect(json).toMatchObject({state: 'failed'});
  });

  const slow = {slow: ['FROM busybox:latest', 'ARG STAMP=1', 'RUN sleep 600']};

  test('Ctrl-C stops the run: 5, and the build is gone', async () => {
    writeTree(slow);
    const build = start('image', 'build', '-s', tree, '--yes', '-v');
    await build.prints(/sleep 600/);
    build.process.kill('SIGINT');
    const {code, stdout, stderr} = await build.ended;
    expect(code).toBe(5);
    expect(stderr).toMatch(/^Stopping: nothing new starts/m);
    expect(stdout).toMatch(/stopped/);
    expect(JSON.parse(await askEngine(engine?.socket ?? '', 'GET', '/containers/json?all=1'))).toEqual([]);
    expect(JSON.parse((await run('run', 'show', 'last', '--json')).stdout)).toMatchObject({state: 'stopped'});
  });

  test('a second build of the same tree is refused with the holder of the lock: 4', async () => {
    writeTree(slow);
    const build = start('image', 'build', '-s', tree, '--yes', '-v');
    await build.prints(/sleep 600/);
    const second = await run('image', 'build', '-s', tree, '--yes');
    expect(second).toMatchObject({code: 4});
    expect(second.stderr).toMatch(/^lock-held: .*image-build/m);
    build.process.kill('SIGINT');
    expect((await build.ended).code).toBe(5);
  });

  test.each(['SIGHUP', 'SIGTERM'] as const)(
    '%s ends the command alone; run attach sees the run to its end',
    async (signal) => {
      writeTree({waits: ['FROM busybox:latest', 'RUN echo waiting && sleep 3']});
      const build = start('image', 'build', '-s', tree, '--yes', '-v', '--force', '--no-cache');
      await build.prints(/sleep 3/);
      build.process.kill(signal);
      const end = await build.ended;
      expect(end.code).toBe(5);
      expect(end.stderr).toMatch(/^The run goes on without this command.*pai-tui run attach \S+$/m);
      expect(JSON.parse((await run('run', 'list', '--json')).stdout).runs[0]).toMatchObject({state: 'running'});
      const attach = await run('run', 'attach', 'last', '--json');
      expect(attach.code).toBe(0);
      expect(eventsOf(attach).at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'});
    },
  );

  test('a failed run is shown with its last lines and repeated with a new plan', async () => {
    writeTree({mends: ['FROM busybox:latest', 'RUN echo why-it-failed && false']});
    expect((await run('image', 'build', '-s', tree, '--yes')).code).toBe(1);
    const show = await run('run', 'show', 'last');
    expect(show.stdout).toMatch(/^ +\| why-it-failed$/m);
    const file = /^ +output: (\S+)$/m.exec(show.stdout)?.[1] ?? '';
    expect(readFileSync(file, 'utf8')).toContain('why-it-failed');
    const id = /pai-tui run repeat (\S+)$/m.exec(show.stdout)?.[1] ?? '';
    expect((await run('run', 'resume', id, '--yes')).code).toBe(2);
    expect(await run('run', 'cancel', id)).toMatchObject({code: 0, stdout: expect.stringContaining('Nothing to do')});
    expect((await run('run', 'attach', id)).code).toBe(1);
    writeFileSync(join(tree, 'src/mends/build/mends.dockerfile'), 'FROM busybox:latest\n');
    expect((await run('run', 'repeat', id)).code).toBe(4);
    expect((await run('run', 'repeat', id, '--yes')).code).toBe(0);
    expect((await run('run', 'repeat', 'last', '--yes')).stdout).toMatch(/^Nothing to do/);
  });

  test('--timeout and --fail-fast end a run with 1 and say so', async () => {
    writeTree({broken: ['FROM busybox:latest', 'RUN false'], slow: ['FROM busybox:latest', 'RUN sleep 600']});
    const late = await run('image', 'build', 'slow', '-s', tree, '--yes', '--timeout', '1s');
    expect(late).toMatchObject({code: 1, stderr: expect.stringMatching(/^deadline-passed: .*1 s\.$/m)});
    const fast = await run('image', 'build', '-s', tree, '--yes', '--fail-fast', '--parallel', '1');
    expect(fast.code).toBe(1);
    expect(fast.stdout).toMatch(/skipped {2}Build slow .*first failure$/m);
  });

  test('images are pushed where the configuration says, and a second push finds them there', async () => {
    writeTree({pushed: ['FROM busybox:latest', 'RUN echo pushed > /pushed']});
    const config = join(home, 'config');
    cpSync(join(fixtures, 'config-e'), config, {recursive: true});
    writeFileSync(
      join(config, 'services-configuration.yaml'),
      [
        'cluster:',
        '  clusterid: test',
        '  docker-registry-info:',
        '    docker-namespace: tests',
        `    docker-registry-domain: ${engine?.registry}`,
        '    docker-tag: v1',
        '    secret-name: none',
        '',
      ].join('\n'),
    );
    expect((await run('image', 'build', '-s', tree, '-c', config, '--yes')).code).toBe(0);
    const plan = await run('image', 'push', '-s', tree, '-c', config, '--dry-run');
    expect(plan.stdout).toContain(`${engine?.registry}/tests/pushed:v1`);
    const first = await run('image', 'push', '-s', tree, '-c', config, '--yes');
    expect({code: first.code, stderr: first.stderr}).toEqual({code: 0, stderr: ''});
    const answer = await fetch(`http://${engine?.registry}/v2/tests/pushed/tags/list`);
    expect(await answer.json()).toEqual({name: 'tests/pushed', tags: ['v1']});
    const second = await run('image', 'push', '-s', tree, '-c', config, '--yes', '--json');
    expect(second.code).toBe(0);
    const changed = eventsOf(second).filter(({type, changed: was}) => type === 'task-done' && was);
    expect(changed).toEqual([]);
  });

  test('old spellings build what they named, and the tree is not written', async () => {
    writeTree({'rest-server': ['FROM busybox:latest'], other: ['FROM busybox:latest']});
    const before = readdirSync(tree, {recursive: true}).sort();
    const build = await runProgram(
      ['build', '-c', join(fixtures, 'config-e'), '-s', 'Rest-Server', '--yes', '--json'],
      {
        cwd: tree,
        environment,
      },
    );
    expect(build.stderr).toMatch(/^note: .* is an old spelling; today it is: pai-tui image build /);
    expect(build.code).toBe(0);
    const tasks = eventsOf(build)[0]
      ?.tasks?.map(({title}) => title)
      .join();
    expect(tasks).toContain('rest-server');
    expect(tasks).not.toContain('other');
    expect(readdirSync(tree, {recursive: true}).sort()).toEqual(before);
  });

  test('an export holds the run, and nothing is written over', async () => {
    writeTree({one: ['FROM busybox:latest']});
    await run('image', 'build', '-s', tree, '--yes');
    const file = join(home, 'run.tar.gz');
    expect(await run('run', 'export', 'last', '-o', 'run.tar.gz')).toMatchObject({code: 0, stdout: `Wrote ${file}.\n`});
    expect(readFileSync(file).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect((await run('run', 'export', 'last', '-o', 'run.tar.gz')).code).toBe(2);
  });
});

interface Told {
  readonly type: string;
  readonly changed?: boolean;
  readonly tasks?: readonly {readonly title: string}[];
}

/** The JSON Lines an operation printed. */
function eventsOf({stdout}: ProgramEnd): Told[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}
