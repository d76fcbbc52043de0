import {chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {builtProgram, runProgram, startProgram} from '../helpers/built-program.ts';
import {type PtyProgram, startInPty} from '../helpers/pty.ts';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of machine commands on lab hosts', whyNoLab());

const sample = fileURLToPath(new URL('../../fixtures/config-sample', import.meta.url));
const {admin} = logins;

// One after the other, as an operator meets a new cluster: nothing is trusted at first, and at the end a key changes.
describe.skipIf(obstacle)('machine commands on real hosts', () => {
  let lab: Lab;
  let home: string;
  let config: string;
  let program: string;
  let terminals: PtyProgram[] = [];
  const host = (number: number): Host => {
    const found = lab.hosts[number - 1];
    if (!found) throw new Error(`no host ${number}`);
    return found;
  };

  beforeAll(async () => {
    program = await builtProgram();
    home = mkdtempSync(join(tmpdir(), 'pai-machines-'));
    config = join(home, 'cluster');
    cpSync(sample, config, {recursive: true});
    lab = await startLab({hosts: 3});
    for (const name of readdirSync(config)) {
      const file = join(config, name);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('10.0.0.1', host(1).address));
    }
    writeMachines(admin.password);
  }, 240_000);
  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    await lab?.close();
    rmSync(home, {recursive: true, force: true});
  }, 120_000);

  /** The hosts in the place of the machines of the sample; without a password there is none to log in with. */
  function writeMachines(password?: string) {
    const file = join(config, 'layout.yaml');
    const text = readFileSync(file, 'utf8');
    const entries = lab.hosts.flatMap(({name, address}, index) => [
      `  - hostname: ${name}`,
      `    hostip: ${address}`,
      `    machine-type: ${index === 0 ? 'generic' : 'gpu-worker'}`,
      `    k8s-role: ${index === 0 ? 'master' : 'worker'}`,
      ...(index === 0
        ? ['    etcdid: etcdid1', '    dashboard: "true"', '    pai-master: "true"', '    zkid: "1"']
        : ['    pai-worker: "true"']),
      `    nodename: ${address}`,
      `    username: ${admin.user}`,
      ...(password === undefined ? [] : [`    password: ${JSON.stringify(password)}`]),
    ]);
    writeFileSync(
      file,
      [...(text.split('machine-list:')[0]?.trimEnd().split('\n') ?? []), 'machine-list:', ...entries, ''].join('\n'),
    );
  }

  const environment = () => ({HOME: home, XDG_STATE_HOME: join(home, 'state'), PAI_CONFIG: config});
  const machine = (...args: string[]) => runProgram(['machine', ...args], {cwd: home, environment: environment()});
  const start = (...args: string[]) => startProgram(['machine', ...args], {cwd: home, environment: environment()});
  const terminal = (...args: string[]) => {
    const one = startInPty(process.execPath, [program, 'machine', ...args], {
      columns: 100,
      rows: 30,
      folder: home,
      environment: environment(),
    });
    terminals = [...terminals, one];
    return one;
  };
  const stateFile = (name: string) => {
    const [cluster = ''] = readdirSync(join(home, 'state/pai-tui')).filter(
      (entry) => entry !== 'locks' && entry !== 'cache',
    );
    return join(home, 'state/pai-tui', cluster, name);
  };

  test('nobody logs in anywhere before host keys are trusted', async () => {
    const run = await machine('run', '@all', '--', 'id');
    expect(run.code).toBe(4);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain('host-key-unknown');
    const list = await machine('list', '--json');
    expect(list.code).toBe(4);
    expect(JSON.parse(list.stdout).machines.map(({state}: {state: string}) => state)).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  test('keys are accepted from a file that was written at the consoles', async () => {
    const consoles = await Promise.all(
      [1, 2].map((number) => host(number).sh('for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done')),
    );
    writeFileSync(join(home, 'keys.txt'), consoles.join(''));
    const {code, stdout} = await machine('trust', '--fingerprints', 'keys.txt', '--json');
    expect(code).toBe(4);
    const states = new Map<string, string>(
      JSON.parse(stdout).hosts.map((one: {machine: string; state: string}) => [one.machine, one.state]),
    );
    expect(Object.fromEntries(states)).toEqual({'node-1': 'pinned', 'node-2': 'pinned', 'node-3': 'new'});
    expect(statSync(stateFile('known_hosts')).mode & 0o777).toBe(0o600);
  });

  test('the rest is accepted on a terminal in one table', async () => {
    const trust = terminal('trust');
    await trust.waitFor('[y/N]');
    expect(trust.screen()).toContain('node-3');
    expect(trust.screen()).not.toContain('node-1 ');
    trust.press('y', 'enter');
    expect((await trust.exited).code).toBe(0);
    const lines = readFileSync(stateFile('host-keys.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const hows = new Map(lines.map(({machine: name, how}) => [name, how]));
    expect(Object.fromEntries(hows)).toEqual({
      'node-1': 'fingerprints from a file',
      'node-2': 'fingerprints from a file',
      'node-3': 'compared on screen',
    });
    expect((await machine('trust')).code).toBe(0);
  });

  test('machines are listed as up, and tell facts', async () => {
    const list = await machine('list');
    expect(list.code, list.stderr).toBe(0);
    expect(list.stdout).toMatch(/node-1 +10\.\S+ +master +(up|degraded)/);
    const facts = await machine('facts', 'node-2');
    expect(facts.code, facts.stderr).toBe(0);
    expect(facts.stdout).toContain('host name   node-2');
    expect(facts.stdout).toMatch(/sudo +with password/);
  });

  test('a command runs on all, and what differs is told', async () => {
    await host(2).sh('echo other > /etc/marker');
    const {code, stdout, stderr} = await machine('run', '@all', '--', 'cat /etc/marker 2>/dev/null || echo none');
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('== 2 machines: node-[1,3] (exit 0)\n  none\n== node-2 (exit 0), differs:\n- none\n+ other\n');
    expect(stderr).toContain('node-2 | other\n');
  });

  test('sudo is given the password of the configuration, which nobody sees', async () => {
    const {code, stdout, stderr} = await machine('run', 'node-1', '--sudo', '--json', '--', 'id -u; ps -ef');
    expect(code, stderr).toBe(0);
    const [{stdout: said, exit}] = JSON.parse(stdout).results;
    expect(exit).toBe(0);
    expect(said.split('\n')[0]).toBe('0');
    expect(stdout + stderr).not.toContain(admin.password.slice(5));
  });

  test('exit codes, signals and streams are kept apart, words as they are', async () => {
    const {code, stdout} = await machine(
      'run',
      'node-1',
      'node-2',
      '--json',
      '--',
      'echo out; echo err >&2; test $(hostname) = node-1 || kill -9 $$; exit 3',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout).results).toMatchObject([
      {machine: 'node-1', exit: 3, signal: null, stdout: 'out\n', stderr: 'err\n'},
      {machine: 'node-2', exit: null, stdout: 'out\n', stderr: 'err\n'},
    ]);
    const words = await machine('run', 'node-1', '--', 'printf', '%s|', 'a b', '$HOME', "it's");
    expect(words.stdout).toBe("a b|$HOME|it's|\n");
  });

  test('whole outputs go to files', async () => {
    const {code} = await machine('run', '@workers', '--output-dir', 'outputs', '--', 'hostname');
    expect(code).toBe(0);
    expect(readFileSync(join(home, 'outputs/node-3.out'), 'utf8')).toBe('node-3\n');
  });

  test('Ctrl-C ends the command on the machines', async () => {
    const running = start('run', '@all', '--', 'echo begun; exec sleep 987654');
    await running.prints(/^(?=[\s\S]*node-1 +\| begun)(?=[\s\S]*node-2 +\| begun)(?=[\s\S]*node-3 +\| begun)/);
    running.process.kill('SIGINT');
    const {code, stderr} = await running.ended;
    expect(code).toBe(5);
    expect(stderr).toContain('Stopping the command on 3 machines.');
    for (const one of lab.hosts) expect(await one.sh('pgrep -f "sleep 98765[4]" || true')).toBe('');
  });

  test('a log is followed, filtered, and listed', async () => {
    await host(3).sh('printf "one error\\ntwo\\n" > /var/log/demo.log; chmod 644 /var/log/demo.log');
    const shown = await machine('logs', 'node-3', '--file', '/var/log/demo.log', '--grep', 'err');
    expect(shown.stdout, shown.stderr).toBe('one error\n');
    const following = start('logs', 'node-3', '--file', '/var/log/demo.log', '-f', '-n', '1');
    await following.prints(/two/);
    const third = following.prints(/three/);
    await host(3).sh('echo three >> /var/log/demo.log');
    await third;
    following.process.kill('SIGINT');
    expect((await following.ended).code).toBe(5);
  });

  test('a shell has the terminal to itself, and gives it back', async () => {
    const shell = terminal('shell', 'node-1');
    await shell.waitFor('$');
    shell.press('echo $((6*7)) $(hostname); stty size', 'enter');
    await shell.waitFor('42 node-1');
    await shell.waitFor('30 100');
    shell.resize(80, 20);
    shell.press('stty size', 'enter');
    await shell.waitFor('20 80');
    shell.press('printf "\\033[?1049h\\033[?25l"; exit 5', 'enter');
    expect((await shell.exited).code).toBe(5);
    expect(shell.kind).toBe('normal');
    expect(shell.cursorShown).toBe(true);
  });

  test('a shell is hung up by ~.', async () => {
    const shell = terminal('shell', 'node-1', '--', 'echo ready; exec cat');
    await shell.waitFor('ready');
    shell.press('hello', 'enter');
    await shell.waitFor(() => shell.lines().filter((line) => line.trim() === 'hello').length === 2);
    shell.press('~.');
    expect((await shell.exited).code).toBe(5);
  });

  test('a password is asked for on a terminal, and read from a file elsewhere', async () => {
    writeMachines();
    const refused = await machine('run', 'node-1', '--', 'id');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('secret-missing');
    const file = join(home, 'password');
    writeFileSync(file, `${admin.password}\n`);
    chmodSync(file, 0o644);
    expect((await machine('run', 'node-1', '--password-file', file, '--', 'id')).stderr).toContain(
      'can be read by others',
    );
    chmodSync(file, 0o600);
    const given = await machine('run', 'node-1', '--password-file', file, '--', 'id -un');
    expect(given.stdout, given.stderr).toBe('admin\n');
    const asking = terminal('run', 'node-1', '--', 'id -un');
    await asking.waitFor('Password for node-1:');
    asking.press(admin.password, 'enter');
    await asking.waitFor('admin');
    expect((await asking.exited).code).toBe(0);
    expect(asking.screen()).not.toContain('$word');
    writeMachines(admin.password);
  });

  test('a machine that is down holds up nobody', async () => {
    await host(3).kill();
    const {code, stdout, stderr} = await machine('run', '@all', '--json', '--', 'true');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).results.map(({state}: {state: string}) => state)).toEqual([
      'done',
      'done',
      'unreachable',
    ]);
    expect(stderr).toContain('machine-unreachable');
    await host(3).start();
  });

  test('a key that changed is refused, explained, and replaced for one machine by its name', async () => {
    await host(2).newHostKeys();
    const refused = await machine('run', '@all', '--', 'true');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('host-key-changed');
    const asked = await machine('trust', '--yes');
    expect(asked.code).toBe(4);
    expect(asked.stderr).toContain('Either it was reinstalled, or somebody is in between');
    const replaced = await machine('trust', 'node-2', '--replace', '--confirm', 'node-2');
    expect(replaced.code, replaced.stderr).toBe(0);
    expect((await machine('run', '@all', '--', 'true')).code).toBe(0);
  });
});
