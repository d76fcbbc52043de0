import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openConfig} from '../../src/engine/config/open.ts';
import {fixture, makeTree} from '../catalog/trees.ts';
import {type Edit, openFixture, said} from './configs.ts';

const machines = 'cluster-configuration.yaml';
const kubernetes = 'kubernetes-configuration.yaml';
const services = 'services-configuration.yaml';

/** What is wrong with an edited fixture, notices left out: the whole of it, so that nothing hides behind another. */
async function wrong(name: string, ...edits: readonly Edit[]): Promise<string[]> {
  const {problems} = await openFixture(name, edits);
  return said(problems.filter(({severity}) => severity !== 'notice'));
}

describe('mistakes in cluster-configuration.yaml', () => {
  test('a key that the samples of v0.4 spelt wrong in one place', async () => {
    expect(await wrong('c', [machines, 'machine-type: GPU', 'machinetype: GPU'])).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:28 | machine-list.1.machinetype | machine-list[gpu-01].machinetype is not read: the key is machine-type. | Write machine-type instead.",
      ]
    `);
  });

  test('a flag that YAML reads as a boolean', async () => {
    expect(await wrong('c', [machines, 'pai-worker: "true"', 'pai-worker: true'])).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | cluster-configuration.yaml:30 | machine-list.1.pai-worker | machine-list[gpu-01].pai-worker is the YAML boolean true, and only the text "true" counts. | Write "true", with the quotes.",
      ]
    `);
  });

  test('flags without quotes leave nobody with the part, which is an error of its own', async () => {
    expect(
      await wrong(
        'c',
        [machines, 'dashboard: "true"', 'dashboard: yes'],
        [machines, 'pai-master: "true"', 'pai-master: true'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:17 | machine-list | No machine is a pai-master. | Write pai-master: "true" (with the quotes) at the machine the services run on.",
        "error | config-invalid | cluster-configuration.yaml:17 | machine-list | No machine has the dashboard. | Write dashboard: "true" (with the quotes) at one of the masters.",
        "warning | config-invalid | cluster-configuration.yaml:23 | machine-list.0.dashboard | machine-list[infra-01].dashboard is the YAML boolean yes, and only the text "true" counts. | Write "true", with the quotes.",
        "warning | config-invalid | cluster-configuration.yaml:25 | machine-list.0.pai-master | machine-list[infra-01].pai-master is the YAML boolean true, and only the text "true" counts. | Write "true", with the quotes.",
      ]
    `);
  });

  test('an entry without what every machine needs, and one with values that are none', async () => {
    expect(
      await wrong(
        'c',
        [machines, '  - hostname: gpu-01\n    hostip: 10.0.0.11\n', '  - hostip: 10.0.0.11\n'],
        [machines, 'hostip: 10.0.0.12', 'hostip: 10.0.0.300'],
        [machines, 'sshport: 2222', 'sshport: 22222222'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:26 | machine-list.1.hostname | machine-list[entry 2].hostname is missing. | Write hostname: NAME, as \`hostname\` prints it on the machine",
        "error | config-invalid | cluster-configuration.yaml:30 | machine-list.1.sshport | machine-list[entry 2].sshport is "22222222", but a port is a whole number from 1 to 65535. | Write only the number of the port.",
        "error | config-invalid | cluster-configuration.yaml:32 | machine-list.2.hostip | machine-list[gpu-02].hostip is "10.0.0.300", but an IPv4 address is four numbers up to 255. | Write its address: four numbers with dots between them.",
      ]
    `);
  });

  test('no master, a role with a slip in it, and a role nobody knows', async () => {
    expect(
      await wrong(
        'c',
        [machines, 'k8s-role: master', 'k8s-role: mastr'],
        [machines, 'k8s-role: worker', 'k8s-role: spare'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:17 | machine-list | No machine is a Kubernetes master. | Write k8s-role: master at one of them.",
        "error | config-invalid | cluster-configuration.yaml:22 | machine-list.0.k8s-role | machine-list[infra-01].k8s-role is "mastr", but known are master, worker, proxy. | Write master",
        "warning | config-invalid | cluster-configuration.yaml:29 | machine-list.1.k8s-role | machine-list[gpu-01].k8s-role is "spare", but Kubernetes uses no machine of that role. | Write master, worker, proxy.",
      ]
    `);
  });

  test('a host name in place of an address', async () => {
    expect(await wrong('c', [machines, 'hostip: 10.0.0.12', 'hostip: gpu-02.example.com'])).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | cluster-configuration.yaml:33 | machine-list.2.hostip | machine-list[gpu-02].hostip is "gpu-02.example.com", but templates use it as an address. | Write its IPv4 address.",
      ]
    `);
  });

  test('nobody who logs in, and no way to', async () => {
    expect(await wrong('c', [machines, '  username: operator\n  password: change-me\n', ''])).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:16 | machine-list.0.username | The machine infra-01 has no username. | Write username: NAME there or below default-machine-properties.",
        "error | config-invalid | cluster-configuration.yaml:24 | machine-list.1.username | The machine gpu-01 has no username. | Write username: NAME there or below default-machine-properties.",
      ]
    `);
  });

  test('F asks for the defaults and for whole skus', async () => {
    expect(
      await wrong(
        'f',
        [machines, /default-machine-properties:\n(?: {2}.*\n)+/, ''],
        [machines, '    os: ubuntu16.04\n', ''],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:2 | default-machine-properties | default-machine-properties is missing. | Write default-machine-properties: with username, sshport and password or keyfile-path",
        "error | config-invalid | cluster-configuration.yaml:3 | machine-sku.GENERIC.os | machine-sku.GENERIC.os is missing. | Write os: ubuntu16.04",
        "error | config-invalid | cluster-configuration.yaml:17 | machine-list.0.username | The machine infra-01 has no username. | Write username: NAME there or below default-machine-properties.",
        "error | config-invalid | cluster-configuration.yaml:25 | machine-list.1.username | The machine gpu-01 has no username. | Write username: NAME there or below default-machine-properties.",
        "error | config-invalid | cluster-configuration.yaml:32 | machine-list.2.username | The machine gpu-02 has no username. | Write username: NAME there or below default-machine-properties.",
      ]
    `);
  });

  test('a list that is a map, and a map that is a list', async () => {
    expect(
      await wrong('c', [machines, /machine-list:\n[\s\S]*$/, 'machine-list:\n  gpu-01: {hostip: 10.0.0.1}\n']),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:17 | machine-list | machine-list must be a list. | Write its entries on lines of their own that begin with "- ".",
      ]
    `);
    expect(
      await wrong('c', [machines, /machine-sku:\n[\s\S]*?machine-list/, 'machine-sku: [GPU]\nmachine-list']),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-configuration.yaml:6 | machine-sku | machine-sku must be a map of keys and values. | Write its keys below it, indented.",
      ]
    `);
  });
});

