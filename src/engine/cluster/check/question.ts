/** What one machine is asked before Kubernetes goes on it. */

import {isIPv4} from 'node:net';
import type {ImageName} from '../layout/types.ts';
import type {CheckedCluster, CheckedMachine} from './types.ts';

/** Where the kubelet keeps what belongs to pods. */
const kubeletFolder = '/var/lib/kubelet';

/** Parts of the kernel, and what each is there for. */
export const wantedModules = {
  overlay: 'docker keeps images with',
  br_netfilter: 'pods of one machine reach services with',
  nf_conntrack: 'services are made with',
  ip_tables: 'services are made with',
} as const;

/** The arguments of check.sh; their order is that of `machineWords`, by which the answer is read. */
export function wordsFor(machine: CheckedMachine, cluster: CheckedCluster, hostName: string): readonly string[] {
  const isMaster = machine.roles.includes('master');
  const folders = [machine.dockerData, kubeletFolder, ...(isMaster ? [cluster.etcdDataPath] : [])];
  const others = cluster.machines.filter(({name, address}) => name !== machine.name && isIPv4(address));
  return [
    ...new Set([
      ...folders.map((folder) => `folder:${folder}`),
      `etcd:${cluster.etcdDataPath}`,
      ...Object.keys(wantedModules).map((module) => `module:${module}`),
      ...imagesOf(machine, cluster).map(({reference}) => `image:${reference}`),
      ...(hostName === '' ? [] : [`name:${hostName}`]),
      ...(isIPv4(cluster.api.host) ? [] : [`name:${cluster.api.host}`]),
      ...others.map(({address}) => `machine:${address}`),
    ]),
  ];
}

export interface NeededImage {
  readonly image: ImageName;
  readonly reference: string;
  /** Without it the cluster can be booted all the same. */
  readonly optional?: true;
}

/** Every machine runs a kubelet with pods; what they are depends on its roles. The dashboard may go to any worker. */
export function imagesOf({roles}: CheckedMachine, {images, availability}: CheckedCluster): readonly NeededImage[] {
  const isMaster = roles.includes('master');
  const hasProxy = roles.includes('proxy') && availability === 'proxy';
  const needed: readonly ImageName[] = [
    'hyperkube',
    'pause',
    'proxy',
    ...(isMaster ? (['etcd', 'apiserver', 'controllerManager', 'scheduler'] as const) : []),
    ...(hasProxy ? (['haproxy'] as const) : []),
  ];
  const found = [
    ...needed.map((image): NeededImage => ({image, reference: images[image]})),
    ...(roles.includes('worker') ? [{image: 'dashboard', reference: images.dashboard, optional: true} as const] : []),
  ];
  return found.filter(({reference}, index) => found.findIndex((one) => one.reference === reference) === index);
}
