/** Node lists: the machines that somebody wants added, removed or repaired, in the shape of any era (behaviour 2.12). */

import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {checkShape} from './check-shape.ts';
import {checkLogins} from './eras/hosts.ts';
import {
  type MachineEntry,
  type MachineRules,
  readEntries,
  readEntry,
  readMachine,
  readMachines,
} from './eras/machines.ts';
import type {Reading} from './eras/reading.ts';
import {nodeAt} from './node.ts';
import {Origins} from './origins.ts';
import {hasErrors, inOrder} from './problems.ts';
import type {Shape} from './shape.ts';
import {machinesByName, machinesInList} from './shapes/node-list.ts';
import {readSourceFile, type SourceFile} from './source-file.ts';
import type {MachineConfig, MachineDefaults, Role} from './types.ts';
import {below, lineOf, mapAt, type Place, placeIn, textAt, valueAt} from './yaml-access.ts';

export interface NodeListReading {
  /** Only when no problem is an error. In the order of the file. */
  readonly machines?: readonly MachineConfig[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a node list. What an entry does not say of how to log in comes from the configuration, which is told in a
 * notice: the original tools did not look there. Never throws.
 */
export async function readNodeList(file: string, defaults?: MachineDefaults): Promise<NodeListReading> {
  const problems: Problem[] = [];
  const source = await readSourceFile(file, problems);
  if (!source || source.yaml.value === undefined) return {problems};
  const {shape, read} = kindOf(source);
  problems.push(...checkShape(nodeAt(placeIn(source)), shape));
  const {machines, entries} = read({origins: new Origins()}, defaults);
  problems.push(...checkTwice(machines), ...checkLogins(entries, 'in its entry'));
  if (defaults) problems.push(...noteDefaults(entries, defaults));
  const sorted = inOrder(problems);
  return {...(hasErrors(sorted) ? {} : {machines}), problems: sorted};
}

interface Kind {
  readonly shape: Shape;
  read(
    reading: Pick<Reading, 'origins'>,
    defaults: MachineDefaults | undefined,
  ): {readonly machines: readonly MachineConfig[]; readonly entries: readonly MachineEntry[]};
}

/** By its top key: a map of host names until v0.5, a list since. */
function kindOf(source: SourceFile): Kind {
  const top = mapAt(placeIn(source));
  const isMap = top.has('machinelist') && !top.has('machine-list');
  return isMap ? mapOf(source, top.has('remote_deployment_role')) : listOf(source);
}

function listOf(source: SourceFile): Kind {
  const list = placeIn(source, 'machine-list');
  return {
    shape: machinesInList,
    read(reading, defaults) {
      const rules = rulesFor(defaults);
      return {machines: readMachines(reading, list, rules), entries: readEntries(reading, list, rules)};
    },
  };
}

/** Until v0.4.0 with one role for all of them, since then each has its own. */
function mapOf(source: SourceFile, isOneRole: boolean): Kind {
  const table = placeIn(source, 'machinelist');
  return {
    shape: machinesByName(isOneRole),
    read(reading, defaults) {
      const each = [...mapAt(table).keys()].map((key) => {
        const place = below(table, String(key));
        const role = roleAt(isOneRole ? placeIn(source, 'remote_deployment_role') : below(place, 'k8s-role'));
        return {place, rules: {...rulesFor(defaults), hostname: String(key), roles: role ? [role] : []}};
      });
      return {
        machines: each.flatMap(({place, rules}) => readMachine(reading, place, rules) ?? []),
        entries: each.map(({place, rules}) => readEntry(reading, place, rules, rules.hostname)),
      };
    },
  };
}

function rulesFor(defaults: MachineDefaults | undefined): MachineRules {
  return {nodeName: 'as written, else address', ...(defaults ? {defaults} : {})};
}

function roleAt(place: Place): Role | undefined {
  const role = textAt(place);
  return role === 'master' || role === 'worker' || role === 'proxy' ? role : undefined;
}

function checkTwice(machines: readonly MachineConfig[]): Problem[] {
  return machines.flatMap(({hostname, address, place}, index) => {
    const earlier = machines.slice(0, index).find((other) => other.hostname === hostname || other.address === address);
    if (!earlier) return [];
    const what = earlier.hostname === hostname ? hostname : `${earlier.hostname} and ${hostname} with ${address}`;
    return problem(place, `The list has ${displayText(what)} twice.`, 'Remove one of the two.');
  });
}

const loginKeys = ['username', 'password', 'keyfile-path', 'sshport'];

function noteDefaults(entries: readonly MachineEntry[], defaults: MachineDefaults): Problem[] {
  const taken = loginKeys.filter((key) => {
    const other = defaults.keys[key];
    const isThere = other !== undefined && textAt(below(defaults.place, other)) !== undefined;
    return isThere && entries.some(({place}) => valueAt(below(place, key)) === undefined);
  });
  const [first] = entries;
  if (taken.length === 0 || !first) return [];
  const from = defaults.place.source.name;
  return problem(
    first.place,
    `Where an entry does not say them, ${taken.join(', ')} come from ${from}.`,
    'The original tools did not look there: write them into the entries for those.',
    'notice',
  );
}

function problem(place: Place, message: string, hint: string, severity?: 'notice'): Problem[] {
  const {file} = place.source;
  const key = place.path.join('.');
  return [{code: 'config-invalid', ...(severity ? {severity} : {}), message, hint, file, line: lineOf(place), key}];
}
