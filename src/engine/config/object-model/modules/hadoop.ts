import {map, needed, optional, table} from '../../shape.ts';
import {amount, port, wholeNumber} from '../../shape-scalars.ts';
import {wordOf} from '../assign.ts';
import {shareOut} from '../virtual-clusters.ts';
import {labelled, wordsOf} from './hosts.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

const none = {merge: 'none', returns: []} as const;

const modules: readonly ServiceModule[] = [
  {name: 'hadoop-batch-job', ...none},
  {name: 'hadoop-node-manager', ...none},
  {
    name: 'hadoop-data-node',
    defaults: {storage_path: null},
    merge: 'shallow',
    returns: ['storage_path'],
    needs: ['hadoop-name-node.master-ip'],
  },
  {
    name: 'hadoop-jobhistory',
    merge: 'none',
    derives: {'log-server-ip': '{master}', 'timeline-server-ip': '{master}'},
    returns: ['log-server-ip', 'timeline-server-ip'],
  },
  {name: 'hadoop-name-node', merge: 'none', derives: {'master-ip': '{master}'}, returns: ['master-ip']},
  {
    name: 'hadoop-resource-manager',
    defaults: {
      virtualClusters: {default: {description: 'Default VC.', capacity: 100n}},
      yarn_exporter_port: 9459n,
      yarn_log_retain_seconds: 2592000n,
    },
    merge: 'shallow',
    derives: {'master-ip': '{master}'},
    run: addQueues,
    shape: map({
      virtualClusters: optional(table(map({capacity: needed(amount, 'capacity: 40 (percent)')}))),
      yarn_exporter_port: optional(port),
      yarn_log_retain_seconds: optional(wholeNumber(0)),
    }),
  },
  {
    name: 'yarn-frameworklauncher',
    defaults: {'frameworklauncher-port': 9086n},
    merge: 'deep',
    run: addLaunchers,
    shape: map({'frameworklauncher-port': optional(port)}),
    needs: ['hadoop-name-node.master-ip', 'hadoop-resource-manager.master-ip'],
  },
  {name: 'zookeeper', merge: 'none', run: addQuorum, returns: ['host-list', 'quorum']},
];

/** All of them are for clusters that schedule with YARN. */
export const hadoopModules: readonly ServiceModule[] = modules.map((module) => ({...module, type: 'yarn'}));

function addQueues({own, release, assign, problem}: ModuleInput): void {
  const clusters = own.get('virtualClusters');
  const {queues, remarks} = shareOut(clusters instanceof Map ? clusters : new Map(), release);
  assign.derived(own, 'hadoopQueues', queues, 'capacity of the virtual clusters');
  for (const {vc, severity, message} of remarks) {
    problem(
      vc === undefined ? ['virtualClusters'] : ['virtualClusters', vc, 'capacity'],
      `${vc === undefined ? 'The capacities of the virtual clusters' : `The capacity of ${vc}`} ${message}.`,
      'Write capacities that make 100 together.',
      severity === 'warning' ? severity : undefined,
    );
  }
}

/** URLs of all masters without anything between them, and the address of the last: as the tools do it (3.7). */
function addLaunchers(input: ModuleInput): void {
  const {own, assign} = input;
  const masters = labelled(input, 'pai-master');
  const addresses = wordsOf(masters, 'hostip');
  const launcherPort = wordOf(own.get('frameworklauncher-port')) ?? '';
  assign.derived(own, 'node-list', [...wordsOf(masters, 'hostname')], 'the pai-masters');
  const urls = addresses.map((address) => `http://${address}:${launcherPort}`).join('');
  assign.derived(own, 'webservice', urls, 'the pai-masters and frameworklauncher-port');
  const last = addresses.at(-1);
  if (last !== undefined) assign.derived(own, 'launcher-address', last, 'the last pai-master');
}

function addQuorum(input: ModuleInput): void {
  const {own, assign} = input;
  const masters = labelled(input, 'pai-master');
  assign.derived(own, 'host-list', [...wordsOf(masters, 'hostname')], 'the pai-masters');
  const quorum = wordsOf(masters, 'hostip').map((address) => `${address}:2181`);
  assign.derived(own, 'quorum', quorum.join(','), 'the pai-masters');
}
