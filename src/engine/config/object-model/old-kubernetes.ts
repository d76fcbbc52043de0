import type {ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {inner, mapIn} from './assign.ts';
import {addEtcdUrls} from './etcd-urls.ts';
import type {OldInput} from './old-input.ts';

/** The dictionary that the Kubernetes templates of B–E see (behaviour 3.2). */
export function oldKubernetes(input: OldInput): ValueMap {
  const {assign, hosts, services, roles, release} = input;
  const view: ValueMap = new Map();
  assign.same(view, 'clusterID', mapIn(services, 'cluster'), 'clusterid');
  view.set('clusterinfo', clusterInfo(input));
  assign.same(view, 'component_list', roles, 'component-list');
  assign.same(view, 'remote_deployment', roles, 'k8s-role');
  for (const role of ['master', 'worker', 'proxy']) {
    const definition = mapIn(mapIn(roles, 'k8s-role'), role);
    if (definition.size > 0) assign.derived(definition, 'listname', `${role}machinelist`, 'its role');
  }
  const defaults = mapIn(input.machines, 'default-machine-properties');
  for (const host of hosts) {
    for (const key of ['sshport', 'password', 'username']) if (!host.has(key)) assign.same(host, key, defaults, key);
    if (!host.has('nodename') || !isAtLeast(release, 'v0.6')) assign.same(host, 'nodename', host, 'hostip');
  }
  for (const role of ['master', 'worker', 'proxy']) {
    for (const host of hosts) {
      const name = host.get('hostname');
      if (host.get('k8s-role') !== role || typeof name === 'object' || name === undefined) continue;
      inner(view, `${role}machinelist`).set(name, host);
    }
  }
  return view;
}

/** The `kubernetes:` map itself, with the names of v0.3 beside its own. */
function clusterInfo({kubernetes: info, assign, hosts, release}: OldInput): ValueMap {
  for (const [alias, key] of Object.entries(aliases)) assign.same(info, alias, info, key);
  // The last host that has the key, whatever it says (behaviour 2.3).
  const dashboard = hosts.findLast((host) => host.has('dashboard'));
  if (dashboard) assign.same(info, 'dashboard-host', dashboard, 'hostip');
  if (isAtLeast(release, 'v0.8') && !info.has('etcd-data-path')) {
    assign.fallback(info, 'etcd-data-path', '/var/etcd/data', 'as the tools have it');
  }
  const masters = hosts.filter((host) => host.get('k8s-role') === 'master');
  addEtcdUrls(info, masters, assign);
  assign.derived(info, 'etcd-initial-cluster-state', 'new', 'the first start of the cluster');
  return info;
}

const aliases = {
  'api-servers-ip': 'load-balance-ip',
  dockerregistry: 'docker-registry',
  hyperkubeversion: 'hyperkube-version',
  etcdversion: 'etcd-version',
  apiserverversion: 'apiserver-version',
  kubeschedulerversion: 'kube-scheduler-version',
  kubecontrollermanagerversion: 'kube-controller-manager-version',
  dashboard_version: 'dashboard-version',
};
