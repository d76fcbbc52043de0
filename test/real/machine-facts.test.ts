import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readdir, rm, symlink} from 'node:fs/promises';
import {release, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {complaintsOf} from '../../src/engine/machines/facts/complaints.ts';
import {readFacts, readFactsScript} from '../../src/engine/machines/facts/read-facts.ts';
import type {MachineFacts} from '../../src/engine/machines/types.ts';
import {createLocalRemote} from '../helpers/local-remote.ts';
import {connectTo} from '../lab/connect.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of facts on lab hosts', whyNoLab({docker: true}));

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const clock = {now: Date.now, monotonic: performance.now.bind(performance), sleep: () => Promise.resolve()};
const {signal} = new AbortController();

const noChroot = spawnSync('chroot', ['/', '/bin/true']).status !== 0 || !existsSync('/bin/busybox');
if (noChroot) console.error('Facts by a shell alone are not tried: that needs root and busybox-static.');

test.skipIf(noChroot)('facts come from a machine that has busybox and nothing else, not even /proc', async () => {
  const root = await mkdtemp(join(tmpdir(), 'pai-busybox-'));
  try {
    await mkdir(join(root, 'bin'));
    await mkdir(join(root, 'tmp'));
    await copyFile('/bin/busybox', join(root, 'bin/busybox'));
    await symlink('busybox', join(root, 'bin/sh'));
    // What is written to /dev/null makes a file of it.
    await mkdir(join(root, 'dev'));
    const bare = await readFactsScript(assets);
    const remote = createLocalRemote({
      shell: ['chroot', root, '/bin/sh'],
      environment: {PATH: process.env['PATH'] ?? ''},
    });
    const facts = await readFacts(remote, {script: bare, clock, askSudo: true, patienceSeconds: 20}, signal);
    expect(facts).toMatchObject({
      kernel: `Linux ${release()}`,
      sudo: 'root',
      cgroup: 'none',
      hung: [],
      missing: [
        'Memory: /proc/meminfo cannot be read.',
        'Ports: neither ss nor netstat is there, and /proc/net/tcp cannot be read.',
      ],
    });
    expect(Math.abs(facts.clock.offsetMs)).toBeLessThanOrEqual(facts.clock.uncertainMs + 1);
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
  } finally {
    await rm(root, {recursive: true, force: true});
  }
});

