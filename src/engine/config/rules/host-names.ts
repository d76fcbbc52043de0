import {isAtLeast} from '../release.ts';
import {below, textAt} from '../yaml-access.ts';
import {shortName, textOf} from './entries.ts';
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
    holds: 'Every machine has a nodename of its own.',
    find: (input) =>
      pairsOf(named(input), (entry) => textOf(entry, 'nodename')?.toLowerCase(), 'of different hosts').map(
        ({first, again}) => ({
          at: below(again.place, 'nodename'),
          message: `${again.name}.nodename is ${textOf(again, 'nodename')}, which is what ${shortName(first)} is called.`,
          hint: `Write nodename: ${again.address ?? 'the hostip of this machine'}`,
        }),
      ),
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

/** v0.4 and v0.5 put the address in its place, whatever is written. */
function named({entries, config}: RuleInput) {
  return isAtLeast(config.release, 'v0.6') || config.era === 'A' ? entries : [];
}
