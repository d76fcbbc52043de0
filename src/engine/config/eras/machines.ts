/** Machines and skus as the files list them, whatever the file is called. */

import {Secret} from '../../secret.ts';
import {fromFile} from '../context-values.ts';
import type {Origin} from '../origins.ts';
import type {Login, MachineConfig, MachineDefaults, Role, Sku} from '../types.ts';
import {below, listAt, mapAt, type Place, textAt, valueAt} from '../yaml-access.ts';
import type {Reading} from './reading.ts';

export interface MachineRules {
  readonly defaults?: MachineDefaults;
  /** Until v0.8 the node is always called by its address (behaviour 3.2). */
  readonly nodeName: 'address' | 'as written, else address' | 'as written, else host name';
  /** Roles by label, where the format has no k8s-role. */
  readonly rolesByLabel?: boolean;
  /** In maps of machines the key is the host name, and the map they are in may be their role. */
  readonly hostname?: string;
  readonly roles?: readonly Role[];
}

/** The machines of a list; an entry without a host name or an address is left out. */
export function readMachines(
  reading: Pick<Reading, 'origins'>,
  list: Place,
  rules: MachineRules,
): readonly MachineConfig[] {
  return listAt(list).flatMap((_, index) => readMachine(reading, below(list, index), rules) ?? []);
}

/** An entry of a list of machines, whole or not: what is asked of all of them together must not miss one. */
export interface MachineEntry extends Pick<MachineConfig, 'login' | 'roles' | 'labels' | 'place'> {
  /** The host name; without one which entry it is. */
  readonly name: string;
}

export function readEntries(
  reading: Pick<Reading, 'origins'>,
  list: Place,
  rules: MachineRules,
): readonly MachineEntry[] {
  return listAt(list).map((_, index) => {
    const place = below(list, index);
    return readEntry(reading, place, rules, textAt(below(place, 'hostname')) ?? `in entry ${index + 1}`);
  });
}

export function readEntry(
  reading: Pick<Reading, 'origins'>,
  place: Place,
  rules: MachineRules,
  name: string,
): MachineEntry {
  const roles = rules.roles ?? rolesOf(place, rules);
  return {name, login: readLogin(reading, place, rules), roles, labels: labelsOf(place, rules), place};
}

export function readSkus(table: Place): ReadonlyMap<string, Sku> {
  return new Map([...mapAt(table).keys()].map((key) => [String(key), readSku(below(table, String(key)))]));
}

/** Undefined without a host name or an address. */
export function readMachine(
  reading: Pick<Reading, 'origins'>,
  place: Place,
  rules: MachineRules,
): MachineConfig | undefined {
  const hostname = rules.hostname ?? textAt(below(place, 'hostname'));
  const address = given(place, 'hostip', rules);
  if (hostname === undefined || address === undefined) return undefined;
  const nodeName = rules.nodeName === 'address' ? undefined : given(place, 'nodename', rules);
  const byHostName = rules.nodeName === 'as written, else host name';
  const machine: MachineConfig = {
    hostname,
    address,
    sshPort: portOf(given(place, 'sshport', rules)) ?? 22,
    login: readLogin(reading, place, rules),
    roles: rules.roles ?? rolesOf(place, rules),
    labels: labelsOf(place, rules),
    ...ownTexts(place, rules),
    dockerData: given(place, 'docker-data', rules) ?? '/var/lib/docker',
    nodeName: nodeName ?? (byHostName ? hostname : address),
    place,
  };
  noteOrigins(reading, machine, rules);
  return machine;
}

function noteOrigins({origins}: Pick<Reading, 'origins'>, machine: MachineConfig, rules: MachineRules): void {
  const {place} = machine;
  const note = (field: keyof MachineConfig, origin: Origin | (() => Origin) | undefined) => {
    if (origin) origins.note(machine, field, origin);
  };
  const ofRoles: Origin = {from: 'derived', of: rules.rolesByLabel ? 'pai-master and pai-worker' : 'the list it is in'};
  note('hostname', fromFile(rules.hostname === undefined ? below(place, 'hostname') : place));
  note('address', originOf(place, 'hostip', rules));
  note('roles', originOf(place, 'k8s-role', rules) ?? ofRoles);
  for (const [field, key] of Object.entries(ownKeys)) note(field as OwnText, originOf(place, key, rules));
  note('sshPort', originOf(place, 'sshport', rules) ?? {from: 'default', which: 'the port of ssh'});
  note('dockerData', originOf(place, 'docker-data', rules) ?? {from: 'default', which: 'the folder of docker'});
  const ofName: Origin = {from: 'derived', of: machine.nodeName === machine.hostname ? 'hostname' : 'hostip'};
  note('nodeName', (rules.nodeName === 'address' ? undefined : originOf(place, 'nodename', rules)) ?? ofName);
}

