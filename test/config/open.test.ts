import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {describe, expect, test} from 'vitest';
import {openConfig} from '../../src/engine/config/open.ts';
import {fixture, makeTree} from '../catalog/trees.ts';
import {modelOf, openFixture, said} from './configs.ts';

const withoutNotices = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('notice'));

describe('the configurations of four files', () => {
  test.each([
    ['b', 'B', 'v0.4', 2, {kind: 'single-master'}],
    ['c', 'C', 'v0.5', 3, {kind: 'single-master'}],
    ['d', 'D', 'v0.7', 5, {kind: 'proxy', proxies: ['proxy-01']}],
    ['e', 'E', 'v0.8', 4, {kind: 'external-balancer'}],
    ['f', 'F', 'v0.9', 3, {kind: 'single-master'}],
  ] as const)('config-%s is read whole', async (name, era, release, machines, availability) => {
    const {config, problems} = await openFixture(name);
    expect(withoutNotices(said(problems))).toEqual([]);
    expect(config).toMatchObject({format: 'cluster-configuration', era, release, kubernetes: {availability}});
    expect(config?.machines).toHaveLength(machines);
    expect(config?.clusterId).toBe(name === 'f' ? 'pai' : 'gpu-lab');
    expect(config?.registry?.namespace).toBe('openpai');
  });

  test.each([
    ['b', 'C'],
    ['d', 'D'],
    ['e', 'E'],
    ['f', 'F'],
  ])('without a tree config-%s is taken for what its files look like', async (name, era) => {
    expect((await openConfig(fixture(`config-${name}`))).config?.era).toBe(era);
  });

  test('a machine has what its entry says, else the defaults of the file, else those of the tools', async () => {
    const [, gpu1, gpu2] = (await modelOf('c')).machines;
    expect(gpu1).toMatchObject({
      hostname: 'gpu-01',
      address: '10.0.0.11',
      sshPort: 2222,
      login: {user: 'operator'},
      roles: ['worker'],
      labels: ['pai-worker'],
      machineType: 'GPU',
      dockerData: '/var/lib/docker',
      nodeName: '10.0.0.11',
    });
    expect(gpu1?.login.password?.reveal()).toBe('change-me');
    expect(gpu2).toMatchObject({sshPort: 22, login: {user: 'gpu-operator'}});
    expect(gpu2?.login.password?.reveal()).toBe('change-me-too');
    const [first] = (await modelOf('e')).machines;
    expect(first?.login).toEqual({user: 'operator', keyFile: '/home/operator/.ssh/cluster'});
    expect(first).toMatchObject({etcdId: 'etcdid1', zkId: '1', labels: ['dashboard', 'pai-master']});
  });

  test('entries that are merged by an anchor are whole', async () => {
    const {machines} = await modelOf('d');
    expect(machines.map(({hostname, etcdId, roles}) => [hostname, etcdId, roles[0]])).toEqual([
      ['infra-01', 'etcdid1', 'master'],
      ['infra-02', 'etcdid2', 'master'],
      ['infra-03', 'etcdid3', 'master'],
      ['proxy-01', undefined, 'proxy'],
      ['gpu-01', undefined, 'worker'],
    ]);
  });

  test('skus have their cpus, memory and devices', async () => {
    const {skus} = await modelOf('c');
    expect(skus.get('GPU')).toMatchObject({cpus: 24, memory: '224', gpu: {type: 'teslak80', count: 4}});
    expect(skus.get('GENERIC')?.gpu).toBeUndefined();
  });

  test('Kubernetes is what its file says, filled up as the release does', async () => {
    expect((await modelOf('d')).kubernetes).toMatchObject({
      api: {address: '10.0.0.9', port: 8080, url: 'http://10.0.0.9:8080'},
      dashboardUrl: 'http://10.0.0.3:9090',
      serviceRange: '169.254.0.0/16',
      dns: '10.0.0.53',
      versions: {hyperkube: 'v1.9.9', etcd: '3.2.17', dashboard: 'v1.8.3'},
      etcdDataPath: '/var/etcd/data',
      qosSwitch: true,
    });
    expect((await modelOf('e')).kubernetes?.etcdDataPath).toBe('/var/etcd');
  });

  test('a version that looks like a number stays as it is written', async () => {
    const {kubernetes} = await modelOf('c', [
      ['kubernetes-configuration.yaml', 'etcd-version: 3.2.17', 'etcd-version: 3.10'],
    ]);
    expect(kubernetes?.versions.etcd).toBe('3.10');
  });
});

describe('the two files of A', () => {
  test('are read into one model: machines of Kubernetes with what the services say of them', async () => {
    const {config, problems} = await openFixture('a');
    expect(said(problems)).toEqual([]);
    expect(config).toMatchObject({format: 'single-files', era: 'A', clusterId: 'gpu-lab'});
    expect(config?.machines).toMatchObject([
      {hostname: 'infra-01', roles: ['master'], etcdId: 'etcdid1', zkId: '1', machineType: 'GENERIC'},
      {hostname: 'gpu-01', roles: ['worker'], sshPort: 2222, machineType: 'GPU', labels: ['node-exporter']},
    ]);
    expect(config?.skus.get('GPU')).toMatchObject({cpus: 24, gpu: {count: 4}});
    expect(config?.kubernetes).toMatchObject({
      api: {url: 'http://10.0.0.1:8080'},
      versions: {hyperkube: 'v1.7.3', etcd: '2.2.5'},
      availability: {kind: 'single-master'},
    });
  });

  test('each is of use without the other, also under a name of its own', async () => {
    const text = await readFile(join(fixture('config-a'), 'clusterconfig.yaml'), 'utf8');
    const folder = await makeTree({'production.yaml': text});
    const {config, problems} = await openConfig(join(folder, 'production.yaml'));
    expect(said(problems).map((line) => line.split(' | ')[0])).toEqual(['notice']);
    expect(config?.machines.map(({hostname, roles}) => [hostname, roles])).toEqual([
      ['infra-01', []],
      ['gpu-01', []],
    ]);
    expect(config?.registry?.tag).toBe('v0.2');
  });
});

