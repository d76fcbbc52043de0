/** Whether the ranges of services and pods are nobody else's. */

import {foldHostNames} from '../../../machines/host-names.ts';
import {isInside, overlap, type Range, rangeOf} from '../ranges.ts';
import type {RouteFact} from '../types.ts';
import {type ClusterRule, failed, ok, type SeenCluster, type SeenMachine, type Verdict} from './rule.ts';

const fix = 'Take another range, in the configuration of Kubernetes.';

export const ranges: ClusterRule = {
  check: 'ranges',
  judge(all) {
    const {serviceRange, podNetwork} = all.cluster;
    const podText = podNetwork.kind === 'routes' || podNetwork.kind === 'auto' ? podNetwork.range : undefined;
    const written = [
      {what: 'services', text: serviceRange},
      ...(podText === undefined ? [] : [{what: 'pods', text: podText}]),
    ];
    const read = written.map(({what, text}) => ({what, text, range: rangeOf(text)}));
    const wrong = read
      .filter(({range}) => range === undefined)
      .map(({what, text}) =>
        failed(`The range of ${what}, '${text}', is no range of IPv4.`, 'Write it like 10.254.0.0/16.'),
      );
    const known = read.flatMap(({what, range}) => (range ? [{what, range}] : []));
    const [first, second] = known;
    const verdicts: Verdict[] = [
      ...wrong,
      ...(first && second && overlap(first.range, second.range)
        ? [failed(`The ranges of services (${first.range.text}) and pods (${second.range.text}) overlap.`, fix)]
        : []),
      ...known.flatMap(({what, range}) => conflictsOf(what, range, all)),
    ];
    if (verdicts.length > 0) return verdicts;
    return [
      ok(
        known
          .map(({what, range}) => `${range.text} for ${what}`)
          .join(', ')
          .concat(': nobody else has addresses of them.'),
      ),
    ];
  },
};

interface Use {
  readonly machine: string;
  /** What is there, with the address or range. */
  readonly what: string;
}

function conflictsOf(what: string, range: Range, {cluster, seen}: SeenCluster): readonly Verdict[] {
  const isIn = (text: string) => {
    const other = rangeOf(text);
    return other !== undefined && overlap(range, other);
  };
  const addresses = new Set(cluster.machines.map(({address}) => address));
  const uses: Use[] = [
    ...cluster.machines
      .filter(({address}) => isIn(address))
      .map(({name, address}) => ({machine: name, what: `the machine's own address, ${address}`})),
    ...(isIn(cluster.api.host) && !addresses.has(cluster.api.host)
      ? [{machine: '', what: `the address of the API, ${cluster.api.host}`}]
      : []),
    ...seen.flatMap((one) => [
      ...(one.answer?.routes ?? [])
        .filter((route) => route.to !== 'default' && isIn(route.to) && !isOurs(route, what, range, one, addresses))
        .map((route) => ({
          machine: one.machine.name,
          what: `a route to ${route.to}${route.device === undefined ? '' : ` (${route.device})`}`,
        })),
      ...(one.answer?.resolver.servers ?? [])
        .filter(isIn)
        .map((server) => ({machine: one.machine.name, what: `the name server ${server}`})),
    ]),
  ];
  const byWhat = new Map<string, string[]>();
  for (const use of uses) byWhat.set(use.what, [...(byWhat.get(use.what) ?? []), use.machine]);
  return [...byWhat].map(([thing, machines]) => {
    const names = machines.filter((name) => name !== '');
    const where = names.length === 0 ? '' : ` on ${foldHostNames(names)}`;
    return failed(
      `${thing.slice(0, 1).toUpperCase()}${thing.slice(1)}${where} lies in the range of ${what}, ${range.text}.`,
      fix,
    );
  });
}

/**
 * Docker's bridge with a range that pods of a machine get, which stays when a cluster is cleaned away and has it again in
 * the next one; and routes to those of other machines, which a boot puts there long before the machine is of a cluster.
 */
function isOurs(
  {to, device, via, isOfBoot}: RouteFact,
  what: string,
  range: Range,
  {member}: SeenMachine,
  machines: ReadonlySet<string>,
): boolean {
  const target = rangeOf(to);
  if (what !== 'pods' || !target || !isInside(target, range)) return false;
  if (isOfBoot || (device === 'docker0' && via === undefined && to.endsWith('/24'))) return true;
  return member === 'this cluster' && (device === 'docker0' || (via !== undefined && machines.has(via)));
}
