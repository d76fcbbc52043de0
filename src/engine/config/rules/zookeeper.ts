import {isAtLeast} from '../release.ts';
import {below} from '../yaml-access.ts';
import {shortName, textOf} from './entries.ts';
import {pairsOf} from './pairs.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** ZooKeeper runs on the pai-masters until v1.0; in era A wherever its label is. */
export const zookeeper: readonly Rule[] = [
  {
    name: 'zk-id-given',
    severity: 'error',
    holds: 'Every pai-master has a zkid (v0.9 to v0.17, whose tools stop without one).',
    find: (input) => (isAtLeast(input.config.release, 'v0.9') ? withoutId(input) : []),
  },
  {
    name: 'zk-id-expected',
    severity: 'warning',
    holds: 'Every machine with ZooKeeper has a zkid (before v0.9).',
    find: (input) => (isAtLeast(input.config.release, 'v0.9') ? [] : withoutId(input)),
  },
  {
    name: 'unique-zk-id',
    severity: 'error',
    holds: 'Every machine with ZooKeeper has a zkid of its own.',
    find: (input) =>
      pairsOf(keepers(input), (entry) => textOf(entry, 'zkid'), 'of different hosts').map(({first, again}) => ({
        at: below(again.place, 'zkid'),
        message: `${again.name}.zkid is ${textOf(again, 'zkid')}, which ${shortName(first)} has already.`,
        hint: `Write zkid: "${freeId(input)}"`,
      })),
  },
  {
    name: 'zk-id-number',
    severity: 'warning',
    holds: 'A zkid is a number from 1 to 255.',
    find: (input) =>
      keepers(input).flatMap((entry): readonly Finding[] => {
        const id = textOf(entry, 'zkid');
        if (id === undefined || (/^[1-9]\d{0,2}$/.test(id) && Number(id) <= 255)) return [];
        const message = `${entry.name}.zkid is "${id}", and ZooKeeper takes a number from 1 to 255.`;
        return [{at: below(entry.place, 'zkid'), message, hint: `Write zkid: "${freeId(input)}"`}];
      }),
  },
];

function keepers({entries, config}: RuleInput) {
  if (isAtLeast(config.release, 'v1.0')) return [];
  return entries.filter(({labels}) => labels.includes(config.era === 'A' ? 'zookeeper' : 'pai-master'));
}

function withoutId(input: RuleInput): readonly Finding[] {
  return keepers(input).flatMap((entry): readonly Finding[] => {
    if (textOf(entry, 'zkid') !== undefined) return [];
    const message = `${entry.name} runs ZooKeeper and has no zkid.`;
    return [{at: below(entry.place, 'zkid'), message, hint: `Write zkid: "${freeId(input)}"`}];
  });
}

function freeId(input: RuleInput): number {
  const taken = new Set(keepers(input).map((entry) => textOf(entry, 'zkid')));
  for (let number = 1; ; number++) if (!taken.has(String(number))) return number;
}
