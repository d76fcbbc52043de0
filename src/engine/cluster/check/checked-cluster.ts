/** What a configuration says of the cluster that is to be, as the checks want it. */

import type {ClusterConfig, KubernetesConfig} from '../../config/types.ts';
import {below, textAt} from '../../config/yaml-access.ts';
import {ProblemError} from '../../problem.ts';
import {masterPort} from './api-endpoints.ts';
import type {CheckedCluster, CheckedImage} from './types.ts';

/** Where services get addresses when the configuration does not say: as the quick start writes it. */
const usualServiceRange = '10.254.0.0/16';

/** Throws `config-invalid` where the configuration says nothing of Kubernetes. */
export function checkedCluster({machines, kubernetes, folder}: ClusterConfig): CheckedCluster {
  if (!kubernetes) {
    throw new ProblemError({
      code: 'config-invalid',
      message: 'The configuration says nothing of Kubernetes, so there is no cluster to check.',
      hint: 'Write a kubernetes-configuration.yaml; the quick start makes one.',
      file: folder,
    });
  }
  const {api, availability, serviceRange = usualServiceRange, versions, etcdDataPath} = kubernetes;
  return {
    machines: machines.map(({hostname, address, roles, dockerData}) => ({name: hostname, address, roles, dockerData})),
    // Plain HTTP on 8080 is what old tools meant; API servers of today speak TLS only.
    api: {host: api.address, port: api.url.startsWith('https:') ? api.port : masterPort},
    availability: availability.kind,
    version: versions.hyperkube ?? versions.apiserver ?? '',
    serviceRange,
    podNetwork: {kind: 'auto'},
    etcdDataPath,
    images: imagesOf(kubernetes),
    docker: {},
  };
}

/** Their names in the templates of the original. */
function imagesOf({imagePrefix, versions, place}: KubernetesConfig): Readonly<Record<CheckedImage, string>> {
  const prefix = imagePrefix === undefined ? '' : `${imagePrefix.replace(/\/$/, '')}/`;
  const tagged = (name: string, version: string | undefined) =>
    `${prefix}${name}${version === undefined ? '' : `:${version}`}`;
  const haproxy = place ? textAt(below(place, 'haproxy-version')) : undefined;
  const hyperkube = tagged('hyperkube', versions.hyperkube);
  return {
    apiserver: tagged('kube-apiserver', versions.apiserver),
    controllerManager: tagged('kube-controller-manager', versions['controller-manager']),
    scheduler: tagged('kube-scheduler', versions.scheduler),
    hyperkube,
    etcd: tagged('etcd', versions.etcd),
    pause: `${prefix}pause-amd64:3.0`,
    dashboard: tagged('kubernetes-dashboard-amd64', versions.dashboard),
    haproxy: haproxy === undefined ? 'haproxy:1.7' : `${prefix}haproxy:${haproxy}`,
    proxy: hyperkube,
  };
}
