import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type AppWorld, appWorld, until} from '../helpers/app-world.ts';
import type {PtyProgram} from '../helpers/pty.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of nine machines on one screen', whyNoLab());

const sleepers = 'pgrep -f "[s]leep 97531" || echo none';

/** Other tests may keep this computer busy. */
const long = 60_000;

describe.skipIf(obstacle)('nine real hosts whose password the configuration does not have', () => {
  let lab: Lab;
  let world: AppWorld;
  let config: string;
  beforeAll(async () => {
    lab = await startLab({hosts: 9});
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    world = await appWorld({});
    config = join(world.folder, 'cluster');
    await writeClusterFolder(config, lab.hosts, {user: logins.deploy.user});
    mkdirSync(join(world.folder, '.ssh'));
    writeFileSync(join(world.folder, '.ssh/known_hosts'), lab.knownHosts());
  });
  afterEach(() => world?.close());

  async function open(size: {readonly columns: number; readonly rows: number}): Promise<PtyProgram> {
    const screen = world.open({...size, args: ['-s', world.tree, '-c', config]});
    await screen.waitFor('1 Images');
    screen.press('3');
    await screen.waitFor('9 machines let nobody in', long);
    return screen;
  }

  async function unlock(screen: PtyProgram): Promise<void> {
    screen.press('p');
    await screen.waitFor(/For node-\[1-9\]\./);
    screen.press(logins.deploy.password, 'enter');
    await screen.waitFor('9/9 machines up', long);
    expect(screen.screen()).not.toContain(logins.deploy.password);
  }

  async function run(screen: PtyProgram, script: string): Promise<void> {
    screen.press('*', 'x');
    await screen.waitFor('Run on 9 machines');
    screen.press(script);
    await screen.waitFor(() => screen.screen().includes(script.slice(0, 40)));
    screen.press('enter');
  }

  test('a wrong password is refused, the right one lets in, and a command shows in nine panes', async () => {
    const screen = await open({columns: 200, rows: 60});
    screen.press('p');
    await screen.waitFor('For node-[1-9].');
    screen.press('not the password', 'enter');
    await screen.waitFor('9 machines refuse what you typed', long);
    await unlock(screen);
    await run(screen, 'echo "this is $(hostname)"');
    await screen.waitFor('✓ 9 done', long);
    screen.press('o');
    for (const panes of [2, 4, 6, 9]) {
      await screen.waitFor(`p ${panes} panes`);
      screen.press('p');
    }
    await screen.waitFor('p one pane');
    for (const {name} of lab.hosts) await screen.waitFor(`this is ${name}`);
  });

  test('a journal unit is chosen from those of the machine, and followed on all', async () => {
    const [one, two] = lab.hosts as [Host, Host];
    for (const host of [one, two]) await host.journal([{unit: 'kubelet.service', message: 'begins'}]);
    const screen = await open({columns: 200, rows: 40});
    await unlock(screen);
    screen.press('space', 'space', 'l');
    await screen.waitFor('Follow a log');
    screen.press('tab');
    await screen.waitFor('as root');
    screen.press('unit kubelet.service');
    await screen.waitFor('kubelet.service');
    screen.press('enter');
    await screen.waitFor(/node-1 \S+ begins/, long);
    await screen.waitFor(/node-2 \S+ begins/, long);
    await two.journal([{unit: 'kubelet.service', message: 'goes on'}]);
    await screen.waitFor(/node-2 \S+ goes on/, long);
    expect(screen.screen()).not.toMatch(/node-1 \S+ goes on/);
    screen.press('!');
    await screen.waitFor('--unit');
  });

  test('silent machines are named, and a program that is killed leaves what runs running', async () => {
    const screen = await open({columns: 120, rows: 30});
    await unlock(screen);
    await run(screen, 'if [ $(hostname) = node-4 ]; then echo began; exec sleep 97531; fi');
    await screen.waitFor('8 of 9 ended', long);
    await screen.waitFor('silent: node-4', 120_000);
    const [, , , fourth] = lab.hosts as [Host, Host, Host, Host];
    screen.signal('SIGKILL');
    await screen.exited;
    expect(await fourth.sh(sleepers)).toMatch(/^\d+\n/);
    await fourth.sh('pkill -f "[s]leep 97531"');
    await until('it is gone', async () => (await fourth.sh(sleepers)) === 'none\n');
  });

  test('machines are reached through another on the command line', async () => {
    const [one] = lab.hosts as [Host];
    const file = join(world.folder, 'password');
    writeFileSync(file, `${logins.deploy.password}\n`, {mode: 0o600});
    const jumpFile = join(world.folder, 'jump-password');
    writeFileSync(jumpFile, `${logins.guest.password}\n`, {mode: 0o600});
    const through = (...more: readonly string[]) =>
      world.run(
        ...['-c', config, 'machine', 'run', 'node-2', '--jump', `${logins.guest.user}@${one.address}`],
        ...['--password-file', file, ...more, '--', 'echo "$SSH_CONNECTION"'],
      );
    const {code, stdout, stderr} = await through('--jump-password-file', jumpFile);
    expect({code, stderr}).toMatchObject({code: 0});
    expect(stdout).toMatch(new RegExp(`^${one.address.replaceAll('.', '\\.')} `));
    // That of the machines is nothing for the host in between.
    const refused = await through();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(`There is nothing to log in to ${one.address} with`);
  });
});
