import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ClusterLayout, ClusterMachine} from '../../src/engine/cluster/layout/types.ts';
import {certificateInput} from '../../src/engine/cluster/packages/certificate-input.ts';
import {bridgeOf, type PackageChoice, podRanges} from '../../src/engine/cluster/packages/choice.ts';
import {dockerSettings, readDockerSettingsScript} from '../../src/engine/cluster/packages/docker-settings.ts';
import {clusterPackage} from '../../src/engine/cluster/packages/packages.ts';
import {type ClusterOperation, changesIn, stepScript} from '../../src/engine/cluster/packages/steps.ts';
import {resolveInside} from '../../src/engine/files/inside.ts';
import type {Remote} from '../../src/engine/machine-tools.ts';
import {sendPackage} from '../../src/engine/package/send-package.ts';
import {Secret} from '../../src/engine/secret.ts';
import {bootableLayout} from '../cluster/layouts.ts';
import {connectTo} from '../lab/connect.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of scripts on lab hosts', whyNoLab());

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const {signal} = new AbortController();
const range = '10.200.0.0/16';

describe.skipIf(obstacle)('the scripts of a cluster, on real hosts', () => {
  let lab: Lab;
  let host: Host;
  let other: Host;
  let remote: Remote;
  let layout: ClusterLayout;
  let choice: PackageChoice;
  const folders: Partial<Record<ClusterOperation, string>> = {};

  beforeAll(async () => {
    lab = await startLab({hosts: 2, docker: 1});
    [host, other] = lab.hosts as [Host, Host];
    remote = await connectTo(lab, host, 'admin');
    const machines = lab.hosts.map(
      ({name, address}, index): ClusterMachine => ({
        ...{
          name,
          nodeName: name,
          address,
          roles: [index === 0 ? 'master' : 'worker'],
          dockerData: '/var/lib/docker',
          labels: [],
        },
        ...(index === 0 ? {etcdId: 'etcd1'} : {}),
      }),
    );
    layout = {...(await bootableLayout()), machines, masters: machines.slice(0, 1), workers: machines.slice(1)};
    choice = {podNetwork: {kind: 'routes', range, ranges: podRanges(layout, range)}};
    for (const operation of ['deploy', 'clean'] as const) folders[operation] = await send(operation);
  });
  afterAll(async () => {
    await remote?.close();
    await lab?.close();
  });

  async function send(operation: ClusterOperation): Promise<string> {
    const [machine] = layout.machines;
    if (!machine) throw new Error('no machine');
    const request = {assets, layout, choice, machine, operation, files: {resolveInside}};
    const {package: pack, problems} = await clusterPackage(request);
    if (!pack) throw new Error(problems.map(({message}) => message).join('\n'));
    const sent = await sendPackage(remote, pack, {run: `test-${operation}`, sudo: true, always: true}, signal);
    if (!sent.sent) throw new Error('not sent');
    return sent.folder;
  }

  /** Runs a script of a package; what it changed, or how it failed. */
  async function step(operation: ClusterOperation, script: string, args: readonly string[] = [], stdin = '') {
    let [stdout, stderr] = ['', ''];
    const watch = {
      stdout: (bytes: Uint8Array) => {
        stdout += Buffer.from(bytes).toString('utf8');
      },
      stderr: (bytes: Uint8Array) => {
        stderr += Buffer.from(bytes).toString('utf8');
      },
    };
    const command = {script: stepScript, args: [folders[operation] ?? '', script, ...args], stdin, sudo: true};
    const {exit} = await remote.run(command, watch, signal);
    return exit === 0 ? changesIn(stdout) : {exit, said: stderr.trim()};
  }

  test('other machines are known by name, and nothing else of /etc/hosts is touched', async () => {
    const before = await host.sh('cat /etc/hosts');
    expect(await step('deploy', 'set-hosts.sh')).toEqual(['/etc/hosts']);
    expect(await step('deploy', 'set-hosts.sh')).toEqual([]);
    expect(await host.sh(`getent hosts ${other.name}`)).toContain(other.address);
    expect((await host.sh('cat /etc/hosts')).startsWith(before)).toBe(true);
    expect(await step('clean', 'clean-network.sh')).toContain('/etc/hosts');
    expect(await host.sh('cat /etc/hosts')).toBe(before);
  });

  test('swap stays off at the next boot, and the fstab of before is kept', async () => {
    await host.sh('printf "# c\\n/swap.img none swap sw 0 0\\n/dev/x /x ext4 defaults 0 2\\n" >> /etc/fstab');
    const before = await host.sh('cat /etc/fstab');
    expect(await step('deploy', 'swap-off.sh')).toEqual(['/etc/fstab (as it was: /etc/fstab.before-pai-tui)']);
    expect(await step('deploy', 'swap-off.sh')).toEqual([]);
    expect(await host.sh('cat /etc/fstab')).toBe(before.replace('/swap.img', '# by pai-tui: /swap.img'));
    expect(await host.sh('cat /etc/fstab.before-pai-tui')).toBe(before);
  });

  test('the kernel is prepared once', async () => {
    expect(await step('deploy', 'prepare-kernel.sh')).toContain('/etc/sysctl.d/90-pai-tui.conf');
    expect(await step('deploy', 'prepare-kernel.sh')).toEqual([]);
  });

  test('docker that is there stays, and restarts only for other settings', async () => {
    const started = () => host.sh('cat /run/docker.pid');
    const before = await started();
    expect(await step('deploy', 'install-docker.sh', ['distribution'])).toEqual([]);
    await host.sh('mkdir -p /etc/docker && echo \'{"max-concurrent-uploads": 2}\' > /etc/docker/daemon.json');
    const existing = await host.sh(readDockerSettingsScript);
    const [machine] = layout.machines;
    if (!machine) throw new Error('no machine');
    const {podNetwork} = choice;
    const text = dockerSettings({layout, machine, podNetwork, existing, isFresh: false});
    expect(await step('deploy', 'put-docker-settings.sh', [], text)).toEqual([
      '/etc/docker/daemon.json',
      'docker was restarted',
    ]);
    const after = await started();
    expect(after).not.toBe(before);
    const again = dockerSettings({layout, machine, podNetwork, existing: text, isFresh: false});
    expect(await step('deploy', 'put-docker-settings.sh', [], again)).toEqual([]);
    expect(await started()).toBe(after);
    if (podNetwork.kind !== 'routes') throw new Error('no routes');
    const bridge = bridgeOf(podNetwork.ranges[host.name] ?? '');
    expect(await host.sh('ip -4 -o address show docker0')).toContain(`inet ${bridge} `);
    expect(JSON.parse(await host.sh('cat /etc/docker/daemon.json'))).toMatchObject({'max-concurrent-uploads': 2});
  });

  test('settings that docker does not start with are taken back', async () => {
    const before = await host.sh('cat /etc/docker/daemon.json');
    const failed = await step('deploy', 'put-docker-settings.sh', [], '{"bip": "nonsense"}');
    expect(failed).toMatchObject({exit: 4, said: expect.stringContaining('the one of before is there again')});
    expect(await host.sh('cat /etc/docker/daemon.json')).toBe(before);
    expect(await host.sh('docker version --format "{{.Server.Os}}"')).toBe('linux\n');
  });

  test('routes to the pods of others are there, at boot too, and go again', async () => {
    const {podNetwork} = choice;
    const wanted = podNetwork.kind === 'routes' ? (podNetwork.ranges[other.name] ?? '') : '';
    expect(await step('deploy', 'set-pod-routes.sh')).toContain(`route to ${wanted}`);
    expect(await step('deploy', 'set-pod-routes.sh')).toEqual([]);
    expect(await host.sh(`ip route show ${wanted}`)).toContain(`via ${other.address}`);
    expect(await host.sh('iptables -S FORWARD')).toContain(
      `-A FORWARD -s ${range} -m comment --comment pai-tui -j ACCEPT`,
    );
    await host.sh(`ip route del ${wanted} && sh /etc/rc.local`);
    expect(await host.sh(`ip route show ${wanted}`)).toContain(`via ${other.address}`);
    await host.sh('iptables -t nat -N KUBE-SERVICES && iptables -t nat -A PREROUTING -j KUBE-SERVICES');
    await host.sh('iptables -t nat -N OTHERS');
    expect(await step('clean', 'clean-network.sh')).toContain('removed the rules of kube-proxy (iptables)');
    expect(await step('clean', 'clean-network.sh')).toEqual([]);
    expect(await host.sh(`ip route show ${wanted}`)).toBe('');
    const rules = await host.sh('iptables-save');
    expect(rules).not.toContain('KUBE-');
    expect(rules).not.toContain('pai-tui');
    expect(rules).toContain(':OTHERS ');
    expect(rules).toContain('DOCKER');
  });

  test('certificates are there whole or not at all, and for root alone', async () => {
    const files = [
      {path: '/etc/kubernetes/pki/ca.crt', mode: 0o644, content: 'certificate\n'},
      {path: '/etc/kubernetes/pki/etcd/ca.key', mode: 0o600, content: new Secret('a key\n  with spaces \\ and more\n')},
    ];
    const text = certificateInput(files).reveal();
    const torn = await step('deploy', 'install-certificates.sh', [], text.replace(/end\n$/, ''));
    expect(torn).toMatchObject({exit: 2});
    expect(await host.sh('find /etc/kubernetes -type f')).toBe('');
    expect(await step('deploy', 'install-certificates.sh', [], text)).toEqual(files.map(({path}) => path));
    expect(await step('deploy', 'install-certificates.sh', [], text)).toEqual([]);
    expect(await host.sh('cat /etc/kubernetes/pki/etcd/ca.key')).toBe('a key\n  with spaces \\ and more\n');
    const modes = await host.sh(
      'stat -c "%a %U %n" /etc/kubernetes/pki /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/etcd/ca.key',
    );
    expect(modes).toBe(
      '700 root /etc/kubernetes/pki\n644 root /etc/kubernetes/pki/ca.crt\n600 root /etc/kubernetes/pki/etcd/ca.key\n',
    );
    for (const path of ['/etc/passwd', '/etc/kubernetes/../passwd']) {
      expect(await step('deploy', 'install-certificates.sh', [], `put 600 ${path}\n x\nend\n`)).toMatchObject({
        exit: 2,
      });
    }
  });

  test('manifests are put by name, readable for root alone', async () => {
    const etcd = '/etc/kubernetes/manifests/etcd.yaml';
    expect(await step('deploy', 'install-files.sh', [etcd])).toEqual(['/etc/kubernetes/manifests', etcd]);
    expect(await step('deploy', 'install-files.sh', [etcd])).toEqual([]);
    expect(await host.sh('ls /etc/kubernetes/manifests; stat -c %a /etc/kubernetes/manifests/etcd.yaml')).toBe(
      'etcd.yaml\n600\n',
    );
    expect(await step('deploy', 'install-files.sh', ['/etc/kubernetes/none'])).toMatchObject({exit: 2});
  });

  test('the data of etcd are moved aside, or removed', async () => {
    await host.sh('mkdir -p /var/etcd/data/member');
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'kept-1'])).toEqual([
      'moved /var/etcd/data to /var/etcd/data.kept-1',
    ]);
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'kept-1'])).toEqual([]);
    expect(await host.sh('ls /var/etcd')).toBe('data.kept-1\n');
    await host.sh('mkdir -p /var/etcd/data/member');
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'kept-1'])).toMatchObject({exit: 3});
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'remove'])).toEqual(['removed /var/etcd/data']);
    for (const folder of ['/', '/var/../etc', 'var']) {
      expect(await step('clean', 'clean-etcd-data.sh', [folder, 'remove'])).toMatchObject({exit: 2});
    }
  });

  test('the data of an old etcd, which lie in its folder itself, are kept and removed as well', async () => {
    await host.sh('rm -rf /var/etcd && mkdir -p /var/etcd/member/wal');
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'kept-1'])).toEqual([
      'moved /var/etcd/member to /var/etcd/data.kept-1/member',
    ]);
    expect(await host.sh('find /var/etcd -printf "%m %p\\n"')).toContain('700 /var/etcd/data.kept-1\n');
    await host.sh('rm -rf /var/etcd && mkdir -p /var/etcd/member/wal');
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'remove'])).toEqual([
      'removed /var/etcd/member',
      'removed /var/etcd',
    ]);
  });

  /** A program of that name, which sleeps, until what is returned is called. */
  async function running(name: string, redirection = ''): Promise<() => Promise<void>> {
    await host.sh(`cp /bin/sleep /tmp/${name}`);
    const pid = (await host.sh(`/tmp/${name} 1000 >/dev/null 2>&1 ${redirection} & echo $!`)).trim();
    await host.sh(`until [ "$(cat /proc/${pid}/comm)" = ${name} ]; do sleep 0.05; done`);
    return async () => {
      await host.sh(`kill ${pid}; rm /tmp/${name}`);
    };
  }

  test('nothing is taken from an etcd that is at work, nor cleaned where somebody else runs a kubelet', async () => {
    await host.sh('mkdir -p /var/etcd/data/member/snap && touch /var/etcd/data/member/snap/db');
    const stopEtcd = await running('etcd', '3</var/etcd/data/member/snap/db');
    const refused = await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'remove']);
    expect(refused).toMatchObject({exit: 4, said: expect.stringContaining('/var/etcd/data/member/snap/db')});
    await stopEtcd();
    expect(await step('clean', 'clean-etcd-data.sh', ['/var/etcd', 'remove'])).toContain('removed /var/etcd/data');
    const stopKubelet = await running('kubelet');
    expect(await step('clean', 'clean-containers.sh')).toMatchObject({
      exit: 3,
      said: expect.stringContaining('systemctl disable --now kubelet'),
    });
    await stopKubelet();
    expect(await step('clean', 'clean-containers.sh')).toEqual([]);
  });

  test('what is left of Kubernetes goes, with what is mounted in it', async () => {
    await host.sh(
      'mkdir -p "/var/lib/kubelet/pods/a b/volume" && mount -t tmpfs none "/var/lib/kubelet/pods/a b/volume"',
    );
    const changes = await step('clean', 'clean-files.sh');
    expect(changes).toContain('unmounted /var/lib/kubelet/pods/a b/volume');
    expect(changes).toContain('removed /etc/kubernetes');
    expect(await step('clean', 'clean-files.sh')).toEqual([]);
    await host.sh('mkdir -p /etc/cni/net.d && ip link add cni0 type bridge');
    expect(await step('clean', 'clean-files.sh')).toEqual([]);
    expect(await step('clean', 'clean-network.sh')).toEqual([]);
    expect(await step('clean', 'clean-files.sh', ['cni'])).toEqual(['removed /etc/cni/net.d']);
    expect(await step('clean', 'clean-network.sh', ['cni'])).toEqual(['removed the network device cni0']);
    expect(await host.sh('ls -d /var/lib/kubelet /etc/kubernetes 2>/dev/null || true')).toBe('');
    expect(await step('clean', 'clean-containers.sh')).toEqual([]);
  });
});
