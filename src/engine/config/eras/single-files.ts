import {checkShape} from '../check-shape.ts';
import {Copier} from '../context-values.ts';
import {Guarded} from '../guarded.ts';
import {nodeAt} from '../node.ts';
import {machinesOfRole, singleKubernetes, singleServices} from '../shapes/single-files.ts';
import type {KubernetesConfig, MachineConfig, Role} from '../types.ts';
import {below, mapAt, type Place, placeIn, textAt, valueAt} from '../yaml-access.ts';
import {checkFiles} from './files.ts';
import {type KubernetesKeys, kubernetesSettings} from './kubernetes-settings.ts';
import {readMachine, readSkus} from './machines.ts';
import type {Reading, Said} from './reading.ts';

/** A: one file for Kubernetes and one for the services; each is of use without the other. */
export function readSingleFiles(reading: Reading): Said {
  const {sources, problems, origins} = reading;
  problems.push(
    ...checkFiles(sources, [
      {
        role: 'single-kubernetes',
        shape: singleKubernetes,
        missing: 'notice',
        without: 'only images and services are known, not how machines are reached',
      },
      {
        role: 'single-services',
        shape: singleServices,
        missing: 'notice',
        without: 'images and services cannot be worked with',
      },
    ]),
  );
  const file = sources.files.get('single-services');
  const machines = readMachines(reading);
  const kubernetes = readKubernetes(reading, machines);
  return {
    machines,
    skus: file ? readSkus(placeIn(file, 'machineinfo')) : new Map(),
    ...(kubernetes ? {kubernetes} : {}),
    services: {
      format: 'single',
      sections: new Guarded(file ? new Copier(origins).map(placeIn(file, 'clusterinfo')) : new Map()),
      ...(file ? {place: placeIn(file)} : {}),
    },
  };
}

/** Machines of Kubernetes in the order of the roles, then those that only services know. */
function readMachines(reading: Reading): readonly MachineConfig[] {
  const found = new Map<string, MachineConfig>();
  const file = reading.sources.files.get('single-services');
  const ofServices = file && placeIn(file, 'machinelist');
  const add = (list: Place, role?: Role) => {
    for (const key of mapAt(list).keys()) {
      const hostname = String(key);
      const known = found.get(hostname);
      if (known && role === undefined) continue;
      const roles = [...(known?.roles ?? []), ...(role === undefined ? [] : [role])];
      const machine = readMachine(reading, below(list, hostname), {
        hostname,
        roles,
        nodeName: 'as written, else address',
        ...(ofServices ? {defaults: {place: below(ofServices, hostname), keys: keysOfServices}} : {}),
      });
      if (machine) found.set(hostname, machine);
    }
  };
  for (const {role, place} of roleLists(reading)) {
    reading.problems.push(...checkShape(nodeAt(place), machinesOfRole(role)));
    add(place, role);
  }
  if (ofServices) add(ofServices);
  return [...found.values()];
}

/** What the services' list of machines calls the same things. */
const keysOfServices = {hostip: 'ip', 'machine-type': 'machinetype', nodename: 'nodename', zkid: 'zkid'};

function roleLists({sources, problems}: Reading): {readonly role: Role; readonly place: Place}[] {
  const file = sources.files.get('single-kubernetes');
  if (!file) return [];
  return (['master', 'worker', 'proxy'] as const).flatMap((role) => {
    const at = placeIn(file, 'remote_deployment', role, 'listname');
    const name = textAt(at);
    if (name === undefined) return [];
    const place = placeIn(file, name);
    if (valueAt(place) instanceof Map) return [{role, place}];
    const node = nodeAt(at);
    problems.push({
      code: 'config-invalid',
      message: `${name}, which holds the machines of role ${role}, is ${valueAt(place) === undefined ? 'missing' : 'no map of host names'}.`,
      hint: `Write ${name}: with an entry for each machine.`,
      file: node.file,
      line: node.line,
      key: node.key,
    });
    return [];
  });
}

function readKubernetes(reading: Reading, machines: readonly MachineConfig[]): KubernetesConfig | undefined {
  const file = reading.sources.files.get('single-kubernetes');
  if (!file) return undefined;
  const place = placeIn(file, 'clusterinfo');
  const host = textAt(below(place, 'dashboard-host'));
  const dashboard =
    host === undefined ? undefined : {address: host, origin: {from: 'derived', of: 'dashboard-host'} as const};
  return kubernetesSettings(reading, machines, place, keys, dashboard);
}

const keys: KubernetesKeys = {
  address: 'api-servers-ip',
  texts: {
    serviceRange: 'service-cluster-ip-range',
    dns: 'cluster-dns',
    storageBackend: 'storage-backend',
    imagePrefix: 'dockerregistry',
  },
  versions: {
    hyperkube: 'hyperkubeversion',
    apiserver: 'apiserverversion',
    scheduler: 'kubeschedulerversion',
    'controller-manager': 'kubecontrollermanagerversion',
    etcd: 'etcdversion',
    dashboard: 'dashboard_version',
  },
};
