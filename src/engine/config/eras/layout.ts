import {isAtLeast} from '../release.ts';
import {anything} from '../shape.ts';
import {deployment} from '../shapes/deployment.ts';
import {kubernetesConfiguration} from '../shapes/kubernetes-configuration.ts';
import {layout} from '../shapes/layout.ts';
import {below, placeIn} from '../yaml-access.ts';
import {checkFiles} from './files.ts';
import {checkHosts, checkLogins, checkServiceRoles} from './hosts.ts';
import {readKubernetes} from './kubernetes.ts';
import {type MachineRules, readEntries, readMachines, readSkus} from './machines.ts';
import type {Reading, Said} from './reading.ts';
import {readServices} from './services.ts';

/** G and H: layout.yaml in place of cluster-configuration.yaml, and in H config.yaml. */
export function readLayout(reading: Reading): Said {
  const {sources, release, problems} = reading;
  const isH = isAtLeast(release, 'v1.0');
  problems.push(
    ...checkFiles(sources, [
      {
        role: 'layout',
        shape: layout(release),
        missing: 'error',
        without: 'the machines of the cluster are listed in it',
      },
      {
        role: 'kubernetes',
        shape: kubernetesConfiguration(release),
        missing: isH ? 'fine' : 'error',
        without: 'Kubernetes is set up by it',
      },
      {
        role: 'roles',
        shape: anything,
        missing: isH ? 'fine' : 'warning',
        without: 'config push of the original tools asks for it',
      },
      {
        role: 'deployment',
        shape: deployment,
        missing: isH ? 'warning' : 'fine',
        without: 'who logs in to the machines is in it',
      },
    ]),
  );
  const services = readServices(reading);
  const source = sources.files.get('layout');
  if (!source) return {machines: [], skus: new Map(), services};
  const list = placeIn(source, 'machine-list');
  const rules: MachineRules = isH ? rulesOfH(reading) : {nodeName: 'as written, else address'};
  const machines = readMachines(reading, list, rules);
  const entries = readEntries(reading, list, rules);
  // Without config.yaml nobody is said to log in to machines of H, which was said once.
  problems.push(
    ...checkHosts(entries, list, release),
    ...(isH ? checkServiceRoles(entries, list, release) : checkLogins(entries, 'in its entry')),
  );
  const kubernetes = readKubernetes(reading, machines);
  return {
    machines,
    ...(rules.defaults ? {machineDefaults: rules.defaults} : {}),
    skus: readSkus(below(placeIn(source), 'machine-sku')),
    ...(kubernetes ? {kubernetes} : {}),
    services,
  };
}

/** One login for all machines; Kubernetes calls them by their host names. */
function rulesOfH({sources}: Reading): MachineRules {
  const source = sources.files.get('deployment');
  const keys = {
    username: 'user',
    password: 'password',
    'keyfile-path': 'ssh_key_file_path',
    'docker-data': 'docker_data_root',
  };
  return {
    nodeName: 'as written, else host name',
    rolesByLabel: true,
    ...(source ? {defaults: {place: placeIn(source), keys}} : {}),
  };
}