function readLogin(reading: Pick<Reading, 'origins'>, place: Place, rules: MachineRules): Login {
  const user = given(place, 'username', rules);
  const password = given(place, 'password', rules);
  const keyFile = given(place, 'keyfile-path', rules);
  const login: Login = {
    ...(user === undefined ? {} : {user}),
    ...(password === undefined ? {} : {password: new Secret(password)}),
    ...(keyFile === undefined ? {} : {keyFile}),
  };
  const keys = {user: 'username', password: 'password', keyFile: 'keyfile-path'};
  for (const [field, key] of Object.entries(keys)) {
    const origin = originOf(place, key, rules);
    if (origin) reading.origins.note(login, field, origin);
  }
  return login;
}

/** A value of the entry, else of the defaults of the file. */
function given(place: Place, key: string, rules: MachineRules): string | undefined {
  const at = placeOf(place, key, rules);
  return at && textAt(at);
}

function originOf(place: Place, key: string, rules: MachineRules): (() => Origin) | undefined {
  const at = placeOf(place, key, rules);
  return at && fromFile(at);
}

/** Where a value is written; undefined when it is nowhere. */
function placeOf(place: Place, key: string, {defaults}: MachineRules): Place | undefined {
  const other = defaults?.keys[key];
  const places = [below(place, key), ...(defaults && other !== undefined ? [below(defaults.place, other)] : [])];
  return places.find((at) => textAt(at) !== undefined);
}

const ownKeys = {etcdId: 'etcdid', zkId: 'zkid', machineType: 'machine-type'} as const;
type OwnText = keyof typeof ownKeys;

function ownTexts(place: Place, rules: MachineRules): Partial<Record<OwnText, string>> {
  const texts: Partial<Record<OwnText, string>> = {};
  for (const [field, key] of Object.entries(ownKeys) as [OwnText, string][]) {
    const value = given(place, key, rules);
    if (value !== undefined) texts[field] = value;
  }
  return texts;
}

function portOf(written: string | undefined): number | undefined {
  return written !== undefined && /^\d{1,5}$/.test(written) ? Number(written) : undefined;
}

function rolesOf(place: Place, rules: MachineRules): readonly Role[] {
  const role = textAt(below(place, 'k8s-role'));
  if (role === 'master' || role === 'worker' || role === 'proxy') return [role];
  if (!rules.rolesByLabel || role !== undefined) return [];
  const labels = labelsOf(place, rules);
  return [
    ...(labels.includes('pai-master') ? ['master' as const] : []),
    ...(labels.includes('pai-worker') ? ['worker' as const] : []),
  ];
}

/** Those of a second entry of the same machine too. */
function labelsOf(place: Place, {hostname, defaults}: MachineRules): readonly string[] {
  const entries = [place, ...(hostname !== undefined && defaults ? [defaults.place] : [])];
  const keys = entries.flatMap((entry) =>
    [...mapAt(entry)].filter(([, value]) => value === 'true').map(([key]) => String(key)),
  );
  return [...new Set(keys)];
}

function readSku(place: Place): Sku {
  const cpus = wholeAt(below(place, 'cpu', 'vcore'));
  const memory = textAt(below(place, 'mem'));
  const device = [below(place, 'gpu'), below(place, 'computing-device')].find((at) => valueAt(at) instanceof Map);
  const type = device && textAt(below(device, 'type'));
  const count = device && wholeAt(below(device, 'count'));
  return {
    name: String(place.path.at(-1)),
    ...(cpus === undefined ? {} : {cpus}),
    ...(memory === undefined ? {} : {memory}),
    ...(type === undefined || count === undefined ? {} : {gpu: {type, count}}),
    place,
  };
}

function wholeAt(place: Place): number | undefined {
  const value = valueAt(place);
  return typeof value === 'bigint' ? Number(value) : undefined;
}
