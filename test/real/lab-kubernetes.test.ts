import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {execute} from '../lab/execute.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {leftOf, recordOf} from '../lab/left.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {allRecords} from '../lab/records.ts';

const obstacle = tellObstacle('Tests on lab hosts for Kubernetes', whyNoKubernetesLab());

const connections = '/proc/sys/net/netfilter/nf_conntrack_max';

describe.skipIf(obstacle)('hosts for Kubernetes', () => {
  let lab: KubernetesLab;
  let one: Host;
  let two: Host;
  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 2});
    [one, two] = lab.hosts as [Host, Host];
  }, kubernetesLabMs);
  afterAll(() => lab?.close());

  const image = (name: string, version: string) => `${lab.images.registry}/${name}:${version}`;
  const run = (host: Host, options: string, name: string, version: string, command = '') =>
    host.sh(`docker run ${options} ${image(name, version)} ${command}`);

  test('have programs of Kubernetes of one version, as does this computer', async () => {
    const {kubernetes} = lab.images.versions;
    for (const [name, command] of [
      ['hyperkube', '/hyperkube kubelet --version'],
      ['hyperkube', '/hyperkube proxy --version'],
      ['kube-apiserver', '/usr/local/bin/kube-apiserver --version'],
      ['kube-controller-manager', 'kube-controller-manager --version'],
      ['kube-scheduler', 'kube-scheduler --version'],
      ['kube-proxy', 'kube-proxy --version'],
    ] as const)
      expect(await run(one, '--rm', name, kubernetes, command), name).toBe(`Kubernetes ${kubernetes}\n`);
    const client = await execute(lab.kubectl, ['version', '--client', '--short']);
    expect(client).toBe(`Client Version: ${kubernetes}\n`);
  });

  test('have what a cluster is made of besides', async () => {
    const {etcd, haproxy} = lab.images.versions;
    expect(await run(one, '--rm', 'etcd', etcd, '/usr/local/bin/etcd --version')).toContain(`Version: ${etcd}\n`);
    expect(await run(one, '--rm', 'etcd', etcd, 'etcdctl version')).toContain(`version: ${etcd}\n`);
    expect(await run(one, '--rm', 'haproxy', haproxy, 'haproxy -v')).toContain(`version ${haproxy}`);
    expect(await one.sh(`docker run --rm haproxy:${haproxy} haproxy -v`)).toContain(`version ${haproxy}`);
    expect(await run(one, '--rm', 'busybox', '1.35', 'hostname -i')).toMatch(/^172\./);
  });

  test('pause, and end the pause when asked', async () => {
    await run(one, '--detach --name paused', 'pause-amd64', '3.0');
    expect(await one.sh('docker ps --format "{{.Names}}"')).toBe('paused\n');
    await one.sh('docker stop --time 60 paused');
    // 137 would be the engine's kill after a minute.
    expect(await one.sh('docker inspect --format "{{.State.ExitCode}}" paused; docker rm paused')).toBe(
      '143\npaused\n',
    );
  });

  test('answer on the port of the dashboard, which another host reaches', async () => {
    const flags = '--apiserver-host=https://127.0.0.1:6443';
    await run(one, '--detach --network=host --name dash', 'kubernetes-dashboard-amd64', 'v1.8.3', flags);
    const ask = `exec 3<> /dev/tcp/${one.address}/9090 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3`;
    await expect
      .poll(() => two.sh(`timeout 5 bash -c "${ask.replaceAll('"', '\\"')}" 2>&1 || true`), {timeout: 60_000})
      .toContain('Kubernetes Dashboard');
    await one.sh('docker rm --force dash');
  });

  test('have the rights and programs that a kubelet in a container needs', async () => {
    const {kubernetes} = lab.images.versions;
    const mounts = '--volume /:/rootfs --volume /sys:/sys --volume /var/lib/kubelet:/var/lib/kubelet:shared';
    const does = [
      'mount -t tmpfs tmpfs /var/lib/kubelet',
      'touch /var/lib/kubelet/seen',
      'iptables -t nat -N OF-KUBELET',
      'echo 1 > /proc/sys/vm/overcommit_memory',
      'mkdir /sys/fs/cgroup/memory/kubepods',
      'nsenter --target 1 --mount hostname',
      'socat -V > /dev/null',
      'conntrack --version > /dev/null',
    ];
    const asked = `--rm --privileged --network=host --pid=host ${mounts}`;
    expect(await run(one, asked, 'hyperkube', kubernetes, `sh -euc '${does.join('; ')}'`)).toBe('node-1\n');
    // The host sees what was mounted, iptables of both write to one place, and the control group is the host's own.
    expect(await one.sh('ls /var/lib/kubelet; iptables -t nat -S OF-KUBELET')).toBe('seen\n-N OF-KUBELET\n');
    expect(await one.sh('ls -d /sys/fs/cgroup/memory/kubepods')).toContain('kubepods');
    expect(await two.sh('ls -d /sys/fs/cgroup/memory/kubepods 2> /dev/null || echo none')).toBe('none\n');
  });

  test('share files of images, and what one removes the other still has', async () => {
    const {kubernetes} = lab.images.versions;
    await one.sh(`docker images --quiet --no-trunc | sort -u | xargs docker rmi --force`);
    expect(await one.sh('docker images --quiet')).toBe('');
    expect(await run(two, '--rm', 'hyperkube', kubernetes, '/hyperkube kubelet --version')).toContain(kubernetes);
    const pulled = await one.sh(`docker pull ${image('hyperkube', kubernetes)} 2>&1 || true`);
    expect(pulled).toContain('Error response from daemon');
  });

  test('start and stop Docker by systemctl', async () => {
    const states = 'systemctl is-active docker || true';
    expect(await two.sh(`systemctl stop docker > /dev/null; ${states}`)).toBe('inactive\n');
    expect(await two.sh(`systemctl daemon-reload; systemctl enable --now docker.service > /dev/null; ${states}`)).toBe(
      'active\n',
    );
    expect(await two.sh('systemctl list-units 2>&1 || true')).toContain('not been booted with systemd');
  });

  test('leave nothing, and the settings of the kernel as they were', async ({skip}) => {
    const record = recordOf(lab);
    const before = record.sysctls['net.netfilter.nf_conntrack_max'];
    expect(leftOf(record)).toContain('processes');
    await lab.close();
    expect(leftOf(record)).toEqual([]);
    skip(allRecords().length > 0, 'Another lab is up, and the last one puts them back.');
    expect(readFileSync(connections, 'utf8').trim()).toBe(before);
    expect(readFileSync('/proc/sys/vm/overcommit_memory', 'utf8').trim()).toBe(record.sysctls['vm.overcommit_memory']);
  });
});
