import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readAnswer} from '../../../src/engine/machine-answer.ts';
import {complaintsOf} from '../../../src/engine/machines/facts/complaints.ts';
import {parseFacts} from '../../../src/engine/machines/facts/parse-facts.ts';
import {factsOf} from './answer-of.ts';

test('a whole answer, recorded on Debian 12 with an engine that does not run, as root', () => {
  const facts = factsOf({
    time: '1795822416.998876528',
    mount: '/dev/vda ext4 rw,relatime,discard /',
    kernel: 'Linux 6.1.0-18-amd64',
    architecture: 'x86_64',
    host: 'node-3',
    user: '0 root',
    groups: 'root',
    has: 'sudo\ndocker\ncontainerd',
    'machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4',
    'os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION="12 (bookworm)"',
    'os-file': 'debian_version',
    'os-text': '12.11',
    uptime: '11952.31 5001.12',
    load: '0.43 0.62 1.26 8/126 29881',
    memory: `
MemTotal:       24684092 kB
MemFree:        18169804 kB
MemAvailable:   23784796 kB
Buffers:          269304 kB
Cached:          5357244 kB
SwapTotal:             0 kB
SwapFree:              0 kB`,
    'cpus-online': '0-1',
    'cpu-model': 'model name\t: AMD EPYC',
    timezone: 'Etc/UTC',
    cgroup: 'hybrid',
    init: 'systemd',
    'ports-ss': `
Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
tcp   LISTEN 0      128          0.0.0.0:2024      0.0.0.0:*          `,
    'address-ip': `
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever
4: eth0    inet6 fd00::2/64 scope global nodad \\       valid_lft forever preferred_lft forever
4: eth0    inet6 fe80::fc:ff:fe00:1/64 scope link \\       valid_lft forever preferred_lft forever`,
    df: `
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda         264212084 27996616  78394296      27% /`,
    'df-inodes': `
Filesystem       Inodes  IUsed    IFree IUse% Mounted on
/dev/vda       16777216 584756 16192460    4% /`,
    'docker-version': 'Docker version 28.2.2, build e6534b4',
    'docker-exit': '1',
    docker: 'Client:\n Version:    28.2.2\n Context:    default\n Debug Mode: false\n\nServer:',
    'docker-error': 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'containerd-version': 'containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3',
    'sudo-exit': '0',
  });
  expect(facts).toEqual({
    hostName: 'node-3',
    machineId: '3d1219c7c4c5404aaa1f6d2a48adfda4',
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: 'Linux 6.1.0-18-amd64',
    architecture: 'x86_64',
    uptimeSeconds: 11952.31,
    cpus: 2,
    cpuModel: 'AMD EPYC',
    load: [0.43, 0.62, 1.26],
    memory: {total: 24684092 * 1024, available: 23784796 * 1024},
    swap: {total: 0, used: 0},
    disks: [
      {
        mount: '/',
        device: '/dev/vda',
        type: 'ext4',
        size: 264212084 * 1024,
        used: 27996616 * 1024,
        available: 78394296 * 1024,
        inodesUsed: 584756 / 16777216,
        readOnly: false,
      },
    ],
    clock: {offsetMs: 1795822416999, uncertainMs: 0},
    timeZone: 'Etc/UTC',
    ports: [{port: 2024, protocol: 'tcp', address: '0.0.0.0'}],
    docker: {version: '28.2.2', running: false},
    containerd: {version: '1.6.20~ds1', running: false},
    cgroup: 'hybrid',
    initSystem: 'systemd',
    addresses: [
      {device: 'eth0', address: '192.0.2.2'},
      {device: 'eth0', address: 'fd00::2'},
    ],
    gpus: [],
    leftovers: [],
    sudo: 'root',
    hung: [],
    missing: [],
  });
});

test('a machine that says nothing but that it is there has facts too', () => {
  const facts = factsOf({});
  expect(facts).toMatchObject({hostName: '', cpus: 0, memory: {total: 0, available: 0}, cgroup: 'none', disks: []});
  expect(facts.clock.uncertainMs).toBe(Number.POSITIVE_INFINITY);
  expect(complaintsOf(facts, {})).toEqual([]);
});

describe('the clock', () => {
  const at = (time: string, before: number, after: number) =>
    parseFacts(readAnswer(`M time ${time}\nM end ended`, 'M'), {before, after}).clock;

  test('is compared with the middle of the span in which it was read', () => {
    expect(at('1000.250000000', 1_000_000, 1_000_100)).toEqual({offsetMs: 200, uncertainMs: 50});
    expect(at('400.000000000', 1_000_000, 1_000_010)).toEqual({offsetMs: -600_005, uncertainMs: 5});
  });

  test.each(['1000', '1000.%N', '1000.N', '1000.'])(
    'a date that knows whole seconds only (%s) leaves half of one open',
    (time) => {
      expect(at(time, 1_000_000, 1_000_100)).toEqual({offsetMs: 450, uncertainMs: 550});
    },
  );
});

