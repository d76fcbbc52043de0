import {isAtLeast} from '../release.ts';
import {below} from '../yaml-access.ts';
import {shortName, textOf} from './entries.ts';
import {pairsOf} from './pairs.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Members of etcd: the masters. Since v1.0 another tool sets etcd up. */
export const etcd: readonly Rule[] = [
  {
    name: 'etcd-id-given',
    severity: 'error',
    holds: 'Every master has an etcdid.',
    // In era A the shape of the list of masters asks for it.
    find: (input) =>
      input.config.era === 'A'
        ? []
        : masters(input).flatMap((entry): readonly Finding[] => {
            const at = below(entry.place, 'etcdid');
            if (textOf(entry, 'etcdid') !== undefined) return [];
            const message = `${entry.name} is a master without an etcdid, and its etcd would have no name.`;
            return [{at, message, hint: `Write etcdid: ${freeId(input)}`}];
          }),
  },
  {
    name: 'unique-etcd-id',
    severity: 'error',
    holds: 'Every master has an etcdid of its own.',
    find: (input) =>
      pairsOf(masters(input), (entry) => textOf(entry, 'etcdid'), 'of different hosts').map(({first, again}) => ({
        at: below(again.place, 'etcdid'),
        message: `${again.name}.etcdid is ${textOf(again, 'etcdid')}, which ${shortName(first)} has already.`,
        hint: `Write etcdid: ${freeId(input)}`,
      })),
  },
  {
    name: 'legal-etcd-id',
    severity: 'error',
    holds: 'An etcdid is letters, digits, _, . and -: it stands before an = in a list with commas.',
    find: (input) =>
      masters(input).flatMap((entry): readonly Finding[] => {
        const id = textOf(entry, 'etcdid');
        if (id === undefined || /^[\w.-]+$/.test(id)) return [];
        const message = `${entry.name}.etcdid is "${id}", which cannot stand in etcd's list of members.`;
        return [{at: below(entry.place, 'etcdid'), message, hint: `Write etcdid: ${freeId(input)}`}];
      }),
  },
];

export function masters({entries, config}: RuleInput) {
  return isAtLeast(config.release, 'v1.0') ? [] : entries.filter(({role}) => role === 'master');
}

function freeId(input: RuleInput): string {
  const taken = new Set(masters(input).map((entry) => textOf(entry, 'etcdid')));
  for (let number = 1; ; number++) if (!taken.has(`etcdid${number}`)) return `etcdid${number}`;
}
