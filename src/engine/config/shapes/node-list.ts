import {list, map, needed, optional, type Shape, table} from '../shape.ts';
import {address, oneOf, port, text} from '../shape-scalars.ts';
import {machineEntry} from './machines.ts';

const role = oneOf('master', 'worker', 'proxy');

/** D–H: a list of entries as the configuration has them. */
export const machinesInList: Shape = map({
  'machine-list': needed(
    list(machineEntry({'k8s-role': needed(role, 'k8s-role: worker (or master, or proxy)', ['k8srole', 'k8s_role'])}), {
      namedBy: 'hostname',
      least: 1,
    }),
    'machine-list: with an entry for each machine',
    ['machinelist', 'machines'],
  ),
});

/** Until v0.5: a map by host names, with one role for all of them (until v0.4.0) or one for each. */
export function machinesByName(isOneRole: boolean): Shape {
  const entry = map({
    hostip: needed(address, 'hostip: ADDRESS', ['ip']),
    nodename: optional(text),
    username: optional(text),
    password: optional(text),
    'keyfile-path': optional(text),
    sshport: optional(port),
    etcdid: optional(text),
    ...(isOneRole ? {} : {'k8s-role': needed(role, 'k8s-role: worker (or master, or proxy)')}),
  });
  return map({
    ...(isOneRole ? {remote_deployment_role: needed(role, 'remote_deployment_role: worker')} : {}),
    machinelist: needed(table(entry), 'machinelist: with an entry for each machine'),
  });
}
