import {isAtLeast, type Release} from '../release.ts';
import {type Field, list, map, needed, optional, type Shape} from '../shape.ts';
import {address, cidr, flag, hostName, ipv4, oneOf, path, port, text, url} from '../shape-scalars.ts';

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
      'haproxy-version': optional(text),
      'pai-tui': optional(ownSettings),
    },
    'warning',
  );
  return map({kubernetes: needed(settings, 'kubernetes: with the settings below it')}, 'warning');
}

/** Each may be given as a full reference. */
const images = [
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'hyperkube'],
  ...['etcd', 'pause', 'kubernetes-dashboard', 'haproxy'],
];

/** What this program alone reads; the original's tools pass it over. */
const ownSettings = map(
  {
    'pod-network': optional(oneOf('auto', 'routes', 'host', 'manifest')),
    'pod-network-range': optional(cidr),
    'pod-network-manifest': optional(text),
    'cluster-domain': optional(hostName),
    'dns-manifest': optional(text),
    'plain-http-api': optional(oneOf('true', 'false')),
    images: optional(map(Object.fromEntries(images.map((name) => [name, optional(text)])), 'error')),
    docker: optional(
      map(
        {
          repository: optional(text),
          packages: optional(list(text)),
          bundle: optional(text),
          mirrors: optional(list(url)),
          'insecure-registries': optional(list(text)),
        },
        'error',
      ),
    ),
  },
  'error',
);