describe('memory', () => {
  test('of a kernel before 3.14, without MemAvailable (not recorded: written after its documentation)', () => {
    const {memory, swap} = factsOf({
      memory: 'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 20 kB\nCached: 300 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB',
    });
    expect(memory).toEqual({total: 1_024_000, available: 420 * 1024});
    expect(swap).toEqual({total: 50 * 1024, used: 30 * 1024});
  });
});

describe('CPUs', () => {
  test.each([
    ['0', 1],
    ['0-127', 128],
    ['0-3,8-11,64', 9],
    ['7-3', 0],
    ['x', 0],
  ])('%s are %i', (list, expected) => {
    expect(factsOf({'cpus-online': list}).cpus).toBe(expected);
  });

  test('are counted by another program where the kernel does not list them', () => {
    expect(factsOf({cpus: '16'}).cpus).toBe(16);
  });
});

describe('the operating system', () => {
  test.each([
    [{'os-release': "PRETTY_NAME='Ubuntu 16.04.7 LTS'"}, 'Ubuntu 16.04.7 LTS'],
    [{'os-release': 'NAME=Fedora\nVERSION="40 (Forty)"'}, 'Fedora 40 (Forty)'],
    [{'os-file': 'redhat-release', 'os-text': 'CentOS release 6.10 (Final)'}, 'CentOS release 6.10 (Final)'],
    [{'os-file': 'debian_version', 'os-text': '7.11'}, 'Debian 7.11'],
    [{}, undefined],
  ])('%j is %s', (sections, expected) => {
    expect(factsOf(sections).os).toBe(expected);
  });
});

describe('sudo', () => {
  const user = {user: '1000 operator', has: 'sudo'};
  test.each([
    [{user: '0 root'}, 'root'],
    [{user: '1000 operator'}, 'none'],
    [{...user, 'sudo-exit': '0'}, 'without password'],
    [{...user, 'sudo-exit': '1', 'sudo-error': 'sudo: a password is required'}, 'with password'],
    [{...user, 'sudo-exit': '1', 'sudo-error': 'Sorry, user operator may not run sudo on node-3.'}, 'none'],
    [{...user, 'sudo-exit': '1', 'sudo-error': 'sudo: sorry, you must have a tty to run sudo'}, 'unknown'],
    [{...user, hung: 'sudo'}, 'unknown'],
    [user, 'unknown'],
  ])('%j is %s', (sections, expected) => {
    expect(factsOf(sections).sudo).toBe(expected);
  });
});

test('any text is taken without an error, and so is what follows from it', () => {
  const sections = [
    'time', 'mount', 'df', 'df-inodes', 'kernel', 'host', 'user', 'groups', 'has', 'machine-id', 'os-release', 'os-text',
    'uptime', 'load', 'memory', 'cpus-online', 'cpus', 'cpu-model', 'timezone', 'cgroup', 'init', 'ports-ss',
    'ports-netstat', 'ports-proc', 'address-ip', 'address-ifconfig', 'pci', 'lspci', 'nvidia-smi', 'nvidia-smi-exit',
    'docker', 'docker-error', 'docker-root', 'docker-containers', 'docker-version', 'containerd-version', 'process',
    'left', 'left-unit', 'sudo-exit', 'sudo-error', 'hung', 'missing', 'end', '__proto__', 'constructor',
  ]; // biome-ignore format: a list
  const word = fc.constantFrom(
    '/dev/sda1', '/', 'ext4', 'rw,ro', '100', '99%', '0-3', 'tcp', 'LISTEN', '0.0.0.0:22', '[::]:22', '0100007F:07E8',
    '0000:3b:00.0', '0x030200', '0x10de', '[0302]:', '[10de:1db5]', 'MemTotal:', 'kB', '-', ':', '=', 'NaN', '1e9',
    '99999999999999999999', 'inet', '1:', '__proto__', 'k8s_a',
  ); // biome-ignore format: a list
  const line = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.array(word).map((words) => words.join(' ')),
  );
  const said = fc.record({section: fc.constantFrom(...sections), line});
  fc.assert(
    fc.property(fc.array(said), fc.string({unit: 'binary'}), (lines, noise) => {
      const text = [noise, ...lines.map(({section, line}) => `M ${section} ${line}`), noise].join('\n');
      const facts = parseFacts(readAnswer(text, 'M'), {before: 0, after: 10});
      expect(facts.cpus).toBeGreaterThanOrEqual(0);
      const place = {file: '', line: 1, column: 1, key: ''};
      complaintsOf(facts, {sku: {name: 'x', cpus: 4, memory: '64Gi', gpu: {type: 'k80', count: 4}, place} as never});
    }),
    {numRuns: 500},
  );
});
