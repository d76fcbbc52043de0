/** The machines as the files list them, whatever is missing in an entry and whatever the file is called. */

import type {Sources} from '../sources.ts';
import type {Role} from '../types.ts';
import {below, keyOf, listAt, mapAt, type Place, placeIn, textAt, valueAt} from '../yaml-access.ts';

export interface Entry {
  readonly place: Place;
  /** How sentences call it: `machine-list[gpu-01]`, in era A `machinelist.gpu-01`. */
  readonly name: string;
  /** Absent when it is missing. */
  readonly hostname?: string;
  /** Under `hostip`, or under `ip` where services of era A list it. */
  readonly addressKey: string;
  readonly address?: string;
  /** What the file says, not what follows from labels. */
  readonly role?: Role;
  /** Keys whose value is the text "true". */
  readonly labels: readonly string[];
}

export function machineEntries(sources: Sources): readonly Entry[] {
  const list = machineList(sources);
  const listed = list ? listAt(list).map((_, index) => entryOfList(below(list, index), index)) : [];
  return [...listed, ...entriesOfKubernetes(sources), ...entriesOfServices(sources)];
}

/** Where machines are listed in B–H. */
export function machineList({files}: Sources): Place | undefined {
  const source = files.get('machines') ?? files.get('layout');
  return source && placeIn(source, 'machine-list');
}

/** What an entry says under a key, as it is written. */
export function textOf({place}: Entry, key: string): string | undefined {
  return textAt(below(place, key));
}

/** What sentences call an entry whose list is named already. */
export function shortName({hostname, place}: Entry): string {
  return hostname ?? `entry ${Number(place.path.at(-1)) + 1}`;
}

function entryOfList(place: Place, index: number): Entry {
  const hostname = textAt(below(place, 'hostname'));
  const role = textAt(below(place, 'k8s-role'));
  return entry(place, {
    name: `machine-list[${hostname ?? `entry ${index + 1}`}]`,
    ...(hostname === undefined ? {} : {hostname}),
    addressKey: 'hostip',
    ...(role === 'master' || role === 'worker' || role === 'proxy' ? {role} : {}),
  });
}

function entriesOfKubernetes({files}: Sources): readonly Entry[] {
  const source = files.get('single-kubernetes');
  if (!source) return [];
  return (['master', 'worker', 'proxy'] as const).flatMap((role) => {
    const name = textAt(placeIn(source, 'remote_deployment', role, 'listname'));
    return name === undefined ? [] : entriesOfMap(placeIn(source, name), 'hostip', role);
  });
}

function entriesOfServices({files}: Sources): readonly Entry[] {
  const source = files.get('single-services');
  return source ? entriesOfMap(placeIn(source, 'machinelist'), 'ip') : [];
}

function entriesOfMap(table: Place, addressKey: string, role?: Role): readonly Entry[] {
  return [...mapAt(table).keys()].map(String).map((hostname) => {
    const place = below(table, hostname);
    return entry(place, {name: keyOf(place), hostname, addressKey, ...(role ? {role} : {})});
  });
}

function entry(place: Place, said: Omit<Entry, 'place' | 'address' | 'labels'>): Entry {
  const address = textAt(below(place, said.addressKey));
  const value = valueAt(place);
  const labels =
    value instanceof Map ? [...value].filter(([, each]) => each === 'true').map(([key]) => String(key)) : [];
  return {place, ...said, ...(address === undefined ? {} : {address}), labels};
}
