import {isAtLeast, type Release} from '../release.ts';
import {type Field, map, needed, optional, type Shape} from '../shape.ts';
import {address, cidr, flag, ipv4, oneOf, path, port, text} from '../shape-scalars.ts';

/** kubernetes-configuration.yaml of B–H (behaviour 2.4). */
export function kubernetesConfiguration(release: Release): Shape {
  const version = (key: string, example: string): Readonly<Record<string, Field>> => ({
    [key]: needed(text, `${key}: ${example}`),
  });
  const settings = map(
    {
      'cluster-dns': needed(ipv4, 'cluster-dns: 10.0.0.53, the name server of the site'),
      'load-balance-ip': needed(address, 'load-balance-ip: 10.0.0.1, the address of the API server'),
      'service-cluster-ip-range': needed(cidr, 'service-cluster-ip-range: 10.254.0.0/16'),
      'storage-backend': needed(isAtLeast(release, 'v0.9') ? oneOf('etcd2', 'etcd3') : text, 'storage-backend: etcd3'),
      'docker-registry': needed(text, 'docker-registry: gcr.io/google_containers'),
      ...version('hyperkube-version', 'v1.9.9'),
      ...version('etcd-version', '3.2.17'),
      ...version('apiserver-version', 'v1.9.9'),
      ...version('kube-scheduler-version', 'v1.9.9'),
      ...version('kube-controller-manager-version', 'v1.9.9'),
      ...version('dashboard-version', 'v1.8.3'),
      'etcd-data-path': optional(path),
      'api-servers-port': optional(port),
      'api-servers-http-schema': optional(oneOf('http', 'https')),
      'qos-switch': optional(flag),
    },
    'warning',
  );
  return map({kubernetes: needed(settings, 'kubernetes: with the settings below it')}, 'warning');
}
