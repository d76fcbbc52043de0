import {createHash} from 'node:crypto';
import {cpSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {type AppWorld, appWorld, until} from '../helpers/app-world.ts';
import type {PtyProgram} from '../helpers/pty.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of the Machines screen on lab hosts', whyNoLab());

const sleepers = 'pgrep -f "[s]leep 98765" || echo none';

/** Other tests may keep this computer busy. */
const long = 60_000;

describe.skipIf(obstacle)('the Machines screen on real hosts', () => {
  let lab: Lab;
  let world: AppWorld;
  let config: string;

  beforeAll(async () => {
    lab = await startLab({hosts: 3});
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    world = await appWorld({});
    config = join(world.folder, 'cluster');
    writeCluster(config, lab);
  });
  afterEach(() => world?.close());

  const open = (size: {readonly columns: number; readonly rows: number}): PtyProgram =>
    world.open({...size, args: ['-s', world.tree, '-c', config]});

  /** From the first look to machines that let us in. */
  async function trustAll(screen: PtyProgram): Promise<void> {
    await screen.waitFor('1 Images');
    screen.press('3');
    await screen.waitFor('No machine is trusted yet', long);
    screen.press('T');
    await screen.waitFor('[Trust all 3 new]', long);
    screen.press('tab', 'enter');
    await screen.waitFor('3/3 machines up', long);
  }

  async function run(screen: PtyProgram, script: string): Promise<void> {
    screen.press('*', 'x');
    await screen.waitFor('Run on 3 machines');
    screen.press(script);
    await screen.waitFor(() => screen.screen().includes(script.slice(0, 40)));
    screen.press('enter');
    await screen.waitFor(/of 3 ended|✓ 3 done/, long);
  }

  test.each([
    [80, 24],
    [200, 50],
  ])('machines are trusted, come up, and a command folds what they print at %i×%i', async (columns, rows) => {
    const screen = open({columns, rows});
    await screen.waitFor('1 Images');
    screen.press('3');
    await screen.waitFor('No machine is trusted yet', long);
    screen.press('T');
    await screen.waitFor('[Trust all 3 new]', long);
    for (const host of lab.hosts) expect(screen.screen()).toContain(fingerprintOf(host));
    screen.press('enter');
    await screen.waitFor(() => !screen.screen().includes('Trust all'));
    expect(screen.screen()).toContain('0/3 machines up');
    screen.press('T');
    await screen.waitFor('[Trust all 3 new]', long);
    screen.press('tab', 'enter');
    await screen.waitFor('3/3 machines up', long);
    screen.press('enter');
    await screen.waitFor('Enter back');
    await screen.waitFor('login      deploy at 10.77.');
    screen.press('esc');
    await screen.waitFor('Enter open');

    await run(screen, 'echo same; [ "$(hostname)" != node-3 ] || echo odd');
    await screen.waitFor('2 the same, 1 different: node-3', long);
    screen.press('enter');
    await screen.waitFor('+ odd');

    const headless = await world.run('-s', world.tree, '-c', config, 'machine', 'run', '@all', '--', 'uname -n');
    expect({code: headless.code, out: headless.stdout}).toMatchObject({code: 0});
    expect(headless.stdout).toContain('node-[1-3] (exit 0)');
    screen.press('q');
    expect((await screen.exited).code).toBe(0);
    expect({kind: screen.kind, cursor: screen.cursorShown}).toEqual({kind: 'normal', cursor: true});
  });

  test('a command that is stopped has ended on the machines too', async () => {
    const screen = open({columns: 100, rows: 30});
    await trustAll(screen);
    await run(screen, 'echo began; exec sleep 98765');
    await screen.waitFor('began', long);
    screen.press('ctrl-c');
    await screen.waitFor('Stop this command?');
    screen.press('tab', 'enter');
    await screen.waitFor('3 stopped', long);
    for (const host of lab.hosts) expect(await host.sh(sleepers)).toBe('none\n');

    screen.press('r');
    await screen.waitFor('$ echo began');
    screen.press('enter');
    await screen.waitFor('0 of 3 ended', long);
    await screen.waitFor('began', long);
    for (const host of lab.hosts) await until('it runs', async () => (await host.sh(sleepers)) !== 'none\n');
    screen.press('q');
    await screen.waitFor('[Leave and stop it]');
    screen.press('tab', 'enter');
    expect((await screen.exited).code).toBe(0);
    for (const host of lab.hosts) expect(await host.sh(sleepers)).toBe('none\n');
  });

  test('a shell of a machine is typed into, left, and gone with the app, which asks', async () => {
    const screen = open({columns: 100, rows: 30});
    await trustAll(screen);
    screen.press('s');
    await screen.waitFor('all keys go to it', long);
    screen.press('echo $((6*7)) of $(hostname)', 'enter');
    await screen.waitFor('42 of node-1', long);
    screen.press('ctrl-]');
    await screen.waitFor('only looking');
    screen.press('q');
    await screen.waitFor('The shell on node-1 is hung up on');
    screen.press('tab', 'enter');
    expect((await screen.exited).code).toBe(0);
  });

  test('a machine whose cable is pulled is down, and holds up neither the others nor a command on them', async () => {
    const screen = open({columns: 120, rows: 30});
    await trustAll(screen);
    const [, , last] = lab.hosts as [Host, Host, Host];
    await last.cut();
    try {
      screen.press('ctrl-r');
      await screen.waitFor(/node-3 .*✗ down/, 110_000);
      expect(screen.screen()).toContain('2/3 machines up');
      screen.press('space', 'space', 'x');
      await screen.waitFor('Run on 2 machines');
      screen.press('uname -n', 'enter');
      await screen.waitFor('✓ 2 done', long);
    } finally {
      await last.join();
    }
    screen.press('esc');
    await screen.waitFor('Machines 3');
    screen.press('ctrl-r');
    await screen.waitFor('3/3 machines up', 110_000);
  });

  test('a host key that changed is refused and explained, and pinned anew for its machine alone', async () => {
    const screen = open({columns: 100, rows: 30});
    await trustAll(screen);
    screen.press('q');
    await screen.exited;
    const [, second] = lab.hosts as [Host, Host, Host];
    const before = fingerprintOf(second);
    await second.newHostKeys();

    const again = open({columns: 100, rows: 30});
    await again.waitFor('1 Images');
    again.press('3');
    await again.waitFor(/node-2 .*✗ key changed/, long);
    await again.waitFor('reinstalled, or');
    again.press('T');
    await again.waitFor('✗ changed', long);
    await again.waitFor(() => !/Host keys of \d of/.test(again.screen()), long);
    again.press('R');
    await again.waitFor('Type the name node-2');
    const said = again.screen().replaceAll(/[\s│]/g, '');
    expect(said).toContain(before);
    expect(said).toContain(fingerprintOf(second));
    again.press('tab', 'node-2');
    await again.waitFor('> node-2');
    again.press('enter');
    await again.waitFor('3/3 machines up', long);
  });
});

