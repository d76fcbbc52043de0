import {isAtLeast} from '../release.ts';
import {below, textAt} from '../yaml-access.ts';
import {type Entry, shortName, textOf} from './entries.ts';
import {pairsOf} from './pairs.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Names of hosts and nodes. */
export const hostNames: readonly Rule[] = [
  {
    name: 'unique-host-name',
    severity: 'error',
    holds: 'Every machine has a host name of its own; names that differ only in case are one.',
    // In era A names are keys, and a key that is there twice is told by the reader.
    find: ({entries, sources}) =>
      sources.format === 'single-files'
        ? []
        : pairsOf(entries, ({hostname}) => hostname?.toLowerCase()).map(({first, again}) => ({
            at: below(again.place, 'hostname'),
            message: `${again.name}.hostname is ${again.hostname}, and entry ${entries.indexOf(first) + 1} of the list is ${first.hostname} already.`,
            hint: 'Give one of them another name, or remove the entry that is there twice.',
          })),
  },
  {
    name: 'unique-node-name',
    severity: 'error',
    holds: 'No nodename is what another machine is called, by its own nodename or by its address.',
    find: (input) =>
      pairsOf(named(input), nodeNameOf, 'of different hosts').flatMap(({first, again}): readonly Finding[] => {
        const [entry, other] = textOf(again, 'nodename') === undefined ? [first, again] : [again, first];
        const name = textOf(entry, 'nodename');
        if (name === undefined) return [];
        const message = `${entry.name}.nodename is ${name}, which is what ${shortName(other)} is called.`;
        const hint = `Write nodename: ${entry.address ?? 'the hostip of this machine'}`;
        return [{at: below(entry.place, 'nodename'), message, hint}];
      }),
  },
  {
    name: 'legal-node-name',
    severity: 'error',
    holds: 'A nodename is one that Kubernetes takes: lower case letters, digits, - and . (DNS-1123).',
    find: (input) =>
      named(input).flatMap((entry): readonly Finding[] => {
        const at = below(entry.place, 'nodename');
        const name = textAt(at);
        if (name === undefined || isDnsName(name)) return [];
        return [
          {
            at,
            message: `${entry.name}.nodename is ${name}, and Kubernetes registers no node of such a name.`,
            hint: `Write lower case letters, digits, - and . only: ${suggestion(name) ?? entry.address ?? 'gpu-01'}`,
          },
        ];
      }),
  },
];

export function isDnsName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(part));
}

/** What a name could be called instead. */
export function suggestion(name: string): string | undefined {
  const better = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return isDnsName(better) ? better : undefined;
}

/** Until v0.8 the services put the address in its place, whatever is written. */
function named({entries, config}: RuleInput): readonly Entry[] {
  return isAtLeast(config.release, 'v0.9') || config.era === 'A' ? entries : [];
}

function nodeNameOf(entry: Entry): string | undefined {
  return (textOf(entry, 'nodename') ?? entry.address)?.toLowerCase();
}
