/** The cluster that a configuration describes, or why it cannot be booted. Pure. */

import {basename} from 'node:path';
import {hasErrors} from '../../config/problems.ts';
import {addressText, rangeOf} from '../../config/rules/ipv4.ts';
import type {ClusterConfig, KubernetesConfig, KubernetesPart, MachineConfig} from '../../config/types.ts';
import {below, keyOf, lineOf, type Place} from '../../config/yaml-access.ts';
import type {Problem} from '../../problem.ts';
import {imagesOf} from './images.ts';
import {ownSettings} from './settings.ts';
import type {ClusterLayout, ClusterMachine} from './types.ts';
import {etcdRefusal, judgeVersion, minorOf} from './versions.ts';

/** As the quick start writes it. */
const usualServiceRange = '10.254.0.0/16';
const usualMasterPort = 6443;

export interface LayoutReading {
  /** Only when no problem is an error. */
  readonly layout?: ClusterLayout;
  /** What makes a boot impossible, and what is to be known before one; each with its place. */
  readonly problems: readonly Problem[];
}

/** `anyVersion`: of a cluster that is only looked at, also where that version cannot be booted or none is written. */
export function clusterLayout(
  config: ClusterConfig,
  {anyVersion = false}: {readonly anyVersion?: boolean} = {},
): LayoutReading {
  const {kubernetes} = config;
  if (!kubernetes) return {problems: [withoutKubernetes(config)]};
  if (config.format === 'layout-and-config') return {problems: [leftToKubespray(config)]};
  const problems: Problem[] = [];
  const at = placeOf(config, kubernetes.place);
  const machines = config.machines.map((machine) => clusterMachine(machine, problems));
  const withRole = (role: ClusterMachine['roles'][number]) => machines.filter(({roles}) => roles.includes(role));
  const [masters, workers, proxies] = [withRole('master'), withRole('worker'), withRole('proxy')];
  if (masters.length === 0) {
    const message = 'No machine is a master, so there is nothing to boot.';
    problems.push({code: 'config-invalid', message, hint: 'Give a machine k8s-role: master.', ...at()});
  }
  problems.push(
    ...sameEtcdIds(masters, at),
    ...(anyVersion ? [] : versionProblems(kubernetes, at)),
    ...apiProblems(kubernetes, machines, at),
  );
  const serviceRange = kubernetes.serviceRange ?? usualServiceRange;
  const range = rangeOf(serviceRange);
  if (!range || range.bits > 30) {
    const message = `service-cluster-ip-range is ${serviceRange}, which is no range of addresses for services.`;
    const hint = `Write service-cluster-ip-range: ${usualServiceRange}`;
    problems.push({code: 'config-invalid', message, hint, ...at('service-cluster-ip-range')});
  }
  const own = ownSettings(kubernetes.place);
  const pods = 'range' in own.podNetwork ? rangeOf(own.podNetwork.range) : undefined;
  if ('range' in own.podNetwork && (!pods || pods.bits > 24 || 2 ** (24 - pods.bits) < machines.length)) {
    const message = `pod-network-range is ${own.podNetwork.range}: each of ${machines.length} machines needs 256 addresses of it.`;
    const hint = 'Write pod-network-range: 10.200.0.0/16';
    problems.push({code: 'config-invalid', message, hint, ...at('pai-tui', 'pod-network-range')});
  }
  if (own.podNetwork.kind === 'manifest' && own.podNetwork.file === '') {
    const message = 'pod-network is manifest, and no file is named.';
    const hint = 'Write pod-network-manifest: and the file of your pod network.';
    problems.push({code: 'config-invalid', message, hint, ...at('pai-tui', 'pod-network')});
  }
  if (hasErrors(problems)) return {problems};
  const {apiserver = '', etcd = ''} = kubernetes.versions;
  const port = kubernetes.api.url.startsWith('https:') ? kubernetes.api.port : usualMasterPort;
  const isAtMaster = masters.some(({address}) => address === kubernetes.api.address);
  return {
    problems,
    layout: {
      name: config.clusterId ?? basename(config.folder),
      ...{machines, masters, workers, proxies},
      // Plain HTTP on 8080 is what old tools meant; API servers of today speak TLS only.
      api: {host: kubernetes.api.address, port},
      masterPort: isAtMaster ? port : usualMasterPort,
      availability: kubernetes.availability.kind,
      version: apiserver,
      isProven: judgeVersion(apiserver).isProven,
      etcdVersion: etcd,
      serviceRange,
      serviceAddress: addressText((range?.first ?? 0) + 1),
      ...(kubernetes.dns === undefined ? {} : {dns: kubernetes.dns}),
      etcdDataPath: kubernetes.etcdDataPath,
      qosSwitch: kubernetes.qosSwitch,
      ...own,
      images: imagesOf(kubernetes, own.images),
    },
  };
}

