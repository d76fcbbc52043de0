/** Entries of machine lists and skus, which most files have in common (behaviour 2.3, 2.9, 2.12). */

import {type Field, type MapShape, map, needed, optional} from '../shape.ts';
import {address, flag, hostName, path, port, rather, text, wholeNumber} from '../shape-scalars.ts';

/** One machine; more keys than these are labels. */
export function machineEntry(more: Readonly<Record<string, Field>>): MapShape {
  return map({
    hostname: needed(hostName, 'hostname: NAME, as `hostname` prints it on the machine', ['host-name', 'name']),
    hostip: needed(address, 'hostip: ADDRESS', ['ip', 'host-ip', 'address']),
    sshport: optional(port, '', ['ssh-port', 'ssh_port']),
    username: optional(text, '', ['ssh-username']),
    password: optional(text, '', ['ssh-password']),
    'keyfile-path': optional(text, '', ['ssh-keyfile-path', 'keyfile_path']),
    nodename: optional(text),
    etcdid: optional(text, '', ['etcd-id', 'etcd_id']),
    zkid: optional(text, '', ['zk-id']),
    'docker-data': optional(path),
    ...more,
    ...Object.fromEntries(flags.map((name) => [name, optional(flag)])),
  });
}

/** The word the samples of v0.4 and v0.5 had wrong in one place, which people copied (behaviour 2.3). */
export const machineType = {
  'machine-type': needed(text, 'machine-type: NAME, a key of machine-sku', ['machinetype', 'machine_type']),
};

export const kubernetesRole = rather(['master', 'worker', 'proxy'], 'Kubernetes uses no machine of that role');

/** Labels that the tools themselves or every known tree compare with "true". */
export const flags: readonly string[] = [
  'dashboard',
  'pai-master',
  'pai-worker',
  'pai-storage',
  'node-exporter',
  'watchdog',
  'alert-manager',
  'no-drivers',
  'no-nodeexporter',
  'zookeeper',
  'jobhistory',
  'launcher',
  'restserver',
  'webportal',
  'prometheus',
  'grafana',
  'pylon',
  'hadoop-name-node',
  'hadoop-resource-manager',
  'hadoop-data-node',
  'hadoop-node-manager',
];

/** `mem`, `cpu` and `os` are looked for by the tools since v0.9. */
export function sku(isStrict: boolean): MapShape {
  const field = isStrict ? needed : optional;
  return map({
    mem: field(wholeNumber(0), 'mem: 64 (GiB)', ['memory']),
    cpu: field(map({vcore: needed(wholeNumber(1), 'vcore: 16')}), 'cpu: {vcore: 16}'),
    gpu: optional(map({type: needed(text, 'type: NAME'), count: needed(wholeNumber(0), 'count: 4')})),
    os: field(text, 'os: ubuntu16.04'),
  });
}
