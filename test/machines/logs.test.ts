import {appendFile, chmod, mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {listLogs} from '../../src/engine/machines/logs/list-logs.ts';
import {logCommand} from '../../src/engine/machines/logs/log-command.ts';
import type {MachineLogSource} from '../../src/engine/machines/types.ts';
import {createFakeSsh, type FakeSsh} from '../helpers/fake-ssh.ts';
import {sampleTarget} from './sample-target.ts';

let folder: string;
let programs: string;
let fake: FakeSsh;
const {signal} = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-logs-'));
});
afterAll(() => rm(folder, {recursive: true}));
beforeEach(async () => {
  programs = await mkdtemp(join(folder, 'bin-'));
  // Before all others, so that the machine has just what a test gives it.
  fake = createFakeSsh({environment: () => ({PATH: `${programs}:/usr/bin:/bin`})});
});
afterEach(() => fake.close());

/** A program of the machine: a shell script. */
async function program(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

async function show(log: MachineLogSource, more: {lines?: number} = {}) {
  const remote = await fake.ssh.connect(sampleTarget('a'), signal);
  const said = {stdout: '', stderr: ''};
  const command = logCommand({config: '', names: [], log, follow: false, ...more});
  const take = (stream: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
    said[stream] += Buffer.from(bytes).toString();
  };
  const {exit} = await remote.run(command, {stdout: take('stdout'), stderr: take('stderr')}, signal);
  return {exit, ...said};
}

describe('a file', () => {
  test('is shown by its last lines, whatever its name is', async () => {
    const path = join(folder, "-it's $(a) name.log");
    await writeFile(path, 'one\ntwo\nthree\n');
    expect(await show({kind: 'file', path}, {lines: 2})).toEqual({exit: 0, stdout: 'two\nthree\n', stderr: ''});
  });

  test('is followed over the day it is moved aside', async () => {
    const path = join(folder, 'rotated.log');
    await writeFile(path, 'one\n');
    const remote = await fake.ssh.connect(sampleTarget('a'), signal);
    const stop = new AbortController();
    let said = '';
    const command = logCommand({config: '', names: [], log: {kind: 'file', path}, follow: true});
    const watch = {
      stdout(bytes: Uint8Array) {
        said += Buffer.from(bytes).toString();
      },
    };
    const following = remote.run(command, watch, stop.signal);
    const ended = expect(following).rejects.toThrow('enough');
    await expect.poll(() => said).toBe('one\n');
    await appendFile(path, 'two\n');
    await expect.poll(() => said, {timeout: 10_000}).toBe('one\ntwo\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'three\n');
    await expect.poll(() => said, {timeout: 20_000}).toBe('one\ntwo\nthree\n');
    stop.abort(new Error('enough'));
    await ended;
    expect(fake.running()).toBe(0);
  });

  test.each([
    [
      'that is not there',
      '/nowhere/x.log',
      /^\/nowhere\/x\.log is not there, or \S+ may not look into its folder\.\n$/,
    ],
    ['that is a folder', '/tmp', /^\/tmp is a folder\.\n$/],
  ])('%s is told', async (_, path, stderr) => {
    expect(await show({kind: 'file', path})).toEqual({exit: 1, stdout: '', stderr: expect.stringMatching(stderr)});
  });
});

describe('a unit', () => {
  test('is shown by journalctl', async () => {
    await program('journalctl', 'printf "<%s>" "$@"');
    const {stdout} = await show({kind: 'unit', unit: 'docker.service'}, {lines: 5});
    expect(stdout).toBe('<--unit=docker.service><-n><5><--no-pager><-o><short-iso>');
  });
});

const k8s = (name: string, pod: string) => `k8s_${name}_${pod}_default_0000_0`;

describe('a container', () => {
  const docker = (running: readonly string[], ended: readonly string[] = []) =>
    program(
      'docker',
      `case "$*" in
      'ps -a '*) printf '%s\\n' ${[...running, ...ended].join(' ')};;
      'ps '*) printf '%s\\n' ${running.join(' ')};;
      'inspect --type container 0a1b2c') exit 0;;
      inspect*) exit 1;;
      logs*) echo "$*"; echo "an error of it" >&2;;
      esac`,
    );

  test.each([
    ['by its name', 'web', 'web'],
    ['by its id', '0a1b2c', '0a1b2c'],
    ['by its name in a pod', 'etcd', k8s('etcd', 'etcd-node-1')],
    ['by the name of its pod', 'etcd-node-1', k8s('etcd', 'etcd-node-1')],
    ['that ended', 'job', k8s('job', 'job-x')],
  ])('of docker is found %s', async (_, container, name) => {
    await docker(['web', k8s('POD', 'etcd-node-1'), k8s('etcd', 'etcd-node-1')], [k8s('job', 'job-x')]);
    const shown = await show({kind: 'container', container}, {lines: 9});
    expect(shown).toEqual({exit: 0, stdout: `logs --tail 9 ${name}\n`, stderr: 'an error of it\n'});
  });

  test('that has namesakes is the newest, and the others are said', async () => {
    await docker([k8s('api', 'api-2'), k8s('api', 'api-1')]);
    const {stdout, stderr} = await show({kind: 'container', container: 'api'});
    expect(stdout).toBe(`logs --tail 200 ${k8s('api', 'api-2')}\n`);
    expect(stderr).toContain(
      `Several are called api; this is ${k8s('api', 'api-2')}. The others: ${k8s('api', 'api-1')}`,
    );
  });

  test('that is not there is told', async () => {
    await docker(['web']);
    expect(await show({kind: 'container', container: 'etc'})).toMatchObject({
      exit: 1,
      stderr: 'There is no container etc.\n',
    });
  });

  test('cannot be found where docker lets nobody in, which is told as docker tells it', async () => {
    await program('docker', 'echo "permission denied on /var/run/docker.sock" >&2; exit 1');
    const {stderr} = await show({kind: 'container', container: 'web'});
    expect(stderr).toBe('docker: permission denied on /var/run/docker.sock\n');
  });
});

describe('what there is to follow', () => {
  test('is listed: files, units and containers', async () => {
    await program(
      'systemctl',
      `echo 'docker.service   loaded active running Docker Engine'; echo 'old.service not-found inactive dead old.service'`,
    );
    await program('journalctl', 'exit 0');
    await program(
      'docker',
      `printf '${k8s('POD', 'p')}\\tUp 3 days\\tpause\\n${k8s('etcd', 'etcd-1')}\\tUp 3 days\\tetcd:3.4\\nweb\\tExited (1) 2 days ago\\tnginx\\n'`,
    );
    const remote = await fake.ssh.connect(sampleTarget('a'), signal);
    const {files, ...more} = await listLogs(remote, false, signal);
    expect(more).toEqual({
      units: [
        {unit: 'docker.service', state: 'running', about: 'Docker Engine'},
        {unit: 'old.service', state: 'dead', about: 'old.service'},
      ],
      containers: [
        {container: k8s('etcd', 'etcd-1'), name: 'etcd', pod: 'etcd-1', state: 'running', image: 'etcd:3.4'},
        {container: 'web', name: 'web', state: 'exited', image: 'nginx'},
      ],
      missing: [],
    });
    expect(new Set(files.map(({path}) => path)).size).toBe(files.length);
    for (const {path, bytes} of files) expect([path.startsWith('/var/log/'), bytes >= 0]).toEqual([true, true]);
  });

  test('is what the journal knows where there is no systemd, and containers of crictl without docker', async () => {
    await program('systemctl', 'echo "System has not been booted with systemd" >&2; exit 1');
    await program('journalctl', 'printf "kubelet.service\\ninit.scope\\n"');
    await program('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
    await program(
      'crictl',
      `printf 'CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\\n'
       printf '4f9e3c7b2a1d0       9aa1fad941575       3 days ago          Running             etcd                0                   5c1b8a7d6e4f3       etcd-node-1\\n'`,
    );
    const remote = await fake.ssh.connect(sampleTarget('a'), signal);
    expect(await listLogs(remote, false, signal)).toMatchObject({
      units: [{unit: 'kubelet.service', state: 'in the journal', about: ''}],
      containers: [
        {container: '4f9e3c7b2a1d0', name: 'etcd', pod: 'etcd-node-1', state: 'running', image: '9aa1fad941575'},
      ],
      missing: ['docker: Cannot connect to the Docker daemon'],
    });
  });
});
