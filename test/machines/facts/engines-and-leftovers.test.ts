import {describe, expect, test} from 'vitest';
import {factsOf} from './answer-of.ts';

describe('docker', () => {
  test('that runs (recorded: docker 20.10)', () => {
    const docker = `
Client:
 Context:    default
 Debug Mode: false

Server:
 Containers: 0
 Server Version: 20.10.24+dfsg1
 Storage Driver: overlay2
  Backing Filesystem: extfs
 containerd version: 1.6.20~ds1-1+deb12u3
 Docker Root Dir: /mnt/docker
 Debug Mode: false`;
    const {docker: fact} = factsOf({has: 'docker', 'docker-version': 'Docker version 28.2.2, build e6534b4', docker});
    expect(fact).toEqual({version: '20.10.24+dfsg1', running: true, dataRoot: '/mnt/docker'});
  });

  test.each([
    [
      '20.10',
      'ERROR: permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied',
    ],
    [
      '28.2',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: dial unix /var/run/docker.sock: connect: permission denied',
    ],
  ])('that does not answer this account (recorded: docker %s) runs where its process does', (_, line) => {
    const refused = {
      has: 'docker',
      'docker-version': 'Docker version 20.10.24+dfsg1, build 297e128',
      docker: `Server:\n${line}`,
    };
    expect(factsOf({...refused, process: 'dockerd', 'docker-root': '/data/docker'}).docker).toEqual({
      version: '20.10.24+dfsg1',
      running: true,
      dataRoot: '/data/docker',
    });
    expect(factsOf(refused).docker?.running).toBe(false);
  });

  test('that is not there is no fact', () => {
    expect(factsOf({has: 'sudo'}).docker).toBeUndefined();
    expect(factsOf({has: 'sudo'}).containerd).toBeUndefined();
  });

  test('whose client is not in the PATH is there when its process is', () => {
    expect(factsOf({process: 'dockerd\ncontainerd'})).toMatchObject({
      docker: {running: false},
      containerd: {running: true},
    });
  });
});

describe('leftovers of Kubernetes', () => {
  test('are paths, units, processes, devices and containers', () => {
    const {leftovers} = factsOf({
      left: '/etc/kubernetes\n/etc/kubernetes/manifests/etcd.yaml\n/var/lib/kubelet',
      'left-unit': 'kubelet',
      'left-device': 'cni0',
      process: 'dockerd\nkube-controller\netcd\netcd',
      'docker-containers': 'kubelet\nk8s_POD_etcd-node-3\nk8s_etcd_etcd-node-3\nregistry',
    });
    expect(leftovers).toEqual([
      '/etc/kubernetes',
      '/etc/kubernetes/manifests/etcd.yaml',
      '/var/lib/kubelet',
      'unit kubelet',
      'process kube-controller-manager',
      'process etcd',
      'network device cni0',
      'container kubelet',
      '2 containers of pods (k8s_…)',
    ]);
  });
});

describe('disks', () => {
  test('with spaces in their names, without inodes, and mounted over', () => {
    const {disks} = factsOf({
      mount: `
/dev/mapper/vg-root ext4 ro,relatime /
tank/data\\040set zfs rw /mnt/data\\040set
/dev/sdb1 ext4 rw /mnt/x
/dev/sdc1 btrfs ro,noatime /mnt/x`,
      df: `
Filesystem            1024-blocks Used Available Capacity Mounted on
/dev/mapper/vg-root         100   95         0     100% /
tank/data set              1000  100       900      10% /mnt/data set
/dev/sdc1                   500    -         -        - /mnt/x`,
      'df-inodes': `
Filesystem             Inodes IUsed IFree IUse% Mounted on
/dev/mapper/vg-root        10     9     1   90% /
tank/data set               0     0     0     - /mnt/data set`,
    });
    expect(disks).toEqual([
      {mount: '/', device: '/dev/mapper/vg-root', type: 'ext4', size: 102400, used: 97280, available: 0, inodesUsed: 0.9, readOnly: true},
      {mount: '/mnt/data set', device: 'tank/data set', type: 'zfs', size: 1024000, used: 102400, available: 921600, readOnly: false},
      {mount: '/mnt/x', device: '/dev/sdc1', type: 'btrfs', size: 0, used: 0, available: 0, readOnly: true},
    ]); // biome-ignore format: a table
  });
});
