import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {FactsReport, MachineLook} from '../../src/engine/machines/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {createFakeMachines, factsOf, machine} from './fake-machines.ts';
import {makeConfig, openWith, runWith} from './machine-config.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

const down: Problem = {code: 'machine-unreachable', message: 'It does not answer.'};
const refused: Problem = {code: 'login-refused', message: 'Nobody is let in.'};
const up = (name: string, more: Partial<MachineLook> = {}): MachineLook => ({
  machine: machine(name),
  state: 'up',
  seenAt: Date.now(),
  askedAt: Date.now(),
  complaints: [],
  ...more,
});

describe('machine list', () => {
  const list = (looks: readonly MachineLook[], argv: readonly string[] = [], more = {}) => {
    const machines = createFakeMachines({machines: looks.map((look) => look.machine), looks: () => looks});
    return {machines, ended: runWith(machines.machines, ['machine', 'list', '-c', config.folder, ...argv], more)};
  };

  test('tells name, address, role, state and when each was seen', async () => {
    const looks = [
      up('master-1', {machine: machine('master-1', {address: '10.0.0.1', port: 2222, roles: ['master']})}),
      up('gpu-01', {state: 'degraded', complaints: ['/ is full'], seenAt: Date.now() - 125_000}),
      up('gpu-02', {state: 'down', problem: down, seenAt: Date.now() - 3 * 86_400_000}),
    ];
    const {machines, ended} = list(looks);
    const {code, stdout, stderr} = await ended;
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
      'NAME  ADDRESS  ROLE  STATE  SEEN  NOTE',
      'master-1  10.0.0.1:2222  master  up  now',
      'gpu-01  gpu-01.example  worker  degraded  2m05s ago  / is full',
      'gpu-02  gpu-02.example  worker  down  3 days ago',
      '',
      'Groups: @all (3)',
      '',
    ]);
    expect(stderr).toBe('machine-unreachable: It does not answer.\n  on gpu-02\n');
    expect(machines.open()).toBe(0);
    expect(machines.closed()).toBe(true);
  });

  test('as JSON has the same, with times as ISO 8601', async () => {
    const seenAt = Date.UTC(2026, 10, 20);
    const {ended} = list([up('gpu-01', {seenAt}), up('gpu-02', {state: 'down', problem: down, seenAt: 0})], ['--json']);
    const {stdout} = await ended;
    expect(JSON.parse(stdout)).toEqual({
      machines: [
        {
          name: 'gpu-01',
          address: 'gpu-01.example',
          port: 22,
          role: 'worker',
          state: 'up',
          seen: '2026-11-20T00:00:00.000Z',
        },
        {
          name: 'gpu-02',
          address: 'gpu-02.example',
          port: 22,
          role: 'worker',
          state: 'down',
          seen: '1970-01-01T00:00:00.000Z',
          problem: down,
        },
      ],
      groups: [{name: '@all', machines: ['gpu-01', 'gpu-02']}],
    });
  });

  test.each<[number, readonly MachineLook[]]>([
    [0, [up('a'), up('b', {state: 'degraded'})]],
    [1, [up('a'), up('b', {state: 'down', problem: down})]],
    [6, [up('a', {state: 'down', problem: down}), up('b', {state: 'refused', problem: refused})]],
    [4, [up('a', {state: 'unknown', problem: {code: 'host-key-unknown', message: 'New.'}})]],
  ])('ends with %i', async (code, looks) => {
    expect((await list(looks).ended).code).toBe(code);
  });

  test('asks no machine with --offline, so that also the sample can be looked at', async () => {
    const {machines, ended} = list([up('gpu-01', {seenAt: 0})], ['--offline', '--json']);
    const {code, stdout} = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).machines[0]).toMatchObject({state: 'unknown', seen: null});
    expect(machines.calls.map(({what}) => what)).toEqual(['list']);
  });

  test('does not wait longer than it is told', async () => {
    const looks = [up('gpu-01'), up('gpu-02', {state: 'asking'})];
    const {machines, ended} = list(looks, ['--timeout', '50ms']);
    const {code, stdout} = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/gpu-02 .* unknown /);
    expect(machines.open()).toBe(0);
  });

  test('is stopped by Ctrl-C', async () => {
    const machines = createFakeMachines({
      machines: [machine('gpu-01')],
      looks: () => [up('gpu-01', {state: 'asking'})],
    });
    const command = openWith(machines.machines, ['machine', 'list', '-c', config.folder]);
    while (machines.open() === 0) await new Promise((resolve) => setImmediate(resolve));
    command.signals.emit('SIGINT');
    expect(await command.ended).toBe(5);
    expect(machines.open()).toBe(0);
  });
});

