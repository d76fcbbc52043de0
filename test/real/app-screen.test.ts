import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest';
import {type AppWorld, appWorld, startBuildOfAll, until} from '../helpers/app-world.ts';
import type {PtyProgram} from '../helpers/pty.ts';
import {startInPty} from '../helpers/pty.ts';
import {askEngine} from '../helpers/real-engine.ts';

const engine = inject('realEngine');

describe.skipIf(!engine)('the screens on a real engine', () => {
  let world: AppWorld;
  beforeEach(async () => {
    world = await appWorld({socket: engine?.socket});
  });
  afterEach(() => world.close());

  const given = (screen: PtyProgram) =>
    expect({kind: screen.kind, cursor: screen.cursorShown}).toEqual({kind: 'normal', cursor: true});

  test.each([
    [80, 24],
    [200, 50],
  ])('a tree goes from the first look to "nothing to do" at %i×%i', async (columns, rows) => {
    const screen = world.open({columns, rows});
    await screen.waitFor('never built here');
    screen.press('*', 'B');
    await screen.waitFor('11 would change something');
    expect(screen.screen()).toMatch(/! change +Build base-image +never built here/);
    expect(screen.screen()).toMatch(/\? decides +Run the hooks of hadoop-ai +build-pre\.sh/);
    screen.press('j', 'e');
    await screen.waitFor('docker build base-image');
    expect(world.lastRun()).toBeUndefined();
    screen.press('tab', 'enter');
    await screen.waitFor('┌ Plan');
    screen.press('p');
    await screen.waitFor(/┌ 2 /);
    screen.press('p');
    await screen.waitFor(/┌ 4 /);
    await screen.waitFor('✓ done after', 60_000);
    expect(screen.screen()).toContain('12 changed, 1 unchanged');
    screen.press('1', 'u');
    await screen.waitFor(/base-image .*✓ current/);

    screen.press('B');
    await screen.waitFor('Nothing to do: 1 task');
    // Esc and a key in one breath are Alt and that key.
    screen.press('esc');
    await screen.waitFor(() => !screen.screen().includes('Nothing to do'));
    screen.press('*', 'B');
    await screen.waitFor('6 decided while running, 7 as it should be');
    screen.press('tab', 'enter');
    await screen.waitFor('; nothing had to change', 60_000);
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    given(screen);
  });

  test('Ctrl-C asks; the stop ends the run, its containers and its copy, and the command that follows with 5', async () => {
    world.edit('src/pylon/build/pylon.dockerfile', (text) => text.replace('RUN sleep', 'RUN sleep 1000\nRUN sleep'));
    const screen = world.open();
    await startBuildOfAll(screen);
    await until('the long step runs', async () =>
      (await containers()).some(({Command}) => Command.includes('sleep 1000')),
    );
    const run = world.lastRun();
    await until('the tree is copied', () => existsSync(join(run?.folder ?? '', 'tree')));
    const follower = world.start('run', 'attach', 'last', '--json');
    await follower.prints(/run-started/);
    screen.press('ctrl-c');
    await screen.waitFor('Stop this run?');
    screen.press('enter');
    await screen.waitFor(() => !screen.screen().includes('Stop this run?'));
    expect(existsSync(join(run?.folder ?? '', 'cancel'))).toBe(false);
    screen.press('ctrl-c');
    await screen.waitFor('Stop this run?');
    screen.press('tab', 'enter');
    await screen.waitFor(/stopped after/, 60_000);
    expect(await follower.ended).toMatchObject({code: 5});
    expect(run?.events().at(-1)).toMatchObject({type: 'run-ended', outcome: 'stopped'});
    await until('the engine has no container left', async () => (await containers()).length === 0);
    await until('the runner has gone', () => !world.processes().some(({isRunner}) => isRunner));
    expect(existsSync(join(run?.folder ?? '', 'tree'))).toBe(false);
    expect(screen.screen()).toContain('r repeats it');
  });

  test('q asks, says that the run goes on, and leaves it going', async () => {
    const open = world.gate('rest-server');
    const screen = world.open();
    await startBuildOfAll(screen);
    await screen.waitFor(/⠹|⠋|⠙|⠸|⠼|⠴/);
    await until('the run is in the middle', () => isRunning('build/rest-server'));
    screen.press('q');
    await screen.waitFor('It goes on without the screen.');
    screen.press('enter');
    await screen.waitFor(() => !screen.screen().includes('It goes on without the screen.'));
    screen.press('q');
    await screen.waitFor('Leave, it goes on');
    screen.press('tab', 'enter');
    expect((await screen.exited).code).toBe(0);
    given(screen);
    const id = world.lastRun()?.id;
    expect(screen.screen().replaceAll('\n', '')).toContain(`pai-tui run attach ${id}`);
    open();
    expect((await world.run('run', 'attach', 'last')).code).toBe(0);
    expect(world.lastRun()?.events().at(-1)).toMatchObject({type: 'run-ended', outcome: 'done'});
  });

  test('SIGTERM gives the terminal back in the middle of a run, and the run goes on', async () => {
    const open = world.gate('rest-server');
    const screen = world.open();
    await startBuildOfAll(screen);
    await until('the run is in the middle', () => isRunning('build/rest-server'));
    // The program is the child of env, which became it.
    screen.signal('SIGTERM');
    expect((await screen.exited).code).toBe(143);
    given(screen);
    expect(JSON.parse((await world.run('run', 'list', '--json')).stdout).runs[0]).toMatchObject({state: 'running'});
    open();
    expect((await world.run('run', 'attach', 'last')).code).toBe(0);
  });

  test('Ctrl-Z in a followed run gives the shell, fg the run as it is by then', async () => {
    const open = world.gate('rest-server');
    const shell = startInPty('bash', ['--norc', '--noprofile', '-i'], {
      folder: world.folder,
      environment: {...world.environment, PS1: '$ '},
    });
    try {
      await shell.waitFor('$');
      shell.press(`"${process.execPath}" "${world.program}" -s tree\r`);
      await startBuildOfAll(shell);
      await until('the run is in the middle', () => isRunning('build/rest-server'));
      shell.press('ctrl-z');
      await shell.waitFor('Stopped');
      given(shell);
      shell.press('echo typed at the $((1 + 1))nd prompt\r');
      await shell.waitFor('typed at the 2nd prompt');
      open();
      await until('the run ends without its screen', () => world.lastRun()?.events().at(-1)?.type === 'run-ended');
      shell.press('fg\r');
      await shell.waitFor('✓ done after');
      expect(shell.kind).toBe('alternate');
      shell.press('q');
      await shell.waitFor(() => shell.kind === 'normal');
      shell.press('echo ended with $?; stty -a\r');
      await shell.waitFor('ended with 0');
      given(shell);
      await shell.waitFor(/ icanon .*\becho\b/s);
    } finally {
      await shell.close();
    }
  });

  test('two screens on one run: any character keeps its place, outputs are searched, saved and exported', async () => {
    const open = world.gate('rest-server');
    const odd = '漢字 🚀👩‍👧 e\u0301 so\u00adft\ttab \u001b[5A\u001b[2Jmoved';
    world.edit('src/rest-server/build/build-pre.sh', (text) => text.replace('\n', `\necho '${odd}'\n`));
    const first = world.open({columns: 100, rows: 30});
    await startBuildOfAll(first);
    await until('the run is in the middle', () => isRunning('build/rest-server'));
    const second = world.open({columns: 100, rows: 30, args: ['run', 'attach', 'last']});
    for (const screen of [first, second]) {
      await screen.waitFor('┌ Plan');
      screen.press('/', 'rest-server');
      await screen.waitFor('find: rest-server (');
      screen.press('enter');
      await screen.waitFor('/ find');
      screen.press('enter');
      await screen.waitFor('line 30');
      screen.press('g', '/', '漢字');
      await screen.waitFor('match 1/1');
      screen.press('enter');
      await screen.waitFor('soft');
      for (const line of screen.lines().slice(4, 28)) expect(line).toMatch(/^│.*│$|^[┌└]/);
    }
    const [log, archive] = [join(world.folder, 'out.log'), join(world.folder, 'run.tar.gz')];
    first.press('ctrl-s');
    await first.waitFor('write this output to: build-rest-server.log');
    first.press('ctrl-u', log, 'enter');
    await first.waitFor(`Written: ${log}`);
    expect(readFileSync(log, 'utf8')).toContain('line 30');
    second.press('x');
    await second.waitFor('write the whole run to:');
    second.press('ctrl-u', archive, 'enter');
    await second.waitFor('Written:');
    expect(existsSync(archive)).toBe(true);
    open();
    for (const screen of [first, second]) await screen.waitFor('✓ done after', 60_000);
  });

  const isRunning = (task: string) => {
    const ofTask =
      world
        .lastRun()
        ?.events()
        .filter((event) => event.task === task) ?? [];
    return ofTask.some(({type}) => type === 'task-started') && !ofTask.some(({type}) => type === 'task-done');
  };

  const containers = async () =>
    JSON.parse(await askEngine(engine?.socket ?? '', 'GET', '/containers/json?all=1')) as {readonly Command: string}[];
});