/** The place of a setting of Kubernetes. */
type At = (...key: readonly string[]) => Pick<Problem, 'file' | 'line' | 'key'>;

function placeOf(config: ClusterConfig, place: Place | undefined): At {
  return (...key) => (place ? placed(below(place, ...key)) : {file: config.folder});
}

function placed(place: Place) {
  return {file: place.source.file, line: lineOf(place), key: keyOf(place)};
}

function withoutKubernetes({folder}: ClusterConfig): Problem {
  return {
    code: 'config-invalid',
    message: 'The configuration says nothing of Kubernetes, so there is no cluster in it.',
    hint: 'Write a kubernetes-configuration.yaml; `pai-tui config generate` makes one.',
    file: folder,
  };
}

/** Its files have no place where these could be written. */
function leftToKubespray({folder}: ClusterConfig): Problem {
  return {
    code: 'config-invalid',
    message:
      'The configuration names no versions of Kubernetes: its format leaves them to kubespray. So it is not known what to boot.',
    hint: 'Boot it with contrib/kubespray of its tree. Images and machines of it can be worked with from here.',
    file: folder,
  };
}

function clusterMachine(machine: MachineConfig, problems: Problem[]): ClusterMachine {
  const {hostname, nodeName, address, roles, dockerData, labels, machineType} = machine;
  const isMaster = roles.includes('master');
  const etcdId = machine.etcdId ?? hostname;
  if (isMaster && machine.etcdId === undefined) {
    problems.push({
      code: 'config-invalid',
      severity: 'notice',
      message: `${hostname} is a master without an etcdid: its member of etcd is called ${hostname}.`,
      hint: `Write etcdid: ${hostname}, so that it stays so.`,
      ...placed(machine.place),
      machine: hostname,
    });
  }
  return {
    name: hostname,
    ...{nodeName, address, roles, dockerData, labels},
    ...(isMaster ? {etcdId} : {}),
    ...(machineType === undefined ? {} : {sku: machineType}),
  };
}

function sameEtcdIds(masters: readonly ClusterMachine[], at: At): Problem[] {
  return masters.flatMap(({name, etcdId}, index) => {
    const first = masters.slice(0, index).find((other) => other.etcdId === etcdId);
    if (!first) return [];
    const message = `${name} and ${first.name} have the etcdid ${etcdId}.`;
    return [{code: 'config-invalid', message, hint: 'Give each master an etcdid of its own.', ...at()}];
  });
}

/** The parts of Kubernetes that a boot starts, by the keys of their versions. */
const parts: readonly (readonly [KubernetesPart, string])[] = [
  ['apiserver', 'apiserver-version'],
  ['controller-manager', 'kube-controller-manager-version'],
  ['scheduler', 'kube-scheduler-version'],
  ['hyperkube', 'hyperkube-version'],
];

const versionHint =
  'Write a version from v1.20 to v1.23. Or let the scripts of its tree boot it, which is not proven: --package-set tree';

function versionProblems({versions}: KubernetesConfig, at: At): Problem[] {
  const wrong = (key: string, message: string, hint: string): Problem => ({
    ...{code: 'config-invalid', message, hint},
    ...at(key),
  });
  const missing = [...parts, ['etcd', 'etcd-version'] as const].filter(([part]) => versions[part] === undefined);
  if (missing.length > 0) {
    return missing.map(([, key]) =>
      wrong(
        key,
        `${key} is missing, so it is not known what to boot.`,
        `Write ${key} into kubernetes-configuration.yaml.`,
      ),
    );
  }
  const {apiserver = '', etcd = ''} = versions;
  const {refusal} = judgeVersion(apiserver);
  const refusalOfEtcd = etcdRefusal(etcd);
  const others = parts.filter(([part]) => minorOf(versions[part] ?? '') !== minorOf(apiserver));
  return [
    ...(refusal === undefined ? [] : [wrong('apiserver-version', refusal, versionHint)]),
    ...others.map(([part, key]) =>
      wrong(key, `${key} is ${versions[part]}, and apiserver-version is ${apiserver}.`, `Write ${key}: ${apiserver}`),
    ),
    ...(refusalOfEtcd === undefined ? [] : [wrong('etcd-version', refusalOfEtcd, 'Write a version from 3.4 on.')]),
  ];
}

function apiProblems({api}: KubernetesConfig, machines: readonly ClusterMachine[], at: At): Problem[] {
  const there = machines.find(({address}) => address === api.address);
  if (!there || there.roles.includes('master') || there.roles.includes('proxy')) return [];
  const message = `load-balance-ip is ${api.address}, the address of ${there.name}, which is neither master nor proxy: no API server answers there.`;
  const hint = 'Write the address of the master, of a proxy, or of a balancer before the masters.';
  return [{code: 'config-invalid', message, hint, ...at('load-balance-ip')}];
}