describe('mistakes in the other files', () => {
  test('settings of Kubernetes that are missing, misspelt, or no such thing', async () => {
    expect(
      await wrong(
        'd',
        [kubernetes, '  cluster-dns: 10.0.0.53\n', ''],
        [kubernetes, 'load-balance-ip', 'load-balancer-ip'],
        [kubernetes, '169.254.0.0/16', '169.254.0.0'],
        [kubernetes, '  etcd-version: 3.2.17\n', '  etcd-version:\n  answer: 42\n'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | kubernetes-configuration.yaml:1 | kubernetes.cluster-dns | kubernetes.cluster-dns is missing. | Write cluster-dns: 10.0.0.53, the name server of the site",
        "error | config-invalid | kubernetes-configuration.yaml:2 | kubernetes.load-balancer-ip | kubernetes.load-balancer-ip is not read: the key is load-balance-ip. | Write load-balance-ip instead.",
        "error | config-invalid | kubernetes-configuration.yaml:3 | kubernetes.service-cluster-ip-range | kubernetes.service-cluster-ip-range is "169.254.0.0", but an address range is an IPv4 address, / and a number up to 32. | Write it as 10.254.0.0/16",
        "error | config-invalid | kubernetes-configuration.yaml:7 | kubernetes.etcd-version | kubernetes.etcd-version is empty. | Write etcd-version: 3.2.17",
        "warning | config-invalid | kubernetes-configuration.yaml:8 | kubernetes.answer | kubernetes.answer is not known here. | Known are: cluster-dns, load-balance-ip, service-cluster-ip-range, storage-backend, docker-registry, hyperkube-version, etcd-version, apiserver-version, kube-scheduler-version, kube-controller-manager-version, dashboard-version, etcd-data-path, api-servers-port, api-servers-http-schema, qos-switch, haproxy-version, pai-tui.",
      ]
    `);
  });

  test('a backend that v0.9 refuses', async () => {
    expect(await wrong('f', [kubernetes, 'storage-backend: etcd3', 'storage-backend: etcd'])).toMatchInlineSnapshot(`
      [
        "error | config-invalid | kubernetes-configuration.yaml:5 | kubernetes.storage-backend | kubernetes.storage-backend is "etcd", but it must be etcd2 or etcd3. | Write etcd2 or etcd3",
      ]
    `);
  });

  test('a role that is not defined', async () => {
    expect(await wrong('d', ['k8s-role-definition.yaml', / {2}proxy:\n[\s\S]*$/, ''])).toMatchInlineSnapshot(`
      [
        "error | config-invalid | k8s-role-definition.yaml:15 | k8s-role.proxy | k8s-role.proxy is missing. | Write proxy: with its components",
      ]
    `);
  });

  test('services without a section, and with a port that is none', async () => {
    expect(
      await wrong(
        'd',
        [services, /frameworklauncher:\n.*\n/, ''],
        [services, '  grafana-port: 3000', '  grafana-port: high'],
        [services, '  clusterid: gpu-lab\n', ''],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | services-configuration.yaml:1 | cluster.clusterid | cluster.clusterid is missing. | Write clusterid: NAME, what the cluster is called",
        "error | config-invalid | services-configuration.yaml:1 | frameworklauncher | frameworklauncher is missing. | Write frameworklauncher-port: 9086",
        "error | config-invalid | services-configuration.yaml:26 | grafana.grafana-port | grafana.grafana-port is "high", but a port is a whole number from 1 to 65535. | Write only the number of the port.",
      ]
    `);
  });

  test('a negative share, and shares that are all nothing', async () => {
    expect(await wrong('d', [services, 'capacity: 40', 'capacity: -40'])).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | services-configuration.yaml:15 | hadoop.virtualClusters.default.capacity | The capacity of default is negative and counts as 0. | Write capacities that make 100 together.",
      ]
    `);
    expect(
      await wrong('d', [services, 'capacity: 40', 'capacity: 0'], [services, 'capacity: 120', 'capacity: 0']),
    ).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | services-configuration.yaml:12 | hadoop.virtualClusters | The capacities of the virtual clusters are all 0, so every one gets the same share. | Write capacities that make 100 together.",
      ]
    `);
  });

  test('settings of services that their modules refuse', async () => {
    expect(
      await wrong('f', [
        services,
        'webportal:\n',
        'cleaner: {threshold: 120}\ngrafana: {port: "3000"}\ndrivers: {version: 400.1}\nwebportl: {}\nwebportal:\n',
      ]),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | services-configuration.yaml:20 | cleaner.threshold | cleaner.threshold is "120", but it must be a whole number from 0 to 100. | Write a number, without quotes.",
        "error | config-invalid | services-configuration.yaml:21 | grafana.port | grafana.port is "3000", but it must be a whole number from 1 to 65535. | Write a number, without quotes.",
        "error | config-invalid | services-configuration.yaml:22 | drivers.version | drivers.version is "400.1", but it must be 384.111 or 390.25 or 410.73 or 418.56. | Write 384.111 or 390.25 or 410.73 or 418.56",
        "warning | config-invalid | services-configuration.yaml:23 | webportl | webportl is no service that is known here. | Write webportal if that is meant; the section is not used.",
      ]
    `);
  });

  test('no administrator in the new format', async () => {
    expect(await wrong('f', [services, /rest-server:\n(?: {2}.*\n)+/, ''])).toMatchInlineSnapshot(`
      [
        "error | config-invalid | services-configuration.yaml:2 | rest-server | rest-server is missing. | Write rest-server: with default-pai-admin-username: NAME and default-pai-admin-password: SECRET",
      ]
    `);
  });

  test('a file of the new format beside a tree that reads the old one', async () => {
    const folder = await makeTree({[services]: 'rest-server: {}\ncluster: {docker-registry: {}}\n'});
    const {problems} = await openConfig(folder, {era: 'E'});
    expect(said(problems).filter((line) => line.includes(services))).toMatchInlineSnapshot(`
      [
        "error | config-invalid | services-configuration.yaml:1 |  | services-configuration.yaml is written in the format of v0.9 and later, and the tree is of v0.8. | Open the tree that this configuration is for, or write the sections cluster, hadoop, restserver of the old format.",
        "error | registry-setting-missing | services-configuration.yaml:2 | cluster.docker-registry.domain | cluster.docker-registry.domain is missing. | Write domain: registry.example.com:5000",
        "error | registry-setting-missing | services-configuration.yaml:2 | cluster.docker-registry.namespace | cluster.docker-registry.namespace is missing. | Write namespace: openpai",
        "error | registry-setting-missing | services-configuration.yaml:2 | cluster.docker-registry.tag | cluster.docker-registry.tag is missing. | Write tag: latest",
      ]
    `);
  });
});

test('no key of a file whose keys are all known can be misspelt without a word', async () => {
  const text = await readFile(join(fixture('config-f'), kubernetes), 'utf8');
  const keys = [...text.matchAll(/^ +([a-z-]+):/gm)].map(([, key = '']) => key);
  expect(keys.length).toBeGreaterThan(10);
  for (const key of keys) {
    const lines = await wrong('f', [kubernetes, ` ${key}:`, ` ${key.slice(0, -1)}:`]);
    expect(lines.join('\n')).toContain(`kubernetes.${key.slice(0, -1)} is not read: the key is ${key}.`);
  }
});

describe('mistakes in layouts', () => {
  const layout = 'layout.yaml';

  test('G: no URL, a machine without what templates look for', async () => {
    expect(
      await wrong(
        'g',
        [layout, 'http://10.0.0.1:8080', '10.0.0.1:8080'],
        [layout, '    nodename: 10.0.0.11\n    docker-data: /mnt/docker\n', ''],
        [layout, '    keyfile-path: /home/operator/.ssh/cluster\n', ''],
        [layout, '    k8s-role: worker\n', ''],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | layout.yaml:3 | kubernetes.api-servers-url | kubernetes.api-servers-url is "10.0.0.1:8080", but a URL begins with http:// or https:// and a host. | Write it as http://10.0.0.1:8080",
        "warning | config-invalid | layout.yaml:34 | machine-list.1.nodename | machine-list[gpu-01].nodename is missing. | Write nodename: with the hostip, or what Kubernetes calls the machine",
        "warning | config-invalid | layout.yaml:34 | machine-list.1.docker-data | machine-list[gpu-01].docker-data is missing. | Write docker-data: /var/lib/docker",
        "warning | config-invalid | layout.yaml:34 | machine-list.1.k8s-role | machine-list[gpu-01].k8s-role is missing. | Write k8s-role: worker (or master, or proxy)",
        "warning | config-invalid | layout.yaml:34 | machine-list.1.password | The machine gpu-01 has neither password nor keyfile-path. | Write one of them in its entry, or have the key in the ssh agent.",
      ]
    `);
  });

  test('H: what the set-up of Kubernetes refuses', async () => {
    expect(
      await wrong(
        'h',
        [layout, 'hostname: gpu-01', 'hostname: GPU_01'],
        [layout, 'pai-worker: "true"', 'pai-worker: "true"\n    pai-master: "true"\n    k8s-role: worker'],
        [layout, 'mem: 60Gi', 'mem: 60'],
        [layout, 'count: 4', 'count: 0'],
        ['config.yaml', 'docker_image_tag: v1.8.0\n', 'docker-image-tag: v1.8.0\n'],
        ['config.yaml', 'enable_hived_scheduler: true', 'enable_hived_scheduler: "true"'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | config.yaml:3 | docker-image-tag | docker-image-tag is not read: the key is docker_image_tag. | Write docker_image_tag instead.",
        "error | config-invalid | config.yaml:5 | enable_hived_scheduler | enable_hived_scheduler is "true", but it must be true or false. | Write true or false, without quotes.",
        "warning | config-invalid | layout.yaml:3 | machine-sku.infra.mem | machine-sku.infra.mem is "60", but an amount of memory has a unit. | Write "60Gi" if that is meant.",
        "error | config-invalid | layout.yaml:13 | machine-sku.gpu-worker.computing-device.count | machine-sku.gpu-worker.computing-device.count is "0", but it must be a whole number of at least 1. | Write a number, without quotes.",
        "error | config-invalid | layout.yaml:20 | machine-list.1.hostname | machine-list[GPU_01].hostname is "GPU_01", but Kubernetes wants lower case letters, digits, . and - for a name. | Write gpu-01",
        "warning | config-invalid | layout.yaml:23 | machine-list.1.pai-worker | The machine GPU_01 is pai-master and pai-worker. | Write pai-worker: "false" there.",
        "error | config-invalid | layout.yaml:24 | machine-list.1.pai-master | The machine GPU_01 is the second pai-master, and there must be one. | Write pai-master: "false" at all but one.",
        "warning | config-invalid | layout.yaml:25 | machine-list.1.k8s-role | machine-list[GPU_01].k8s-role is not known here. | Known are: hostname, hostip, machine-type, pai-master, pai-worker, pai-storage.",
      ]
    `);
  });

  test('H: no workers, and two flags that YAML reads as booleans', async () => {
    expect(
      await wrong(
        'h',
        [layout, 'pai-worker: "true"', 'pai-worker: true'],
        [layout, 'pai-worker: "true"', 'pai-worker: yes'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | layout.yaml:15 | machine-list | No machine is a pai-worker. | Write pai-worker: "true" (with the quotes) at the machines that run jobs.",
        "warning | config-invalid | layout.yaml:23 | machine-list.1.pai-worker | machine-list[gpu-01].pai-worker is the YAML boolean true, and only the text "true" counts. | Write "true", with the quotes.",
        "warning | config-invalid | layout.yaml:27 | machine-list.2.pai-worker | machine-list[gpu-02].pai-worker is the YAML boolean yes, and only the text "true" counts. | Write "true", with the quotes.",
      ]
    `);
  });
});

