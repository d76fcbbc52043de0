import {nearestNames} from '../../names.ts';
import {isAtLeast} from '../release.ts';
import {below, keyOf, type Place, placeIn, textAt, valueAt} from '../yaml-access.ts';
import {type Entry, textOf} from './entries.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Kinds of machines: defined, used, and with amounts that can be. */
export const machineTypes: readonly Rule[] = [
  {
    name: 'known-machine-type',
    severity: 'error',
    holds: 'The machine-type of every machine is a key of machine-sku.',
    // Many machines may be of a type that is not there, which is one mistake.
    find: (input) => {
      const known = [...input.config.skus.keys()];
      return unknownTypes(input).map(([{entry, key, type}, ...more]) => {
        const others = more.length === 0 ? '' : ` (and that of ${more.length} more)`;
        const {name} = skuTable(input);
        return {
          at: below(entry.place, key),
          message: `${entry.name}.${key}${others} is ${type}, and ${name} has no such key.`,
          hint: advice(type, known, name),
        };
      });
    },
  },
  {
    name: 'used-machine-type',
    severity: 'notice',
    holds: 'Every machine-sku is the machine-type of some machine.',
    find: (input) => {
      const used = new Set(typesOf(input).map(({type}) => type));
      // One that is misspelt at its machines is told there.
      if (used.size === 0 || unknownTypes(input).length > 0) return [];
      return [...input.config.skus.values()]
        .filter(({name}) => !used.has(name))
        .map(({place}) => ({
          at: place,
          message: `${keyOf(place)} is the type of no machine.`,
          hint: 'Remove it, or write its name at the machines that are of this kind.',
        }));
    },
  },
  {
    name: 'memory-in-gib',
    severity: 'warning',
    holds: 'The mem of a machine-sku is in GiB: more than 0, and not so much that MiB must be meant (before v1.0).',
    find: ({config}) =>
      isAtLeast(config.release, 'v1.0') ? [] : [...config.skus.values()].flatMap(({place}) => memory(place)),
  },
  {
    name: 'counted-gpus',
    severity: 'warning',
    holds: 'A machine-sku with gpu has one or more of them (before v1.0).',
    find: ({config}) =>
      [...config.skus.values()].flatMap(({place}): readonly Finding[] => {
        const at = below(place, 'gpu', 'count');
        if (valueAt(at) !== 0n) return [];
        const message = `${keyOf(at)} is 0, and the tools take every machine-sku that has gpu for one with GPUs.`;
        return [{at, message, hint: 'Remove gpu from it.'}];
      }),
  },
];

function memory(place: Place): readonly Finding[] {
  const at = below(place, 'mem');
  const value = valueAt(at);
  if (value === 0n) return [{at, message: `${keyOf(at)} is 0 GiB.`, hint: 'Write how many GiB such a machine has.'}];
  if (typeof value !== 'bigint' || value <= 32768n) return [];
  const message = `${keyOf(at)} is ${value} GiB, which is more than any machine has.`;
  return [{at, message, hint: `Write ${value / 1024n} if ${value} are MiB.`}];
}

interface Typed {
  readonly entry: Entry;
  readonly key: string;
  readonly type: string;
}

/** Machines of types that are not defined, by type. */
function unknownTypes(input: RuleInput): readonly (readonly [Typed, ...Typed[]])[] {
  const {table} = skuTable(input);
  if (!table || !(valueAt(table) instanceof Map)) return [];
  const found = new Map<string, [Typed, ...Typed[]]>();
  for (const typed of typesOf(input)) {
    if (input.config.skus.has(typed.type)) continue;
    const same = found.get(typed.type);
    if (same) same.push(typed);
    else found.set(typed.type, [typed]);
  }
  return [...found.values()];
}

function skuTable({sources}: RuleInput): {readonly table?: Place; readonly name: string; readonly key: string} {
  const source = sources.files.get('machines') ?? sources.files.get('layout');
  const single = sources.files.get('single-services');
  const names = source ? {name: 'machine-sku', key: 'machine-type'} : {name: 'machineinfo', key: 'machinetype'};
  const file = source ?? single;
  return {...names, ...(file ? {table: placeIn(file, names.name)} : {})};
}

function typesOf(input: RuleInput): readonly Typed[] {
  const {key, table} = skuTable(input);
  return input.entries
    .filter(({place}) => place.source === table?.source)
    .flatMap((entry) => {
      // A key under its wrong name is told already, and what it names is meant to be used.
      const type =
        textOf(entry, key) ?? textAt(below(entry.place, key === 'machinetype' ? 'machine-type' : 'machinetype'));
      return type === undefined ? [] : {entry, key, type};
    });
}

function advice(type: string, known: readonly string[], table: string): string {
  const near = nearestNames(type, known);
  if (near.length > 0) return `Write ${near.join(' or ')}.`;
  return known.length > 0
    ? `Write one of ${known.join(', ')}, or add ${type} to ${table}.`
    : `Add ${type} to ${table}.`;
}
