/** Where settings of Kubernetes are written, under whatever name the era has for them. */

import {below, keyOf, type Place, placeIn, textAt} from '../yaml-access.ts';
import type {RuleInput} from './types.ts';

const names = {
  address: ['load-balance-ip', 'api-servers-ip'],
  serviceRange: ['service-cluster-ip-range', 'service-cluster-ip-range'],
  dns: ['cluster-dns', 'cluster-dns'],
  storageBackend: ['storage-backend', 'storage-backend'],
  imagePrefix: ['docker-registry', 'dockerregistry'],
  hyperkube: ['hyperkube-version', 'hyperkubeversion'],
  apiserver: ['apiserver-version', 'apiserverversion'],
  scheduler: ['kube-scheduler-version', 'kubeschedulerversion'],
  controllerManager: ['kube-controller-manager-version', 'kubecontrollermanagerversion'],
  etcd: ['etcd-version', 'etcdversion'],
  dashboard: ['dashboard-version', 'dashboard_version'],
} as const;

export interface Written {
  readonly place: Place;
  /** Dotted, for sentences. */
  readonly name: string;
  /** As it is written. */
  readonly text: string;
}

/** Undefined when it is not written. */
export function kubernetesPlace(
  {sources}: Pick<RuleInput, 'sources'>,
  setting: keyof typeof names,
): Written | undefined {
  const [name, nameOfA] = names[setting];
  const file = sources.files.get('kubernetes');
  const fileOfA = sources.files.get('single-kubernetes');
  if (file) return written(placeIn(file, 'kubernetes', name));
  return fileOfA && written(placeIn(fileOfA, 'clusterinfo', nameOfA));
}

/** A single value and its place; undefined when there is none. */
export function written(place: Place, ...more: readonly string[]): Written | undefined {
  const at = below(place, ...more);
  const text = textAt(at);
  return text === undefined ? undefined : {place: at, name: keyOf(at), text};
}
