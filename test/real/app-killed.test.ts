import {execFileSync, spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest';
import {type AppWorld, appWorld, startBuildOfAll, treeSnapshot, until} from '../helpers/app-world.ts';
import {cleanEnvironment} from '../helpers/pty.ts';

const engine = inject('realEngine');
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!engine)('a build on a real engine, when something of it dies', () => {
  let world: AppWorld;
  let open: () => void;
  beforeEach(async () => {
    world = await appWorld({socket: engine?.socket});
    open = world.gate('rest-server');
  });
  afterEach(() => world.close());

  test('a killed screen loses nothing: the next one shows the run, attaches, and has the same output', async () => {
    const first = world.open({rows: 50, columns: 100});
    await startBuildOfAll(first);
    await inTheMiddle();
    first.signal('SIGKILL');
    await until('the screen has gone', () => !world.processes().some(({pid}) => pid === first.pid));
    expect(world.processes().map(({isRunner}) => isRunner)).toContain(true);

    const second = world.open({rows: 50, columns: 100});
    await second.waitFor(/Build 12 images \d+\/13/);
    expect(second.lines()[0]).toMatch(/Build 12 images \d+\/13/);
    second.press('5');
    await second.waitFor(/running +Build 12 images/);
    second.press('enter');
    await second.waitFor('┌ Plan');
    // Only the gate is left in the end, and the cursor goes with what runs.
    await second.waitFor(/┌ 1 . Build rest-server/);
    await second.waitFor('line 30');
    expect(second.lines().filter((line) => /line \d+ /.test(line)).length).toBeGreaterThan(20);
    open();
    await second.waitFor('✓ done after', 60_000);
    second.press('q');
    expect((await second.exited).code).toBe(0);
    const shown = await world.run('run', 'show', 'last', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({state: 'done'});
  });

  describe.skipIf(!hasTmux)('in tmux', () => {
    const tmux = (...args: readonly string[]) =>
      execFileSync('tmux', ['-S', join(world.folder, 'tmux'), ...args], {
        encoding: 'utf8',
        env: cleanEnvironment({...world.environment, LC_ALL: 'C.UTF-8'}),
      });
    const sees = (text: string) =>
      until(`"${text}" is on the screen`, () => tmux('capture-pane', '-p', '-t', 'main').includes(text));

    test('detach and attach keep the screen; an ended server (SIGHUP) ends it, and the run goes on to its end', async () => {
      const command = `exec "${process.execPath}" "${world.program}" -s "${world.tree}"`;
      tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'main', '-x', '80', '-y', '24', command);
      try {
        await sees('never built here');
        tmux('send-keys', '-t', 'main', '*', 'B');
        await sees('would change something');
        tmux('send-keys', '-t', 'main', 'Tab', 'Enter');
        await inTheMiddle();
        await sees('line 30');
        const client = world.openShell('tmux', '-S', join(world.folder, 'tmux'), 'attach', '-t', 'main');
        await client.waitFor('line 30');
        client.press('ctrl-b', 'd');
        await client.exited;
        const again = world.openShell('tmux', '-S', join(world.folder, 'tmux'), 'attach', '-t', 'main');
        await again.waitFor('line 30');
        expect(again.screen()).toContain('Build rest-server');
      } finally {
        tmux('kill-server');
      }
      await until('only the runner and its hook are left', () => {
        const left = world.processes().filter(({command: line}) => line.includes('main.js'));
        return left.length === 1 && left[0]?.isRunner === true;
      });
      open();
      expect((await world.run('run', 'attach', 'last')).code).toBe(0);
      expect(world.lastRun()?.events().at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'});
      expect((await world.run('run', 'show', 'last')).stdout).toMatch(/done +Build rest-server/);
      await until('nothing is left', () => world.processes().length === 0);
    });
  });

  test('a killed runner is said to be interrupted; Enter resumes it, and what was done is not built twice', async () => {
    const before = treeSnapshot(world.tree);
    const screen = world.open();
    await startBuildOfAll(screen);
    await inTheMiddle();
    const run = world.lastRun();
    await until('what has no hook is done', () => withoutHooks.every((task) => doneTasks().includes(task)));
    const built = doneTasks();
    const id = await idOf('zookeeper');
    process.kill(run?.runner() ?? 0, 'SIGKILL');
    await screen.waitFor('interrupted');
    await screen.waitFor('Enter resumes it');
    expect(screen.screen()).toMatch(/runner .*(gone|killed|ended)/i);
    const shown = await world.run('run', 'show', 'last');
    expect(shown.stdout).toMatch(/interrupted/);

    screen.press('enter');
    await screen.waitFor('Go on with this run?');
    screen.press('tab', 'enter');
    open();
    await screen.waitFor('✓ done after', 60_000);
    const events = run?.events() ?? [];
    const second = events.slice(events.findLastIndex(({type}) => /^run-(started|resumed)/.test(type)));
    const again = second.filter(({type, task}) => type === 'task-started' && built.includes(String(task)));
    expect(again).toEqual([]);
    expect(await idOf('zookeeper')).toBe(id);
    expect(treeSnapshot(world.tree)).toEqual(before);
    await until('nothing is left', () => world.processes().every(({pid}) => pid === screen.pid));
  });

  test('a second build is refused with the holder, headless and on screen; a dead holder is taken over and said', async () => {
    const first = world.start('image', 'build', '-s', world.tree, '--yes');
    await inTheMiddle();
    const run = world.lastRun();
    const id = String(run?.id);
    const second = await world.run('image', 'build', '-s', world.tree, '--yes');
    expect(second.code).toBe(4);
    expect(second.stderr).toContain(`lock-held: Building and pushing this tree is locked by run ${id}`);

    const screen = world.open();
    await screen.waitFor(/base-image .*(current|not built)/);
    screen.press('B');
    await screen.waitFor(/Start\]/);
    await screen.waitFor(/\d+ tasks?[:,]/);
    screen.press('f');
    await screen.waitFor('force: yes');
    await screen.waitFor('would change something');
    screen.press('tab', 'enter');
    await screen.waitFor(`this tree is locked by run ${id}`);
    await screen.waitFor('It was not started.');
    expect(screen.screen().replaceAll(/\s+/g, ' ')).toContain(`pai-tui run cancel ${id}`);

    process.kill(run?.runner() ?? 0, 'SIGKILL');
    await first.ended;
    open();
    rmSync(join(world.tree, 'src/rest-server/build/build-pre.sh'));
    world.edit('src/rest-server/build/build-pre.sh', () => '#!/bin/bash\ncp -r version src/rest-server/version\n');
    const third = await world.run('image', 'build', '-s', world.tree, '--yes');
    expect(third).toMatchObject({code: 0});
    const told = /The lock was left by .*;\s+it was taken\s+over/s;
    expect(third.stderr).toMatch(told);
    expect((await world.run('run', 'show', 'last')).stdout).toMatch(told);
    const attached = world.open({args: ['run', 'attach', 'last']});
    await attached.waitFor('✓ done after');
    expect(attached.screen()).toMatch(told);
  });

  const withoutHooks = ['base-image', 'cleaning-image', 'drivers', 'job-exporter', 'pylon', 'zookeeper'].map(
    (name) => `build/${name}`,
  );

  const doneTasks = () =>
    (world.lastRun()?.events() ?? []).filter(({type}) => type === 'task-done').map(({task}) => String(task));

  const inTheMiddle = () =>
    until('rest-server waits at its gate', () =>
      (world.lastRun()?.events() ?? []).some(({type, task}) => type === 'task-started' && task === 'build/rest-server'),
    );

  const idOf = async (image: string) => {
    const {stdout} = await world.run('image', 'status', image, '-s', world.tree, '--json');
    return (JSON.parse(stdout) as {images: {id?: string}[]}).images[0]?.id ?? stdout;
  };
});
