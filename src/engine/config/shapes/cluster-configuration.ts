import {isAtLeast, type Release} from '../release.ts';
import {list, map, needed, optional, type Shape, table} from '../shape.ts';
import {port, text} from '../shape-scalars.ts';
import {kubernetesRole, machineEntry, machineType, sku} from './machines.ts';

/** cluster-configuration.yaml of B–F (behaviour 2.3). */
export function clusterConfiguration(release: Release): Shape {
  const isNew = isAtLeast(release, 'v0.9');
  const defaults = map(
    isNew
      ? {
          username: needed(text, 'username: NAME, who logs in to the machines'),
          sshport: needed(port, 'sshport: 22', ['ssh-port', 'ssh_port']),
          password: optional(text),
          'keyfile-path': optional(text, '', ['ssh-keyfile-path']),
        }
      : {
          username: optional(text),
          sshport: optional(port, '', ['ssh-port', 'ssh_port']),
          password: optional(text),
          'keyfile-path': optional(text, '', ['ssh-keyfile-path']),
        },
  );
  return map({
    'default-machine-properties': isNew
      ? needed(defaults, 'default-machine-properties: with username, sshport and password or keyfile-path')
      : optional(defaults),
    'machine-sku': needed(table(sku(isNew)), 'machine-sku: with a map of cpu, mem and gpu for each kind of machine'),
    'machine-list': needed(
      list(machineEntry({...machineType, ...rolesOfKubernetes}), {namedBy: 'hostname', least: 1}),
      'machine-list: with an entry for each machine',
    ),
  });
}

const rolesOfKubernetes = {
  'k8s-role': needed(kubernetesRole, 'k8s-role: worker (or master, or proxy)', ['k8srole', 'k8s_role']),
};
