import {describe, expect, test} from 'vitest';
import type {YamlMap, YamlValue} from '../../src/engine/config/yaml.ts';
import {modelOf} from './configs.ts';
import {outline} from './python-outline.ts';

const services = async (...of: Parameters<typeof modelOf>) => (await modelOf(...of)).views.services.reveal();
const kubernetes = async (...of: Parameters<typeof modelOf>) => (await modelOf(...of)).views.kubernetes.reveal();

/** What is at the end of these keys. */
function at(value: YamlValue, ...path: readonly (string | bigint)[]): YamlValue | undefined {
  let found: YamlValue | undefined = value;
  for (const key of path) found = found instanceof Map ? (found as YamlMap).get(key) : undefined;
  return found;
}

describe('what templates see', () => {
  test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'sample'])('in both views of config-%s', async (name) => {
    const {views} = await modelOf(name);
    await expect(outline(views.services.reveal())).toMatchFileSnapshot(`../golden/context/${name}-services.txt`);
    await expect(outline(views.kubernetes.reveal())).toMatchFileSnapshot(`../golden/context/${name}-kubernetes.txt`);
  });
});

describe('the old object model', () => {
  test('both views hold the same machines, and the node is called by its address whatever was written', async () => {
    const {views} = await modelOf('d');
    const inServices = at(views.services.reveal(), 'machinelist', 'gpu-01');
    expect(at(views.kubernetes.reveal(), 'workermachinelist', 'gpu-01')).toBe(inServices);
    expect(at(inServices ?? null, 'nodename')).toBe('10.0.0.11');
  });

  test('the dashboard host of Kubernetes is the last with the key, that of the URL the first that says "true"', async () => {
    const [ofServices, ofKubernetes] = await Promise.all([services('d'), kubernetes('d')]);
    expect(at(ofKubernetes, 'clusterinfo', 'dashboard-host')).toBe('10.0.0.3');
    expect(at(ofServices, 'clusterinfo', 'webportalinfo', 'k8s_dashboard_uri')).toBe('http://10.0.0.1:9090');
  });

  test('a list of machines of a role that nobody has is not there', async () => {
    expect([...(await kubernetes('c')).keys()]).toEqual([
      'clusterID',
      'clusterinfo',
      'component_list',
      'remote_deployment',
      'mastermachinelist',
      'workermachinelist',
    ]);
  });

  test.each([
    ['b', 'None', 'None'],
    ['d', null, null],
  ])('without a login config-%s says so as its release does', async (name, username, password) => {
    const registry = at(await services(name), 'clusterinfo', 'dockerregistryinfo') ?? null;
    expect([at(registry, 'docker_username'), at(registry, 'docker_password')]).toEqual([username, password]);
    expect([at(registry, 'credential'), at(registry, 'base64code')]).toEqual(['{}', 'e30=']);
  });

  test('a login becomes a docker configuration of that registry alone, and nobody logs in', async () => {
    const registry = at(await services('c'), 'clusterinfo', 'dockerregistryinfo') ?? null;
    const credential = String(at(registry, 'credential'));
    const auth = Buffer.from('operator:change-me').toString('base64');
    expect(JSON.parse(credential)).toEqual({auths: {'https://index.docker.io/v1/': {auth}}});
    expect(at(registry, 'base64code')).toBe(Buffer.from(credential).toString('base64'));
    expect(at(registry, 'prefix')).toBe('openpai/');
  });

  test.each([
    ['b', ['hdfsrole', 'yarnrole', 'zookeeper'], 'worker'],
    ['d', ['hadoop-name-node', 'hadoop-resource-manager', 'watchdog'], undefined],
    ['e', [], undefined],
  ])('labels of config-%s are expanded as its release does', async (name, added, hdfsRole) => {
    const host = at(await services(name), 'machinelist', 'infra-01') as YamlMap;
    for (const label of added) expect(host.has(label)).toBe(true);
    // A machine that is master and worker gets the role of the worker.
    expect(host.get('hdfsrole')).toBe(hdfsRole);
    expect(host.has('restserver')).toBe(name !== 'e');
  });

  test('oddities of a release are kept: the port of webhdfs, the version of hadoop', async () => {
    const [ofD, ofE] = await Promise.all([services('d'), services('e')]);
    expect(at(ofD, 'clusterinfo', 'restserverinfo', 'webhdfs_uri')).toBe('http://10.0.0.1:50070');
    expect(at(ofE, 'clusterinfo', 'restserverinfo', 'webhdfs_uri')).toBe('http://10.0.0.1:5070');
    expect(at(ofD, 'clusterinfo', 'hadoopinfo', 'hadoop-version')).toBe('10.0.0.1');
    expect(at(ofE, 'clusterinfo', 'hadoopinfo', 'hadoopversion')).toBeUndefined();
  });

  test('who is alerted is a list in v0.7, one address in v0.8, and nothing without the section', async () => {
    const path = ['clusterinfo', 'prometheusinfo', 'alerting', 'alert-manager-hosts'] as const;
    expect(at(await services('d'), ...path)).toEqual(['10.0.0.3']);
    expect(at(await services('e'), ...path)).toBeUndefined();
    const alerting: [string, string, string] = [
      'services-configuration.yaml',
      '  scrape_interval: 30\n',
      '  scrape_interval: 30\n  alerting: {alert_receiver: ops@example.com}\n',
    ];
    expect(at(await services('e', [alerting]), ...path)).toBe('10.0.0.1');
  });

  test('values keep their types: 384.111 is a float, 22 an int, a port in a URL is written as it was', async () => {
    const view = await services('b');
    expect(at(view, 'clusterinfo', 'nvidia_drivers_version')).toBe(384.111);
    expect(at(view, 'machinelist', 'gpu-01', 'sshport')).toBe(22n);
    expect(at(view, 'clusterinfo', 'hadoopQueues', 'vision', 'weight')).toBe(60);
  });
});

