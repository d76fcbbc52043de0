/** A cluster at a glance: a line for each part. Pure. */

import type {ClusterStatus, PartSummary, StatusFinding, StatusPartName} from './types.ts';
import {isWithoutMasters} from './without-masters.ts';

/** In the order that one wants to know them. */
export function summarizeStatus(status: ClusterStatus): readonly PartSummary[] {
  return [
    summary('API servers', status, apiWords(status), status.api.at),
    summary('nodes', status, nodeWords(status), status.nodes.at),
    summary('pods', status, podWords(status), status.pods.at),
    etcdSummary(status),
    summary('machines', status, machineWords(status), machinesAt(status)),
    summary('certificates', status, certificateWords(status), machinesAt(status)),
    summary('drift', status, driftWords(status), driftAt(status)),
    summary('versions', status, versionWords(status), status.nodes.at),
  ];
}

const gravities = ['failed', 'warning', 'unknown'] as const satisfies readonly StatusFinding['gravity'][];

function summary(
  part: StatusPartName,
  {findings}: ClusterStatus,
  words: string | undefined,
  at: number | undefined,
): PartSummary {
  const own = findings.filter((finding) => finding.part === part);
  const gravity = gravities.find((one) => own.some((finding) => finding.gravity === one));
  return {
    part,
    state: gravity ?? (words === undefined ? 'unknown' : 'ok'),
    says: words ?? 'not known',
    ...(at === undefined ? {} : {at}),
  };
}

function apiWords({api: {known, problem}}: ClusterStatus): string | undefined {
  if (!known || problem) return undefined;
  const ofMasters = known.servers.filter(({machine}) => machine !== undefined);
  const ready = ofMasters.filter(({state}) => state === 'ready').length;
  const front = known.servers.find(({machine}) => machine === undefined);
  const words = `${ready} of ${ofMasters.length} ready`;
  if (!front) return words;
  return `${words}; ${front.server} ${front.state === 'ready' ? 'leads to them' : `is ${front.state}`}`;
}

function nodeWords({nodes: {known}}: ClusterStatus): string | undefined {
  if (!known) return undefined;
  return `${known.filter(({state}) => state === 'ready').length} of ${known.length} ready`;
}

function podWords({pods: {known}}: ClusterStatus): string | undefined {
  if (!known) return undefined;
  const {all, ready, troubled} = known.counts;
  return `${ready} of ${all} ready${troubled > 0 ? `, ${troubled} in trouble` : ''}`;
}

function etcdSummary(status: ClusterStatus): PartSummary {
  const whole = summary('etcd', status, etcdWords(status), status.etcd.at);
  return isWithoutMasters(status) ? {...whole, state: 'unknown', says: 'not booted'} : whole;
}

function etcdWords({etcd: {known}}: ClusterStatus): string | undefined {
  if (!known || known.state === 'unknown') return undefined;
  const {leader, quorum} = known;
  return leader ? `${quorum.words} ${leader.machine ?? leader.name} leads.` : quorum.words;
}

function machineWords({machines}: ClusterStatus): string {
  return `${machines.filter(({known, problem}) => known && !problem).length} of ${machines.length} answer`;
}

function certificateWords({machines}: ClusterStatus): string | undefined {
  const all = machines.flatMap(({machine, known}) =>
    (known?.isPart ? known.certificates : []).map((certificate) => ({machine, ...certificate})),
  );
  if (all.length === 0) return undefined;
  const good = all.filter(({state}) => state === 'good').length;
  const [first] = all
    .filter(({kind, daysLeft}) => kind !== undefined && daysLeft !== undefined)
    .sort((a, b) => (a.until ?? 0) - (b.until ?? 0));
  const next = first?.daysLeft === undefined ? '' : `; the first ends in ${days(first.daysLeft)} (${first.machine})`;
  return `${good} of ${all.length} good${next}`;
}

function days(amount: number): string {
  return amount === 1 ? '1 day' : `${amount} days`;
}

function driftWords({machines}: ClusterStatus): string | undefined {
  const compared = machines.flatMap(({machine, known}) => {
    const drift = known?.isPart ? known.drift.known : undefined;
    return drift ? [{machine, amount: drift.length}] : [];
  });
  if (compared.length === 0) return undefined;
  const amount = compared.reduce((sum, one) => sum + one.amount, 0);
  const differing = compared.filter((one) => one.amount > 0).length;
  if (amount === 0) return `none on ${compared.length === 1 ? '1 machine' : `${compared.length} machines`}`;
  return `${amount} ${amount === 1 ? 'difference' : 'differences'} on ${differing} of ${compared.length} machines`;
}

function versionWords({versions, nodes, api}: ClusterStatus): string | undefined {
  const found = new Set([
    ...(nodes.known ?? []).flatMap(({node}) => node?.version ?? []),
    ...(api.known?.servers ?? []).flatMap(({version}) => version ?? []),
  ]);
  if (found.size === 0) return undefined;
  const wanted = versions.kubernetes === '' ? '' : ` (configuration: ${versions.kubernetes})`;
  return `${[...found].sort().join(', ')}${wanted}`;
}

/** As old as the oldest. */
function machinesAt({machines}: ClusterStatus): number | undefined {
  return oldest(machines.map(({at}) => at));
}

function driftAt({machines}: ClusterStatus): number | undefined {
  return oldest(machines.map(({known}) => known?.drift.at));
}

function oldest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