describe('mistakes in the files of A', () => {
  test('a list of machines that is not there, a machine without its address, a section that is missing', async () => {
    expect(
      await wrong(
        'a',
        ['cluster-config.yaml', 'workermachinelist:\n', 'workers:\n'],
        ['cluster-config.yaml', '    hostip: 10.0.0.1\n', ''],
        ['clusterconfig.yaml', / {2}grafanainfo:\n(?: {4}.*\n)+/, ''],
        ['clusterconfig.yaml', 'zookeeper: "true"', 'zookeeper: true'],
      ),
    ).toMatchInlineSnapshot(`
      [
        "error | config-invalid | cluster-config.yaml:33 | remote_deployment.worker.listname | workermachinelist, which holds the machines of role worker, is missing. | Write workermachinelist: with an entry for each machine.",
        "error | config-invalid | cluster-config.yaml:38 | mastermachinelist.infra-01.hostip | mastermachinelist.infra-01.hostip is missing. | Write hostip: ADDRESS",
        "error | config-invalid | clusterconfig.yaml:2 | clusterinfo.grafanainfo | clusterinfo.grafanainfo is missing. | Write grafanainfo: with grafana_url, grafana_port",
        "warning | config-invalid | clusterconfig.yaml:66 | machinelist.infra-01.zookeeper | machinelist.infra-01.zookeeper is the YAML boolean true, and only the text "true" counts. | Write "true", with the quotes.",
      ]
    `);
  });
});