describe('layouts', () => {
  test('G: everything stands in the entry of a machine', async () => {
    const {config, problems} = await openFixture('g');
    expect(withoutNotices(said(problems))).toEqual([]);
    expect(config).toMatchObject({format: 'layout', era: 'G', release: 'v0.14', clusterId: 'pai'});
    expect(config?.machines[1]).toMatchObject({
      sshPort: 2222,
      login: {user: 'operator', keyFile: '/home/operator/.ssh/cluster'},
      roles: ['worker'],
      dockerData: '/mnt/docker',
      nodeName: '10.0.0.11',
    });
    expect(config?.kubernetes).toMatchObject({api: {url: 'http://10.0.0.1:8080'}, versions: {etcd: '3.2.17'}});
  });

  test('H: one login for all machines, roles by label, the API server at the pai-master', async () => {
    const {config, problems} = await openFixture('h');
    expect(withoutNotices(said(problems))).toEqual([]);
    expect(config).toMatchObject({format: 'layout-and-config', era: 'H', clusterId: 'gpu-lab'});
    expect(config?.machines.map(({roles, nodeName, login}) => [roles[0], nodeName, login.user])).toEqual([
      ['master', 'infra-01', 'operator'],
      ['worker', 'gpu-01', 'operator'],
      ['worker', 'gpu-02', 'operator'],
    ]);
    expect(config?.machines[0]).toMatchObject({dockerData: '/mnt/docker'});
    expect(config?.kubernetes?.api).toEqual({address: '10.0.0.1', port: 6443, url: 'https://10.0.0.1:6443'});
    expect(config?.skus.get('gpu-worker')).toMatchObject({memory: '220Gi', gpu: {type: 'nvidia.com/gpu', count: 4}});
  });

  test('the configuration of the sample has no problem', async () => {
    expect((await openFixture('sample')).problems).toEqual([]);
  });

  test('without a tree they are told apart by config.yaml', async () => {
    expect((await openConfig(fixture('config-g'))).config?.era).toBe('G');
    expect((await openConfig(fixture('config-h'))).config?.era).toBe('H');
  });
});

describe('where values come from', () => {
  test('a line of a file, a default, or other values', async () => {
    const config = await modelOf('c');
    const [, gpu1] = config.machines;
    const from = (holder: object | undefined, key: unknown) => {
      const origin = holder && config.originOf(holder, key);
      return origin?.from === 'file' ? `${origin.file.split('/').at(-1)}:${origin.line} ${origin.key}` : origin;
    };
    expect(from(gpu1, 'address')).toBe('cluster-configuration.yaml:27 machine-list.1.hostip');
    expect(from(gpu1, 'sshPort')).toBe('cluster-configuration.yaml:31 machine-list.1.sshport');
    expect(from(gpu1?.login, 'user')).toBe('cluster-configuration.yaml:2 default-machine-properties.username');
    expect(from(gpu1, 'dockerData')).toEqual({from: 'default', which: 'the folder of docker'});
    expect(from(gpu1, 'nodeName')).toEqual({from: 'derived', of: 'hostip'});
    expect(from(config, 'clusterId')).toBe('services-configuration.yaml:2 cluster.clusterid');
    const info = config.views.services.reveal().get('clusterinfo') as Map<string, unknown>;
    expect(from(info, 'dataPath')).toBe('services-configuration.yaml:5 cluster.data-path');
    expect(from(info, 'hadoopQueues')).toEqual({from: 'derived', of: 'capacity of the virtual clusters'});
  });
});

describe('secrets', () => {
  test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])(
    'printing the model of config-%s shows none of them',
    async (name) => {
      const config = await modelOf(name);
      const printed = [
        inspect(config, {depth: 12, showHidden: true}),
        JSON.stringify(config, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
        String(config.views.services),
        inspect(config.views.services.shown(), {depth: 12}),
        inspect(config.views.kubernetes.shown(), {depth: 12}),
      ].join('\n');
      expect(printed).not.toContain('change-me');
      expect(printed).toContain('••••••');
    },
  );

  test('a secret inside of another value is hidden too', async () => {
    const folder = await makeTree({
      'services-configuration.yaml':
        'cluster: {common: {cluster-id: x}}\npostgresql: {passwd: hunter22, connection: "postgresql://u:hunter22@h/db"}\n',
    });
    const {draft} = await openConfig(folder, {era: 'F'});
    expect(inspect(draft?.services.sections.shown(), {depth: 5})).not.toContain('hunter22');
    expect(inspect(draft?.services.sections.reveal(), {depth: 5})).toContain('hunter22');
  });

  test('each file says whether it holds one, and who may read it', async () => {
    const files = (await modelOf('d')).files.map(({name, hasSecret}) => [name, hasSecret]);
    expect(files).toEqual([
      ['cluster-configuration.yaml', true],
      ['kubernetes-configuration.yaml', false],
      ['k8s-role-definition.yaml', false],
      ['services-configuration.yaml', true],
    ]);
  });
});