describe.skipIf(obstacle)('facts of a real host', () => {
  let lab: Lab;
  let docker: Host;
  let plain: Host;
  let script: string;

  beforeAll(async () => {
    script = await readFactsScript(assets);
    lab = await startLab({hosts: 2, docker: 1});
    [docker, plain] = lab.hosts as [Host, Host];
  });
  afterAll(() => lab?.close());

  const ask = async (host: Host, user: LoginName, patienceSeconds = 20): Promise<MachineFacts> => {
    const remote = await connectTo(lab, host, user);
    try {
      return await readFacts(remote, {script, clock, askSudo: true, patienceSeconds}, signal);
    } finally {
      await remote.close();
    }
  };

  test('are its own', async () => {
    const [first, second] = await Promise.all([ask(docker, 'root'), ask(plain, 'root')]);
    expect([first.hostName, second.hostName]).toEqual([docker.name, plain.name]);
    expect(first.machineId).not.toBe(second.machineId);
    expect(first.machineId).toBe((await docker.sh('cat /etc/machine-id')).trim());
    expect(first.addresses.map(({address}) => address)).toContain(docker.address);
    if (docker.address6) expect(first.addresses.map(({address}) => address)).toContain(docker.address6);
    expect(first.ports).toContainEqual({port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd'});
    expect(first.disks.map(({mount}) => mount)).toContain('/');
    expect(first.leftovers).toEqual([]);
    expect([first.hung, first.missing]).toEqual([[], []]);
    expect(complaintsOf(first, {})).toEqual([]);
  });

  test('say whether there is an engine, as root and as an account that it does not answer', async () => {
    for (const user of ['root', 'admin'] as const) {
      const {docker: fact} = await ask(docker, user);
      expect({user, running: fact?.running}).toEqual({user, running: true});
      expect(fact?.version).toMatch(/^\d+\./);
    }
    expect((await ask(docker, 'root')).docker?.dataRoot).toBe('/var/lib/docker');
    const {docker: stopped} = await ask(plain, 'root');
    expect(stopped?.running).toBe(false);
    expect(complaintsOf(await ask(plain, 'root'), {})).toContain('docker is installed and not running.');
  });

  test.each([
    ['root', 'root'],
    ['deploy', 'without password'],
    ['admin', 'with password'],
    // Who is not in sudoers is asked for a password too.
    ['guest', 'with password'],
  ] as const)('say what sudo asks %s for: %s', async (user, sudo) => {
    expect((await ask(plain, user)).sudo).toBe(sudo);
  });

  test.each(['dash', 'fish', 'tcsh', 'noisy'] as const)('are the same by the login shell of %s', async (user) => {
    const facts = await ask(plain, user);
    expect(facts).toMatchObject({hostName: plain.name, missing: []});
    expect(Math.abs(facts.clock.offsetMs)).toBeLessThanOrEqual(facts.clock.uncertainMs + 1);
  });

  test('name a clock that is ten minutes off', async () => {
    await plain.clock(10);
    try {
      const facts = await ask(plain, 'deploy');
      expect(Math.abs(facts.clock.offsetMs - 600_000)).toBeLessThanOrEqual(facts.clock.uncertainMs + 1000);
      expect(complaintsOf(facts, {})).toContainEqual(
        expect.stringMatching(/^Its clock is (9 min 59|10 min \d) s ahead of this/),
      );
    } finally {
      await plain.clock(0);
    }
  });

  test('name the GPUs of a recorded machine, and those that its driver does not have', async () => {
    await plain.replay('four-gpus');
    const facts = await ask(plain, 'deploy');
    expect(facts.gpuDriver).toBe('470.82.01');
    expect(facts.gpus).toHaveLength(4);
    expect(facts.gpus[0]).toEqual({
      slot: '0002:01:00.0',
      model: 'Tesla P100-SXM2-16GB',
      memory: 16280 * 1024 ** 2,
      driven: true,
    });
    await plain.replay('lost-gpu');
    expect(complaintsOf(await ask(plain, 'deploy'), {})).toContain(
      '1 of its 4 GPUs is on the bus and not driven: 0003:01:00.0.',
    );
    await plain.replay('no-driver');
    const without = await ask(plain, 'deploy');
    expect(without.gpus.map(({driven}) => driven)).toEqual([false, false, false, false]);
    expect(without.gpuDriver).toBeUndefined();
    await plain.sh('rm /usr/local/bin/nvidia-smi /usr/local/bin/lspci');
  });

  test('come in time from a machine whose nvidia-smi and docker hang, and say so', async () => {
    const hanging = '#!/bin/sh\nexec sleep 1000\n';
    await plain.sh(
      'cat > /usr/local/bin/nvidia-smi; cp /usr/local/bin/nvidia-smi /usr/local/bin/docker; chmod 755 /usr/local/bin/nvidia-smi /usr/local/bin/docker',
      hanging,
    );
    const facts = await ask(plain, 'deploy', 1);
    expect([...facts.hung].sort()).toEqual(['docker', 'nvidia-smi']);
    expect(complaintsOf(facts, {})).toEqual(
      expect.arrayContaining(['docker does not answer.', 'nvidia-smi does not answer.']),
    );
    await plain.sh(
      'rm /usr/local/bin/nvidia-smi /usr/local/bin/docker; until ! pgrep -f "^sleep 1000"; do sleep 0.05; done > /dev/null',
    );
  });

  test('name what an earlier Kubernetes left', async () => {
    await plain.sh(`
      mkdir -p /etc/kubernetes/manifests /var/lib/kubelet/pods /var/etcd/data/member /etc/cni/net.d /opt/cni/bin
      touch /etc/kubernetes/manifests/etcd.yaml /opt/cni/bin/bridge
      cp "$(command -v sleep)" /usr/local/bin/kubelet; /usr/local/bin/kubelet 1000 > /dev/null 2>&1 &
      chmod 700 /var/etcd/data`);
    for (const user of ['root', 'admin'] as const) {
      expect((await ask(plain, user)).leftovers, user).toEqual([
        '/etc/kubernetes',
        '/etc/kubernetes/manifests/etcd.yaml',
        '/var/lib/kubelet',
        '/var/etcd/data',
        '/opt/cni/bin',
        'process kubelet',
      ]);
    }
  });

  test('come from a machine whose disks are full, and where even memory is, they say what could not be asked', async () => {
    await plain.fillDisk('/tmp');
    await plain.fillDisk('/var/tmp');
    expect(await ask(plain, 'deploy')).toMatchObject({hostName: plain.name, hung: [], missing: []});
    await plain.fillDisk('/dev/shm');
    const facts = await ask(plain, 'deploy');
    expect(facts).toMatchObject({hostName: plain.name, hung: []});
    expect(facts.missing).toEqual([expect.stringMatching(/^Df, docker, .* no room in /)]);
    for (const folder of ['/tmp', '/var/tmp', '/dev/shm']) await plain.mend(folder);
  });
});
