import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, rmSync, statfsSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest';
import {type AppWorld, appWorld, startBuildOfAll, treeSnapshot, until} from '../helpers/app-world.ts';

const engine = inject('realEngine');

describe.skipIf(!engine)('what goes wrong at night is a sentence', () => {
  let world: AppWorld;
  let before: readonly string[];
  beforeEach(async () => {
    world = await appWorld({socket: engine?.socket});
    before = treeSnapshot(world.tree);
  });
  afterEach(() => world.close());

  test('no engine: exit 6 and what to check; on screen too, and Ctrl-r finds the engine once it is there', async () => {
    const socket = join(world.folder, 'late.sock');
    const late = {DOCKER_HOST: `unix://${socket}`};
    const screen = world.open({environment: late});
    await screen.waitFor('no Docker engine');
    await screen.waitFor(/No Docker engine answers at/);
    expect(screen.screen().replaceAll(/\s+/g, ' ')).toMatch(/systemctl start docker|DOCKER_HOST/);
    screen.press('B');
    await screen.waitFor(/Ctrl-r asks again/);
    expect(screen.screen()).not.toContain('[Start]');
    const build = await world.runWith(late, 'image', 'build', '-s', world.tree, '--yes');
    expect(build.code).toBe(6);
    expect(build.stderr).toMatch(/^engine-unreachable: .*late\.sock/m);
    expect(build.stderr).toMatch(/^hint: /m);
    expect(world.lastRun()).toBeUndefined();

    symlinkSync(engine?.socket ?? '', socket);
    screen.press('ctrl-r');
    await screen.waitFor(/base-image .*never built here/);
    expect(screen.screen()).not.toContain('no Docker engine');
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
  });

  test('a hook that fails: its exit code and last lines, and everything beside it is built', async () => {
    world.edit(
      'src/rest-server/build/build-pre.sh',
      () => '#!/bin/bash\necho the licence server is down >&2\nexit 7\n',
    );
    before = treeSnapshot(world.tree);
    const build = await world.run('image', 'build', 'rest-server', 'pylon', '-s', world.tree, '--yes');
    expect(build.code).toBe(1);
    expect(build.stderr).toMatch(/^hook-failed: .*build-pre\.sh.*7/m);
    expect(build.stdout).toContain('the licence server is down');
    expect(build.stdout).toMatch(/done +Build pylon/);
    const screen = world.open();
    await screen.waitFor(/pylon .*current/);
    screen.press('5');
    await screen.waitFor(/failed +Build/);
    screen.press('enter');
    await screen.waitFor('✗ failed after');
    await screen.waitFor('the licence server is down');
    expect(screen.screen()).toMatch(/build-pre\.sh.*(exit code 7|7)/);
    expect(treeSnapshot(world.tree)).toEqual(before);
  });

  test('a hook that hangs is ended by a cancel, with all it started', async () => {
    const pids = join(world.folder, 'pids');
    world.edit(
      'src/rest-server/build/build-pre.sh',
      () => `#!/bin/bash\ntrap '' TERM INT HUP\nsleep 1000 & echo $! > ${pids}\nwhile true; do sleep 1; done\n`,
    );
    before = treeSnapshot(world.tree);
    const screen = world.open();
    await startBuildOfAll(screen);
    await until('the hook hangs', () => existsSync(pids));
    screen.press('ctrl-c');
    await screen.waitFor('Stop this run?');
    screen.press('tab', 'enter');
    await screen.waitFor(/stopped after/, 60_000);
    screen.press('q');
    await screen.exited;
    await until('nothing is left', () => world.processes().length === 0);
    expect(readdirSync(world.lastRun()?.folder ?? '')).not.toContain('tree');
    expect(treeSnapshot(world.tree)).toEqual(before);
  });

  test('a Dockerfile that does not parse: file and line, on screen and headless', async () => {
    world.edit('src/pylon/build/pylon.dockerfile', () => 'FROM busybox:latest\n\nRUNN true\n');
    const build = await world.run('image', 'build', 'pylon', '-s', world.tree, '--yes');
    expect([1, 3]).toContain(build.code);
    expect(build.stderr).toMatch(/pylon\.dockerfile:3/);
    expect(build.stderr).toMatch(/RUNN/);
    world.edit('src/pylon/build/pylon.dockerfile', () => 'RUN true\n');
    const list = await world.run('image', 'list', '-s', world.tree);
    expect(list.code).toBe(3);
    expect(list.stderr).toMatch(/^dockerfile-invalid: [\s\S]*pylon\.dockerfile/m);
    const screen = world.open();
    await screen.waitFor('1 problem');
    screen.press('[');
    await screen.waitFor(/pylon\.dockerfile/);
    await screen.waitFor(/FROM/);
  });

  test('a tree that is none, and an image nobody knows', async () => {
    const none = join(world.folder, 'none');
    mkdirSync(none);
    expect(await world.run('image', 'list', '-s', none)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^no-tree: /),
    });
    const screen = world.open({args: ['-s', none]});
    await screen.waitFor('no tree');
    screen.press('B');
    await screen.waitFor(/not read|no tree/);
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    const unknown = await world.run('image', 'build', 'rest-sever', '-s', world.tree, '--yes');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/^unknown-name: .*rest-sever/m);
    expect(unknown.stderr).toContain('rest-server');
  });

  test('a terminal too small says how big it should be, and draws when it is', async () => {
    const screen = world.open({columns: 30, rows: 8});
    await screen.waitFor(/40.*10/);
    expect(screen.screen()).not.toContain('base-image');
    screen.resize(80, 24);
    await screen.waitFor('never built here');
    expect(screen.lines()[0]).toContain('pai-tui');
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
  });

  test('no terminal: exit 2 with the help; TERM=dumb: lines in place of screens', async () => {
    const piped = await world.run('-s', world.tree);
    expect(piped.code).toBe(2);
    expect(piped.stderr).toMatch(/^no-terminal: /);
    expect(piped.stderr).toContain('image build');
    const dumb = world.open({rows: 60, environment: {TERM: 'dumb'}});
    expect((await dumb.exited).code).toBe(0);
    expect(dumb.kind).toBe('normal');
    expect(dumb.screen()).toContain('base-image');
    expect(dumb.screen()).toContain('TERM=dumb');
  });

  describe('a full disk under the state folder', () => {
    let state: string;
    beforeEach(() => {
      state = join(world.folder, 'small');
      mkdirSync(state);
      const {status, stderr} = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'pai-tests', state], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
    });
    afterEach(async () => {
      await world.stop();
      spawnSync('umount', [state]);
    });

    test('in the middle: run show explains, and resume ends it after room is made', async () => {
      const open = world.gate('rest-server');
      const filler = join(state, 'filler');
      const small = {XDG_STATE_HOME: state};
      const build = world.startWith(small, 'image', 'build', '-s', world.tree, '--yes');
      await build.prints(/start +Build rest-server/);
      const {bavail, bsize} = statfsSync(state);
      writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize)));
      open();
      const end = await build.ended;
      expect(end.code).toBeGreaterThan(0);
      expect(`${end.stdout}${end.stderr}`).toMatch(/full|room|space/i);
      const show = await world.runWith(small, 'run', 'show', 'last');
      expect(show.stdout).toMatch(/interrupted|failed/);
      expect(show.stdout).toMatch(/full/);
      const screen = world.open({environment: small});
      await screen.waitFor('base-image');
      screen.press('5', 'enter');
      await screen.waitFor(/full/);
      await screen.close();
      rmSync(filler);
      const resume = await world.runWith(small, 'run', 'resume', 'last', '--yes');
      expect({code: resume.code, stderr: resume.stderr}).toMatchObject({code: 0});
    });

    test('from the start: nothing happens and it is said', async () => {
      const small = {XDG_STATE_HOME: state};
      const {bavail, bsize} = statfsSync(state);
      writeFileSync(join(state, 'filler'), Buffer.alloc(Number(bavail) * Number(bsize)));
      const build = await world.runWith(small, 'image', 'build', 'pylon', '-s', world.tree, '--yes');
      expect(build.code).toBe(1);
      expect(build.stderr).toMatch(/^disk-full: /m);
      const screen = world.open({environment: small});
      await screen.waitFor(/pylon +– not built/);
      screen.press('B');
      await screen.waitFor('would change something');
      screen.press('tab', 'enter');
      await screen.waitFor(/disk.*full|no room/);
    });
  });
});
