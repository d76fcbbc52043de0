import type {ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {inner} from './assign.ts';
import {expandLabels} from './labels.ts';
import {addHadoop} from './old-hadoop.ts';
import type {OldInput} from './old-input.ts';
import {addRegistry} from './old-registry.ts';
import {addServices} from './old-service-sections.ts';

/** The dictionary that the service templates of B–E see (behaviour 3.2). */
export function oldServices(input: OldInput): ValueMap {
  const {assign, services, machines} = input;
  const view: ValueMap = new Map();
  const info = inner(services, 'cluster');
  assign.same(view, 'clusterID', info, 'clusterid');
  assign.same(view, 'clusterinfo', services, 'cluster');
  view.set('clusterinfo', info);
  assign.same(info, 'dataPath', info, 'data-path');
  addPaths(input, info);
  addRegistry(input, info);
  addHadoop(input, info);
  addServices(input, info);
  assign.same(view, 'machineinfo', machines, 'machine-sku');
  view.set('machinelist', machineList(input));
  return view;
}

/** What only the first releases know. */
function addPaths({assign, release}: OldInput, info: ValueMap): void {
  if (release === 'v0.4') assign.fallback(info, 'paiPath', '/var/pai', 'as the tools of v0.4.0 have it');
  if (isAtLeast(release, 'v0.7')) return;
  assign.same(info, 'nvidia_drivers_version', info, 'nvidia-drivers-version');
  assign.same(info, 'dockerverison', info, 'docker-verison');
}

/** By host name, each entry with the names of v0.3 and with its expanded labels. */
function machineList({hosts, assign, release}: OldInput): ValueMap {
  const byName: ValueMap = new Map();
  for (const host of hosts) {
    const name = host.get('hostname');
    if (name === undefined || typeof name === 'object') continue;
    expandLabels(host, release, assign);
    // Whatever the entry says; the Kubernetes view holds the same object, so it sees this too.
    assign.same(host, 'nodename', host, 'hostip');
    assign.same(host, 'machinetype', host, 'machine-type');
    assign.same(host, 'ip', host, 'hostip');
    byName.set(name, host);
  }
  return byName;
}
