/** What the object model of B–E is built of: one load of the four files, shared by both of its views. */

import type {Problem} from '../../problem.ts';
import {Copier, type ValueList, type ValueMap} from '../context-values.ts';
import type {Origins} from '../origins.ts';
import type {Release} from '../release.ts';
import type {FileRole, Sources} from '../sources.ts';
import {type Place, placeIn} from '../yaml-access.ts';
import {type Assign, createAssign, mapIn, wordOf} from './assign.ts';

export interface OldInput {
  readonly release: Release;
  readonly assign: Assign;
  /** Grows. */
  readonly problems: Problem[];
  /** The files' own maps, which the views add to. */
  readonly machines: ValueMap;
  readonly roles: ValueMap;
  readonly kubernetes: ValueMap;
  readonly services: ValueMap;
  /** Where services are written, for what is reported of them. */
  readonly servicesPlace?: Place;
  readonly hosts: readonly ValueMap[];
  /** Addresses; undefined where no machine has that part, which is reported elsewhere. */
  readonly paiMaster?: string;
  readonly dashboard?: string;
  readonly api?: string;
  readonly masters: readonly string[];
}

export function oldInput(sources: Sources, release: Release, origins: Origins, problems: Problem[]): OldInput {
  const copier = new Copier(origins);
  const load = (role: FileRole) => {
    const source = sources.files.get(role);
    return source ? copier.map(placeIn(source)) : new Map();
  };
  const machines = load('machines');
  const kubernetes = mapIn(load('kubernetes'), 'kubernetes');
  const services = sources.files.get('services');
  const list = machines.get('machine-list');
  const hosts = (Array.isArray(list) ? (list as ValueList) : []).filter((host) => host instanceof Map);
  const addressOf = (host: ValueMap | undefined) => wordOf(host?.get('hostip'));
  const paiMaster = addressOf(hosts.find((host) => host.get('pai-master') === 'true'));
  const dashboard = addressOf(hosts.find((host) => host.get('dashboard') === 'true'));
  const api = wordOf(kubernetes.get('load-balance-ip'));
  return {
    release,
    assign: createAssign(origins),
    problems,
    machines,
    roles: load('roles'),
    kubernetes,
    services: load('services'),
    ...(services ? {servicesPlace: placeIn(services)} : {}),
    hosts,
    ...(paiMaster === undefined ? {} : {paiMaster}),
    ...(dashboard === undefined ? {} : {dashboard}),
    ...(api === undefined ? {} : {api}),
    masters: hosts.filter((host) => host.get('k8s-role') === 'master').flatMap((host) => addressOf(host) ?? []),
  };
}
