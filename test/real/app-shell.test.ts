import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type AppWorld, appWorld} from '../helpers/app-world.ts';
import type {PtyProgram} from '../helpers/pty.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of shells and logs in panes', whyNoLab());

describe.skipIf(obstacle)('shells and logs of real hosts in the screens', () => {
  let lab: Lab;
  let world: AppWorld;
  let screen: PtyProgram;
  beforeAll(async () => {
    lab = await startLab({hosts: 2});
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    world = await appWorld({});
    const config = join(world.folder, 'cluster');
    await writeClusterFolder(config, lab.hosts, logins.deploy);
    mkdirSync(join(world.folder, '.ssh'));
    writeFileSync(join(world.folder, '.ssh/known_hosts'), lab.knownHosts());
    screen = world.open({columns: 90, rows: 26, args: ['-s', world.tree, '-c', config]});
    await screen.waitFor('Images');
    screen.press('3');
    await screen.waitFor('2/2 machines up', 30_000);
  });
  afterEach(() => world.close());

  /** The rows inside of the border. */
  const pane = () =>
    screen
      .lines()
      .filter((line) => line.startsWith('│'))
      .map((line) => line.slice(1, line.lastIndexOf('│')).trimEnd())
      .join('\n');
  const shows = (expected: RegExp) => screen.waitFor(() => expected.test(pane()), 20_000);

  const openShell = async () => {
    screen.press('s');
    await screen.waitFor('all keys go to it', 20_000);
    await shows(/\$$/m);
    screen.press("PS1='> '; clear\r");
    await shows(/^>$/m);
  };

  test('a shell: bash, its size, vim, htop, another host, and the way out', async () => {
    await openShell();
    screen.press('hostname; id -un; stty size; tput colors\r');
    await shows(/^node-1\ndeploy\n21 88\n256\n>$/m);
    screen.resize(100, 30);
    await screen.waitFor(() => screen.lines()[2]?.length === 100);
    screen.press('clear; stty size\r');
    await shows(/^25 98$/m);

    screen.press('vim -u NONE -N file.txt\r');
    await shows(/\[New\]/);
    screen.press('ifirst\rthird', 'esc', 'k', 'A and', 'down', ' more', 'esc', ':wq\r');
    await shows(/>$/m);
    screen.press('clear; cat file.txt\r');
    await shows(/^first and\nthird more\n>/m);

    screen.press('htop\r');
    await shows(/Load average/);
    screen.press('q');
    await shows(/>$/m);

    // Nothing of it passes, and the shell goes on.
    screen.press("clear; printf '\\033]52;c;QUJD\\007\\033]0;evil\\007\\033[2147483647S\\033[?1049h'; echo on\r");
    await shows(/^on\n>/m);
    screen.press('ctrl-]');
    await screen.waitFor('only looking');
    screen.press('esc');
    await screen.waitFor(/NAME +ADDRESS/);
    screen.press('j', 's');
    await screen.waitFor('Shell on node-2');
    await screen.waitFor('all keys go to it', 20_000);
    await shows(/\$$/m);
    screen.press('exit 3\r');
    await screen.waitFor('The shell ended with 3.');
    screen.press('esc');
    await screen.waitFor(/NAME +ADDRESS/);
    screen.press('q');
    await screen.waitFor('The shell on node-1 is hung up on');
    screen.press('tab', 'enter');
    expect((await screen.exited).code).toBe(0);
    expect({kind: screen.kind, cursor: screen.cursorShown}).toEqual({kind: 'normal', cursor: true});
    expect(screen.modes).toEqual({paste: false, wrap: true});
  });

  test('a log of both hosts is followed, filtered, and followed no further', async () => {
    const [one, two] = lab.hosts as [Host, Host];
    for (const host of [one, two])
      await host.sh(`echo 'begun on ${host.name}' > /var/log/app.log; chmod a+r /var/log/app.log`);
    screen.press('*', 'l');
    await screen.waitFor('Follow a log');
    screen.press('/var/log/app.log', 'enter');
    await screen.waitFor('begun on node-1', 20_000);
    await screen.waitFor('begun on node-2', 20_000);
    await two.sh("echo 'error: disk full' >> /var/log/app.log");
    await screen.waitFor('error: disk full');
    screen.press('esc');
    await screen.waitFor(/NAME +ADDRESS/);
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    await screen.waitFor(async () => (await one.sh('pgrep -f "^tail.*app.log" || true')).trim() === '', 20_000);
  });
});
