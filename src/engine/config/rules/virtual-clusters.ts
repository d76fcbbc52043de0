import {Copier, type Value} from '../context-values.ts';
import {shareOut} from '../object-model/virtual-clusters.ts';
import {Origins} from '../origins.ts';
import {isAtLeast} from '../release.ts';
import {below, mapAt, type Place} from '../yaml-access.ts';
import type {Rule, RuleInput} from './types.ts';

/** Virtual clusters whose capacity is not what a reader would expect; wrong ones are told where they are shared out. */
export const virtualClusters: readonly Rule[] = [
  {
    name: 'default-is-what-is-left',
    severity: 'notice',
    holds:
      'The virtual cluster default has no capacity of its own (before v0.6, whose tools give it what is left of 100).',
    find: (input) => {
      const table = tableOf(input);
      const at = table && below(table, 'default', 'capacity');
      if (!table || !at || isAtLeast(input.config.release, 'v0.6')) return [];
      const written = capacity(mapAt(below(table, 'default')).get('capacity'));
      const left = capacity(mapOfShares(table, input).get('default'));
      if (written === undefined || written === left) return [];
      const message = `The virtual cluster default gets ${percent(left)}, not ${percent(written)}: what all capacities, its own included, leave of 100.`;
      return [{at, message, hint: 'Remove default from the list: then it gets what the others leave.'}];
    },
  },
  {
    name: 'shares-of-hundred',
    severity: 'notice',
    holds:
      'The capacities of the virtual clusters make 100 together (v0.6 to v0.8, whose tools count them in proportion).',
    find: (input) => {
      const table = tableOf(input);
      const {release} = input.config;
      if (!table || !isAtLeast(release, 'v0.6') || isAtLeast(release, 'v0.9')) return [];
      const capacities = [...mapAt(table).values()].map((vc) => capacity(mapOf(vc)) ?? Number.NaN);
      const total = capacities.reduce((sum, each) => sum + each, 0);
      // Of what is no number the shape speaks; of nothing at all, and of less than nothing, the sharing itself.
      if (total === 100 || !(total > 0) || capacities.some((each) => each < 0)) return [];
      const shares = [...mapOfShares(table, input)].map(([name, share]) => `${name} ${percent(capacity(share))}`);
      const message = `The capacities of the virtual clusters make ${total} together and count in proportion: ${shares.join(', ')}.`;
      return [{at: table, message, hint: 'Write capacities that make 100 together.'}];
    },
  },
];

function tableOf({config}: RuleInput): Place | undefined {
  const {place, format} = config.services;
  const table = place && below(place, 'hadoop', 'virtualClusters');
  return format === 'old' && table && mapAt(table).size > 0 ? table : undefined;
}

/** Name to weight. */
function mapOfShares(table: Place, {config}: RuleInput): ReadonlyMap<string, Value> {
  const {queues} = shareOut(new Copier(new Origins()).map(table), config.release);
  return new Map([...queues].map(([name, queue]) => [String(name), mapOf(queue, 'weight')]));
}

function mapOf(value: unknown, key = 'capacity'): Value {
  return value instanceof Map ? ((value as ReadonlyMap<unknown, Value>).get(key) ?? null) : null;
}

function capacity(value: unknown): number | undefined {
  return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined;
}

function percent(value: number | undefined): string {
  return `${Math.round((value ?? 0) * 10) / 10} %`;
}