test('files that are missing are all named, and a folder that is no configuration says what was looked for', async () => {
  const folder = await makeTree({[machines]: ''});
  const lines = said((await openConfig(folder)).problems).map((line) => line.replaceAll(folder, 'FOLDER'));
  expect(lines).toMatchInlineSnapshot(`
    [
      "error | config-invalid | cluster-configuration.yaml:1 |  | cluster-configuration.yaml must be a map of keys and values. | Write keys with values.",
      "error | config-missing | k8s-role-definition.yaml: |  | The configuration has no k8s-role-definition.yaml: the roles of Kubernetes are in it. | Add k8s-role-definition.yaml to FOLDER.",
      "error | config-missing | kubernetes-configuration.yaml: |  | The configuration has no kubernetes-configuration.yaml: Kubernetes is set up by it. | Add kubernetes-configuration.yaml to FOLDER.",
      "error | config-missing | services-configuration.yaml: |  | The configuration has no services-configuration.yaml: the registry and every service are set up by it. | Add services-configuration.yaml to FOLDER.",
    ]
  `);
  const empty = await makeTree({'readme.txt': 'nothing'});
  const {problems, config, draft} = await openConfig(empty);
  expect([config, draft]).toEqual([undefined, undefined]);
  expect(problems.map(({message, hint}) => `${message.replace(empty, 'FOLDER')} | ${hint}`)).toMatchInlineSnapshot(`
    [
      "FOLDER holds none of the files of a cluster configuration. | Looked for: cluster-configuration.yaml, kubernetes-configuration.yaml, k8s-role-definition.yaml, services-configuration.yaml, serivces-configuration.yaml, layout.yaml, config.yaml, cluster-config.yaml, kubernetes-deployment/cluster-config.yaml, clusterconfig.yaml, service-deployment/clusterconfig.yaml.",
    ]
  `);
});
