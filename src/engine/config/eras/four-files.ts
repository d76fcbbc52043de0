import {isAtLeast} from '../release.ts';
import {anything} from '../shape.ts';
import {clusterConfiguration} from '../shapes/cluster-configuration.ts';
import {kubernetesConfiguration} from '../shapes/kubernetes-configuration.ts';
import {roleDefinition} from '../shapes/role-definition.ts';
import {below, placeIn} from '../yaml-access.ts';
import {checkFiles} from './files.ts';
import {checkHosts, checkLogins} from './hosts.ts';
import {readKubernetes} from './kubernetes.ts';
import {type MachineRules, readEntries, readMachines, readSkus} from './machines.ts';
import type {Reading, Said} from './reading.ts';
import {readServices} from './services.ts';

/** B–F: cluster-configuration, kubernetes-configuration, k8s-role-definition and services-configuration. */
export function readFourFiles(reading: Reading): Said {
  const {sources, release, problems} = reading;
  const isNew = isAtLeast(release, 'v0.9');
  problems.push(
    ...checkFiles(sources, [
      {
        role: 'machines',
        shape: clusterConfiguration(release),
        missing: 'error',
        without: 'the machines of the cluster are listed in it',
      },
      {
        role: 'kubernetes',
        shape: kubernetesConfiguration(release),
        missing: 'error',
        without: 'Kubernetes is set up by it',
      },
      {
        role: 'roles',
        shape: isNew ? anything : roleDefinition,
        missing: isNew ? 'warning' : 'error',
        without: isNew ? 'config push of the original tools asks for it' : 'the roles of Kubernetes are in it',
      },
    ]),
  );
  const services = readServices(reading);
  const source = sources.files.get('machines');
  if (!source) return {machines: [], skus: new Map(), services};
  const list = placeIn(source, 'machine-list');
  const defaults = {
    place: placeIn(source, 'default-machine-properties'),
    keys: {sshport: 'sshport', username: 'username', password: 'password', 'keyfile-path': 'keyfile-path'},
  };
  const nodeName = isNew ? 'as written, else address' : 'address';
  const rules: MachineRules = {defaults, nodeName};
  const machines = readMachines(reading, list, rules);
  const entries = readEntries(reading, list, rules);
  problems.push(
    ...checkLogins(entries, 'there or below default-machine-properties'),
    ...checkHosts(entries, list, release),
  );
  const kubernetes = readKubernetes(reading, machines);
  return {
    machines,
    machineDefaults: defaults,
    skus: readSkus(below(placeIn(source), 'machine-sku')),
    ...(kubernetes ? {kubernetes} : {}),
    services,
  };
}
