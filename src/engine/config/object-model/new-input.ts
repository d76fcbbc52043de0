/** What the object model of F–H is built of. */

import type {Problem} from '../../problem.ts';
import {Copier, type ValueMap} from '../context-values.ts';
import type {Reading} from '../eras/reading.ts';
import {serviceSections} from '../eras/services.ts';
import type {Origins} from '../origins.ts';
import {isAtLeast, type Release} from '../release.ts';
import type {Sources} from '../sources.ts';
import {type Place, placeIn} from '../yaml-access.ts';
import {type Assign, createAssign, inner, mapIn, wordOf} from './assign.ts';

export interface NewInput {
  readonly release: Release;
  readonly assign: Assign;
  readonly origins: Origins;
  /** Grows. */
  readonly problems: Problem[];
  /** layout.yaml, or cluster-configuration.yaml in F: the file's own map. */
  readonly machines: ValueMap;
  readonly kubernetes: ValueMap;
  /** services-configuration.yaml in the new format. */
  readonly services: ValueMap;
  readonly servicesPlace?: Place;
  readonly hosts: readonly ValueMap[];
  readonly master?: ValueMap;
}

/** What F–H are made of, from the files anew. */
export function newInputOf({sources, release, origins, problems}: Reading): NewInput {
  const file = sources.files.get('services');
  const sections = file ? serviceSections(placeIn(file), origins) : new Map();
  if (isAtLeast(release, 'v0.16')) {
    const common = inner(inner(sections, 'cluster'), 'common');
    const type = isAtLeast(release, 'v1.1') ? 'k8s' : 'yarn';
    if (!common.has('cluster-type')) {
      createAssign(origins).fallback(common, 'cluster-type', type, `as ${release} has it`);
    }
  }
  return newInput(sources, sections, release, origins, problems);
}

/** `services`: in the new format, and nobody else's: the model adds to it. */
function newInput(
  {files}: Sources,
  services: ValueMap,
  release: Release,
  origins: Origins,
  problems: Problem[],
): NewInput {
  const copier = new Copier(origins);
  const machinesFile = files.get('layout') ?? files.get('machines');
  const kubernetesFile = files.get('kubernetes');
  const servicesFile = files.get('services');
  const machines = machinesFile ? copier.map(placeIn(machinesFile)) : new Map();
  const list = machines.get('machine-list');
  const hosts = (Array.isArray(list) ? list : []).filter((host): host is ValueMap => host instanceof Map);
  const master = hosts.find((host) => host.get('pai-master') === 'true');
  return {
    release,
    assign: createAssign(origins),
    origins,
    problems,
    machines,
    kubernetes: kubernetesFile ? mapIn(copier.map(placeIn(kubernetesFile)), 'kubernetes') : new Map(),
    services,
    ...(servicesFile ? {servicesPlace: placeIn(servicesFile)} : {}),
    hosts,
    ...(master ? {master} : {}),
  };
}

export function addressOf(host: ValueMap | undefined): string | undefined {
  return wordOf(host?.get('hostip'));
}

/** By host name, in the order of the file; of two with one name the last counts. */
export function byHostName(hosts: readonly ValueMap[]): ValueMap {
  const named: ValueMap = new Map();
  for (const host of hosts) {
    const name = host.get('hostname');
    if (name !== undefined && typeof name !== 'object') named.set(name, host);
  }
  return named;
}
