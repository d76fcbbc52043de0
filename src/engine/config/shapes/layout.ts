import {isAtLeast, type Release} from '../release.ts';
import {expected, list, map, needed, optional, type Shape, table} from '../shape.ts';
import {ipv4, nodeName, path, quantity, strictFlag, text, url, wholeNumber} from '../shape-scalars.ts';
import {kubernetesRole, machineEntry, machineType, sku} from './machines.ts';

/** layout.yaml of G and H (behaviour 2.9, 2.10). */
export function layout(release: Release): Shape {
  const isH = isAtLeast(release, 'v1.0');
  const kubernetes = map({
    'api-servers-url': needed(url, 'api-servers-url: http://10.0.0.1:8080'),
    'dashboard-url': needed(url, 'dashboard-url: http://10.0.0.1:9090'),
  });
  return map({
    kubernetes: isH ? optional(kubernetes) : needed(kubernetes, 'kubernetes: with api-servers-url and dashboard-url'),
    'machine-sku': needed(
      table(isH ? skuOfH : sku(false)),
      'machine-sku: with a map of cpu, mem and devices for each kind of machine',
    ),
    'machine-list': needed(
      list(isH ? machineOfH : machineOfG, {namedBy: 'hostname', least: 1}),
      'machine-list: with an entry for each machine',
    ),
  });
}

/** Nothing is filled in here, and templates look for these keys. */
const machineOfG = machineEntry({
  ...machineType,
  'k8s-role': expected(kubernetesRole, 'k8s-role: worker (or master, or proxy)'),
  nodename: expected(text, 'nodename: with the hostip, or what Kubernetes calls the machine'),
  'docker-data': expected(path, 'docker-data: /var/lib/docker'),
});

/** What is more than this is refused when Kubernetes is set up; the services do not mind. */
const machineOfH = map(
  {
    hostname: needed(nodeName, 'hostname: NAME, as `hostname` prints it on the machine'),
    hostip: needed(ipv4, 'hostip: ADDRESS', ['ip', 'host-ip']),
    ...machineType,
    'pai-master': optional(strictFlag),
    'pai-worker': optional(strictFlag),
    'pai-storage': optional(strictFlag),
  },
  'warning',
);

const skuOfH = map({
  mem: needed(quantity, 'mem: 224Gi', ['memory']),
  cpu: needed(map({vcore: needed(wholeNumber(1), 'vcore: 24')}), 'cpu: {vcore: 24}'),
  'computing-device': optional(
    map({
      type: needed(text, 'type: nvidia.com/gpu'),
      model: needed(text, 'model: K80'),
      count: needed(wholeNumber(1), 'count: 4'),
    }),
    '',
    ['gpu'],
  ),
});