describe('the new object model of F', () => {
  test('the machines are there as machine and as layout, with the defaults in every entry', async () => {
    const view = await services('f');
    expect(view.get('layout')).toBe(view.get('machine'));
    expect(at(view, 'machine', 'machine-list', 'gpu-02', 'nodename')).toBe('10.0.0.12');
    expect(at(view, 'machine', 'machine-list', 'gpu-01', 'nodename')).toBe('gpu-01');
    expect(at(view, 'machine', 'machine-list', 'gpu-02', 'password')).toBe('change-me');
  });

  test('capacities that do not make 100 are an error', async () => {
    const edit = ['services-configuration.yaml', 'capacity: 60', 'capacity: 70'] as const;
    await expect(services('f', [edit])).rejects.toThrow('make 110 percent together, and must make 100');
  });

  test('virtual clusters of the configuration replace the default ones', async () => {
    const clusters = at(await services('f'), 'hadoop-resource-manager', 'virtualClusters') as YamlMap;
    expect([...clusters.keys()]).toEqual(['default', 'vision']);
  });
});

describe('the new object model of G and H', () => {
  test('services know no kubernetes but that of the layout', async () => {
    expect([...(await services('g')).keys()].slice(0, 2)).toEqual(['layout', 'alert-manager']);
    expect((await services('g')).has('kubernetes')).toBe(false);
    expect([...(await kubernetes('g')).keys()]).toEqual(['kubernetes', 'layout']);
  });

  test('since v1.5 URLs that the layout leaves out are those of the pai-master', async () => {
    expect(at(await services('h'), 'layout', 'kubernetes', 'api-servers-url')).toBe('https://10.0.0.1:6443');
  });

  test('services for YARN are not there in a cluster of Kubernetes', async () => {
    const names = [...(await services('h')).keys()].map(String);
    expect(names).toContain('hivedscheduler');
    expect(names.filter((name) => name.startsWith('hadoop') || name === 'zookeeper')).toEqual([]);
  });

  test('the configuration of hived is parsed and indented', async () => {
    const edit = [
      'services-configuration.yaml',
      'rest-server:',
      'hivedscheduler:\n  config: |\n    physicalCluster:\n      cells: 2\nrest-server:',
    ] as const;
    const hived = at(await services('h', [edit]), 'hivedscheduler') ?? null;
    expect(at(hived, 'config')).toBe('physicalCluster:\n      cells: 2\n    ');
    expect(at(hived, 'structured-config', 'physicalCluster', 'cells')).toBe(2n);
    expect(at(hived, 'webservice')).toBe('http://10.0.0.1:30096');
  });
});
