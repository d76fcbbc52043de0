import type {ValueMap} from '../context-values.ts';
import {wordOf} from './assign.ts';
import {addEtcdUrls} from './etcd-urls.ts';
import {addressOf, type NewInput} from './new-input.ts';

/** `kubernetes` of F–H (behaviour 3.6); an empty map where the configuration says nothing of it. */
export function kubernetesValue(input: NewInput): ValueMap {
  const {assign, kubernetes: written, hosts} = input;
  const value: ValueMap = new Map();
  if (written.size === 0) return value;
  const same = (...keys: readonly string[]) => {
    for (const key of keys) assign.same(value, key, written, key);
  };
  const or = (key: string, other: string) => {
    if (written.has(key)) same(key);
    else assign.fallback(value, key, other, 'as the tools have it');
  };
  const dashboard = addressOf(hosts.find((host) => host.get('dashboard') === 'true'));
  same('cluster-dns');
  assign.same(value, 'api-servers-ip', written, 'load-balance-ip');
  or('api-servers-port', '8080');
  or('api-servers-http-schema', 'http');
  const [scheme, address, port] = ['api-servers-http-schema', 'api-servers-ip', 'api-servers-port'].map((key) =>
    wordOf(value.get(key)),
  );
  if (address !== undefined) {
    assign.derived(value, 'api-servers-url', `${scheme}://${address}:${port}`, 'load-balance-ip, scheme and port');
  }
  same('docker-registry', 'hyperkube-version', 'etcd-version', 'service-cluster-ip-range', 'apiserver-version');
  same('storage-backend', 'kube-scheduler-version', 'kube-controller-manager-version', 'dashboard-version');
  if (dashboard !== undefined) {
    assign.derived(value, 'dashboard-host', dashboard, 'hostip of the machine with the dashboard');
    assign.derived(value, 'dashboard-url', `http://${dashboard}:9090`, 'hostip of the machine with the dashboard');
  }
  or('etcd-data-path', '/var/etcd/data');
  or('qos-switch', 'true');
  addMasters(input, value);
  return value;
}

/** In the order of the file; a list that would be empty is not there. */
function addMasters({assign, hosts}: NewInput, value: ValueMap): void {
  const ofRole = (role: string) => hosts.filter((host) => host.get('k8s-role') === role);
  const masters = ofRole('master');
  addEtcdUrls(value, masters, assign);
  assign.derived(value, 'etcd-initial-cluster-state', 'new', 'the first start of the cluster');
  for (const role of ['master', 'worker', 'proxy']) {
    const names = ofRole(role).flatMap((host) => wordOf(host.get('hostname')) ?? []);
    if (names.length > 0) assign.derived(value, `${role}-list`, names, `the machines with k8s-role ${role}`);
  }
}
