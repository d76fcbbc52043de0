/** Which images a cluster runs: those of the original's templates, under its registry. */

import type {KubernetesConfig} from '../../config/types.ts';
import {below, textAt} from '../../config/yaml-access.ts';
import type {ImageName} from './types.ts';

/** Of Docker Hub, where the configuration names no version of its own registry. */
const usualHaproxy = 'haproxy:2.6';

/** `own` are full references, which go before. A part without a version has no tag. */
export function imagesOf(
  {imagePrefix, versions, place}: Pick<KubernetesConfig, 'imagePrefix' | 'versions' | 'place'>,
  own: Readonly<Partial<Record<ImageName, string>>>,
): Readonly<Record<ImageName, string>> {
  const prefix = imagePrefix === undefined ? '' : `${imagePrefix.replace(/\/+$/, '')}/`;
  const tagged = (name: string, version: string | undefined) =>
    `${prefix}${name}${version === undefined ? '' : `:${version}`}`;
  const haproxy = place && textAt(below(place, 'haproxy-version'));
  const hyperkube = own.hyperkube ?? tagged('hyperkube', versions.hyperkube);
  return {
    apiserver: tagged('kube-apiserver', versions.apiserver),
    controllerManager: tagged('kube-controller-manager', versions['controller-manager']),
    scheduler: tagged('kube-scheduler', versions.scheduler),
    hyperkube,
    etcd: tagged('etcd', versions.etcd),
    pause: `${prefix}pause-amd64:3.0`,
    dashboard: tagged('kubernetes-dashboard-amd64', versions.dashboard),
    haproxy: haproxy === undefined ? usualHaproxy : `${prefix}haproxy:${haproxy}`,
    proxy: hyperkube,
    ...own,
  };
}
