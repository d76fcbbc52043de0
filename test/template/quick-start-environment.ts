/** `env` of the quick-start templates of a tree, as the tools of each era collect it (behaviour 2.11, 3.8). */

import {join} from 'node:path';
import {readSourceFile} from '../../src/engine/config/source-file.ts';
import type {ClusterConfig} from '../../src/engine/config/types.ts';
import {readYaml, type YamlMap, type YamlValue} from '../../src/engine/config/yaml.ts';

export async function quickStartEnvironment(config: ClusterConfig): Promise<YamlMap> {
  if (config.era === 'H') return kubesprayEnvironment(config);
  return readYaml(config.era === 'G' ? fromG : config.era === 'E' ? fromE : fromD, 'env.yaml').value as YamlMap;
}

const fromD = `
ssh-username: operator
ssh-password: change-me
ssh-port: 22
service-cluster-ip-range: 10.254.0.0/16
dns: 10.0.0.53
machines:
  - {hostname: infra-01, ip: 10.0.0.1}
  - {hostname: gpu-01, ip: 10.0.0.11}
  - {hostname: gpu-02, ip: 10.0.0.12}
`;

const fromE = `
ssh-username: operator
ssh-keyfile-path: /home/operator/.ssh/cluster
ssh-secret-name: ssh-key
ssh-port: 2222
service-cluster-ip-range: 10.254.0.0/16
dns: 10.0.0.53
machines:
  - {hostname: alone-01, ip: 10.0.0.1}
`;

const fromG = `
dns: 10.0.0.53
load-balance-ip: 10.0.0.1
service-cluster-ip-range: 10.254.0.0/16
api-servers-url: http://10.0.0.1:8080
dashboard-host: 10.0.0.1
dashboard-url: http://10.0.0.1:9090
pai-version: v0.14.0
machines:
  - hostname: infra-01
    hostip: 10.0.0.1
    machine-type: GENERIC
    sshport: 22
    pai-master: 'true'
    etcdid: etcdid1
    ZKid: '1'
  - hostname: gpu-01
    hostip: 10.0.0.11
    machine-type: GENERIC
    pai-worker: 'true'
    docker-data: null
`;

/** Of layout.yaml and config.yaml; what hived knows of the nodes is asked from the cluster, and written here. */
async function kubesprayEnvironment({folder, views, machines}: ClusterConfig): Promise<YamlMap> {
  const list = (views.services.reveal().get('layout') as YamlMap).get('machine-list') as YamlMap;
  const withLabel = (label: string): YamlValue[] =>
    machines.filter(({labels}) => labels.includes(label)).map(({hostname}) => list.get(hostname) ?? null);
  const masters = withLabel('pai-master');
  const hived = readYaml(
    'skus: {gpu-worker: {workers: [gpu-01, gpu-02], gpu: true, gpuCount: 4, memory: 53248, cpu: 5}}',
    'hived.yaml',
  );
  return new Map<string, YamlValue>([
    ['masters', masters],
    ['workers', withLabel('pai-worker')],
    ['cfg', (await readSourceFile(join(folder, 'config.yaml'), []))?.yaml.value ?? null],
    ['head_node', masters[0] ?? null],
    ['hived', hived.value ?? null],
  ]);
}
