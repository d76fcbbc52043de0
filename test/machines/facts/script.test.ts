import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {arch, cpus, hostname, networkInterfaces, release, tmpdir, totalmem, userInfo} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readFacts, readFactsScript} from '../../../src/engine/machines/facts/read-facts.ts';
import type {MachineFacts} from '../../../src/engine/machines/types.ts';
import {createLocalRemote, type LocalRemoteOptions} from '../../helpers/local-remote.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const clock = {now: Date.now, monotonic: performance.now.bind(performance), sleep: () => Promise.resolve()};
// bash takes a socket on its stdin for a login from afar, and would read the .bashrc of whoever runs the tests.
const shells = ['dash', 'bash --norc', 'bash --norc --posix', 'busybox sh'];

let script: string;
let folder: string;

beforeAll(async () => {
  script = await readFactsScript(assets);
  folder = await mkdtemp(join(tmpdir(), 'pai-tui-facts-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const ask = (options: LocalRemoteOptions, patienceSeconds = 20): Promise<MachineFacts> =>
  readFacts(createLocalRemote(options), {script, clock, askSudo: true, patienceSeconds}, new AbortController().signal);

/** A folder of programs that stand in for the machine's own. */
async function programs(texts: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  return {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
}

describe.each(shells)('by %s', (shell) => {
  const words = shell.split(' ');
  const isThere = spawnSync(words[0] ?? '', [...words.slice(1), '-c', 'true']).status === 0;

  test.skipIf(!isThere)('it says what Node says of this computer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    try {
      const facts = await ask({shell: words});
      expect(facts.hostName).toBe(hostname());
      expect(facts.kernel).toBe(`Linux ${release()}`);
      expect(facts.architecture).toBe(arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch());
      expect(facts.cpus).toBe(cpus().length);
      expect(facts.memory.total).toBe(totalmem());
      expect(facts.disks.map(({mount}) => mount)).toContain('/');
      expect(facts.disks.find(({mount}) => mount === '/')?.size).toBeGreaterThan(0);
      const known = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
      const reachable = known.filter(({internal, scopeid}) => !internal && !scopeid).map((one) => one.address);
      expect(facts.addresses.map((one) => one.address)).toEqual(expect.arrayContaining(reachable));
      expect(facts.ports).toContainEqual(
        expect.objectContaining({
          port: typeof address === 'object' ? address?.port : undefined,
          protocol: 'tcp',
          address: '127.0.0.1',
        }),
      );
      expect(Math.abs(facts.clock.offsetMs)).toBeLessThanOrEqual(facts.clock.uncertainMs + 1);
      if (userInfo().uid === 0) expect(facts.sudo).toBe('root');
      expect(facts.machineId).toBe((await readFile('/etc/machine-id', 'utf8').catch(() => '')).trim() || undefined);
      expect(facts.missing).toEqual([]);
    } finally {
      server.close();
    }
  });

  test.skipIf(!isThere)('a program that hangs is left behind and ended', async () => {
    const at = join(await mkdtemp(join(folder, 'hung-')), 'pid');
    const environment = await programs({'nvidia-smi': `#!/bin/sh\necho $$ >${at}\nexec sleep 1000\n`});
    const facts = await ask({shell: words, environment}, 1);
    expect(facts.hung).toContain('nvidia-smi');
    expect(facts.hostName).toBe(hostname());
    const pid = Number(await readFile(at, 'utf8'));
    await expect.poll(() => isGone(pid)).toBe(true);
  });
});

async function isGone(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return state === '' || state.includes(') Z ');
}

const hasPython = spawnSync('python3', ['-c', '']).status === 0;

test.skipIf(!hasPython)('beside a program that the kernel does not let die, no second one is started', async () => {
  // Who waits for a child of vfork(2) cannot be interrupted, as one that waits for a broken card.
  const stuck = join(await mkdtemp(join(folder, 'stuck-')), 'nvidia-smi');
  await symlink('/usr/bin/python3', stuck);
  const waits = 'import ctypes\nlibc = ctypes.CDLL(None)\nlibc.vfork()\nlibc.pause()\n';
  const child = spawn(stuck, ['-c', waits], {detached: true, stdio: 'ignore'});
  const {pid} = child;
  if (pid === undefined) throw new Error('not started');
  try {
    await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/^\d+ \(nvidia-smi\) D /);
    const at = join(await mkdtemp(join(folder, 'second-')), 'started');
    const environment = await programs({'nvidia-smi': `#!/bin/sh\n: >${at}\n`});
    expect((await ask({environment})).hung).toEqual(['nvidia-smi']);
    expect(existsSync(at)).toBe(false);
  } finally {
    const ended = once(child, 'exit');
    process.kill(-pid, 'SIGKILL');
    await ended;
  }
});

test('it leaves no folder behind, also when programs hang, and without mktemp', async () => {
  // Its own /dev/shm and /tmp cannot be given to it, and others use them; but the name of mktemp's folder can be known.
  const mark = 'leavesnothing';
  const hanging = '#!/bin/sh\nexec sleep 1000\n';
  const hangs = Object.fromEntries(['nvidia-smi', 'docker', 'lspci', 'df'].map((name) => [name, hanging]));
  const environment = await programs({mktemp: '#!/bin/sh\nexit 1\n', ...hangs});
  for (const shell of shells.map((words) => words.split(' '))) {
    const [program = '', ...words] = shell;
    const {stdout} = spawnSync(program, [...words, '-c', script, 'sh', mark, '0', 'leave'], {
      env: environment,
      encoding: 'utf8',
    });
    expect(stdout).toContain(`${mark} hung nvidia-smi\n`);
    const left = ['/dev/shm', '/tmp', '/var/tmp'].filter((place) => existsSync(`${place}/pai-tui-asks.${mark}`));
    expect(left, program).toEqual([]);
  }
});

test('a clock that is ten minutes ahead is seen', async () => {
  const environment = await programs({
    date: '#!/bin/sh\nnow=$(/bin/date +%s)\nexec /bin/date -d @$((now + 600)) "$@"\n',
  });
  const {offsetMs, uncertainMs} = (await ask({environment})).clock;
  // Whole seconds were counted.
  expect(Math.abs(offsetMs - 600_000)).toBeLessThanOrEqual(uncertainMs + 1000);
});

test('cards that replies of nvidia-smi and lspci name are found through the PATH (not recorded: written after the documentation)', async () => {
  const environment = await programs({
    'nvidia-smi':
      '#!/bin/sh\ncase $1 in --query-gpu=pci.bus_id,memory.total,driver_version,name) echo "00000000:3B:00.0, 16160, 470.82.01, Tesla V100-PCIE-16GB" ;; *) exit 2 ;; esac\n',
    lspci:
      '#!/bin/sh\necho "0000:3b:00.0 3D controller [0302]: NVIDIA Corporation GV100GL [Tesla V100 PCIe 16GB] [10de:1db4] (rev a1)"\necho "0000:5e:00.0 3D controller [0302]: NVIDIA Corporation GV100GL [Tesla V100 PCIe 16GB] [10de:1db4] (rev a1)"\n',
  });
  const {gpus, gpuDriver} = await ask({environment});
  expect(gpus.slice(-2)).toEqual([
    {slot: '0000:3b:00.0', model: 'Tesla V100-PCIE-16GB', memory: 16160 * 1024 ** 2, driven: true},
    {slot: '0000:5e:00.0', model: 'Tesla V100 PCIe 16GB', driven: false},
  ]);
  expect(gpuDriver).toBe('470.82.01');
});

test('sudo is tried only where that is asked for', async () => {
  const at = join(await mkdtemp(join(folder, 'sudo-')), 'tried');
  const environment = await programs({sudo: `#!/bin/sh\nprintf "%s\\n" "$*" >>${at}\nexit 0\n`});
  const question = {script, clock, patienceSeconds: 20};
  const signal = new AbortController().signal;
  await readFacts(createLocalRemote({environment}), {...question, askSudo: false}, signal);
  await expect(readFile(at, 'utf8')).rejects.toMatchObject({code: 'ENOENT'});
  await readFacts(createLocalRemote({environment}), {...question, askSudo: true}, signal);
  expect(await readFile(at, 'utf8')).toBe('-n true\n');
});

test('a machine whose shell does not carry the script to its end is a Problem that names it', async () => {
  const bin = join(folder, 'broken-shell');
  await mkdir(bin);
  await writeFile(join(bin, 'sh'), '#!/bin/sh\necho "this account is \u001b[31mdisabled" >&2\nexit 3\n');
  await chmod(join(bin, 'sh'), 0o755);
  await expect(ask({shell: [join(bin, 'sh')]})).rejects.toMatchObject({
    problem: {
      code: 'facts-unreadable',
      machine: 'node-3',
      exitCode: 3,
      detail: 'this account is disabled',
      message: expect.stringContaining('ended with exit code 3'),
    },
  });
});

test('one round trip is all it takes', async () => {
  const remote = createLocalRemote();
  await readFacts(remote, {script, clock, askSudo: false, patienceSeconds: 20}, new AbortController().signal);
  expect(remote.asked).toHaveLength(1);
});