describe('machine facts', () => {
  const facts = (reports: readonly FactsReport[], argv: readonly string[] = []) => {
    const machines = createFakeMachines({machines: reports.map((one) => one.machine), facts: () => reports});
    return runWith(machines.machines, ['machine', 'facts', '-c', config.folder, ...argv]);
  };

  test('of one machine are a page', async () => {
    const {code, stdout} = await facts([
      {machine: machine('gpu-01'), facts: factsOf({leftovers: ['/etc/kubernetes', 'unit kubelet']})},
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "gpu-01 (gpu-01.example)
        host name   gpu-01
        system      Ubuntu 22.04.4 LTS, Linux 5.15.0-113-generic, x86_64
        up for      25h01m
        processors  24 × Intel Xeon
        load        0.50 0.25 0.13
        memory      200 GiB of 224 GiB available
        swap        none
        disk        /: 512 GiB of 1.0 TiB available, ext4 on /dev/sda1
        GPU         Tesla K80, 12 GiB, at 00:04.0
        GPU driver  470.1
        clock       right, UTC
        docker      24.0.7
        containerd  -
        cgroup      v2
        init        systemd
        sudo        with password
        address     10.0.0.11 on eth0
        ports       22/tcp sshd
        Kubernetes  /etc/kubernetes
                    unit kubelet
      "
    `);
  });

  test('of several are a table', async () => {
    const off = {clock: {offsetMs: -600_000, uncertainMs: 20}, hung: ['nvidia-smi'], leftovers: ['/etc/kubernetes']};
    const idle = {gpus: [{model: 'Tesla K80', driven: false}], docker: {running: false}, cpus: 0};
    const {code, stdout, stderr} = await facts([
      {machine: machine('gpu-01'), facts: factsOf()},
      {machine: machine('gpu-02'), facts: factsOf({...off, ...idle})},
      {machine: machine('gpu-03'), problem: down},
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "NAME    SYSTEM              CPUS  LOAD  MEM FREE  / FREE   GPUS            DOCKER       CLOCK          NOTE
      gpu-01  Ubuntu 22.04.4 LTS  24    0.5   200 GiB   512 GiB  1               24.0.7       right
      gpu-02  Ubuntu 22.04.4 LTS  -     0.5   200 GiB   512 GiB  1 (1 undriven)  not running  10m00s behind  no answer of nvidia-smi; has Kubernetes
      "
    `);
    expect(stderr).toBe('machine-unreachable: It does not answer.\n  on gpu-03\n');
  });

  test('as JSON are all there', async () => {
    const {stdout} = await facts(
      [
        {machine: machine('gpu-01'), facts: factsOf()},
        {machine: machine('gpu-02'), problem: refused},
      ],
      ['--json'],
    );
    const [one, two] = JSON.parse(stdout).machines;
    expect(one).toMatchObject({name: 'gpu-01', role: 'worker', state: 'up', facts: factsOf()});
    expect(two).toEqual({
      name: 'gpu-02',
      address: 'gpu-02.example',
      port: 22,
      role: 'worker',
      state: 'refused',
      seen: null,
      problem: refused,
    });
  });

  test('are asked again for a machine that wanted a password', async () => {
    const machines = createFakeMachines({
      machines: [machine('gpu-01'), machine('gpu-02')],
      facts: ({names, secrets}) =>
        (names.length > 0 ? names : ['gpu-01', 'gpu-02']).map((name) =>
          name === 'gpu-01' || secrets?.password
            ? {machine: machine(name), facts: factsOf()}
            : {machine: machine(name), problem: refused},
        ),
    });
    const command = openWith(machines.machines, ['machine', 'facts', '-c', config.folder], {terminal: true});
    await command.sees('Password for gpu-02: ');
    command.type('s3cret\r');
    expect(await command.ended).toBe(0);
    expect(command.stdout()).toMatch(/gpu-01 .*\n.*gpu-02/);
    expect(command.stdout() + command.stderr()).not.toContain('s3cret');
  });
});

describe('a password file', () => {
  const file = () => join(config.folder, 'password');
  const asked = (argv: readonly string[], environment = {}) => {
    const machines = createFakeMachines({
      machines: [machine('gpu-01')],
      facts: ({secrets}) => [
        {machine: machine('gpu-01'), facts: factsOf({hostName: secrets?.password?.reveal() ?? 'none'})},
      ],
    });
    return runWith(machines.machines, ['machine', 'facts', '-c', config.folder, '--json', ...argv], {environment});
  };
  const write = (text: string, mode = 0o600) => {
    writeFileSync(file(), text);
    chmodSync(file(), mode);
  };
  const given = async (argv: readonly string[], environment = {}) =>
    JSON.parse((await asked(argv, environment)).stdout).machines[0].facts.hostName;

  test('is read by its first line, from the flag or the environment', async () => {
    write('open sesame\nsomething else\n');
    expect(await given(['--password-file', file()])).toBe('open sesame');
    expect(await given([], {PAI_PASSWORD_FILE: file()})).toBe('open sesame');
    expect(await given([])).toBe('none');
  });

  test.each([
    ['can be read by the group', 0o640, 'x\n', 'can be read by others'],
    ['can be written by anybody', 0o602, 'x\n', 'can be read by others'],
    ['is empty', 0o600, '', 'has no password on its first line'],
  ])('that %s is refused', async (_what, mode, text, sentence) => {
    write(text, mode);
    const {code, stderr} = await asked(['--password-file', file()]);
    expect(code).toBe(4);
    expect(stderr).toContain(sentence);
  });

  test('that is a folder, or is not there, is refused', async () => {
    expect((await asked(['--password-file', config.folder])).stderr).toContain('is no file');
    const {code, stderr} = await asked(['--password-file', '/nowhere/password']);
    expect(code).toBe(4);
    expect(stderr).toContain('cannot be read: ENOENT');
  });
});