/** A configuration of the lab's hosts, which `deploy` logs in to with the lab's key. */
function writeCluster(folder: string, {hosts, keys}: Lab): void {
  cpSync(fileURLToPath(new URL('../../fixtures/config-sample', import.meta.url)), folder, {recursive: true});
  const machines = hosts.map(({name, address}, index) => {
    const role = index === 0 ? master : 'k8s-role: worker\n    pai-worker: "true"';
    return `  - hostname: ${name}
    hostip: ${address}
    machine-type: small
    nodename: ${address}
    docker-data: /var/lib/docker
    username: deploy
    keyfile-path: ${keys.plain}
    ${role}
`;
  });
  writeFileSync(join(folder, 'layout.yaml'), `${head}${machines.join('')}`);
}

const head = `kubernetes:
  api-servers-url: http://10.0.0.1:8080
  dashboard-url: http://10.0.0.1:9090
machine-sku:
  small:
    mem: 8
    cpu:
      vcore: 2
    os: ubuntu16.04
machine-list:
`;

const master = 'k8s-role: master\n    etcdid: e1\n    zkid: "1"\n    dashboard: "true"\n    pai-master: "true"';

/** The fingerprint of a host's ed25519 key, without 'SHA256:', from the key itself. */
function fingerprintOf(host: Host): string {
  const blob = /ssh-ed25519 (\S+)/.exec(host.knownHosts())?.[1] ?? '';
  return createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '');
}
