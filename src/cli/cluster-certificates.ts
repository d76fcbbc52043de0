import {
  type CertificateStatus,
  type ClusterCertificates,
  foldHostNames,
  type MachineCertificates,
} from '../engine/index.ts';
import {changeCluster} from './cluster-operation.ts';
import {askCluster} from './cluster-query.ts';
import type {Context} from './context.ts';
import {codeOfMachines} from './machine-words.ts';
import {misuse} from './misuse.ts';
import {plainLine} from './plain.ts';
import {sayProblems} from './problem-groups.ts';
import {table} from './table.ts';
import type {Ended} from './world.ts';

/** `cluster certificates [show|renew]`: every certificate on every machine, or new ones in their place. */
export function clusterCertificates(context: Context): Promise<Ended> {
  const [what = 'show', ...more] = context.names;
  if (more.length > 0) throw misuse('cluster certificates takes one of show and renew.');
  if (what === 'show') return showCertificates(context);
  return changeCluster(context, (wish) => ({...wish, operation: 'cluster certificates renew'}));
}

async function showCertificates(context: Context): Promise<Ended> {
  const {engine, output} = context;
  const told = ({machines}: ClusterCertificates) => {
    const answered = machines.filter(({known, problem}) => known ?? problem).length;
    output.statusLine?.draw(`${answered} of ${machines.length} machines were asked`);
  };
  const {machines} = await askCluster(
    context,
    (request, signal) => engine.cluster.certificates(request, told, signal),
    ({machines: all}) => all.flatMap(({machine, problem}) => (problem ? [{machine, problem}] : [])),
  );
  const rows = machines.flatMap(({machine, known = []}) => known.map((certificate) => ({machine, certificate})));
  if (output.json) {
    output.data({
      certificates: rows.map(({machine, certificate}) => certificateDocument(machine, certificate)),
      problems: machines.flatMap(({problem}) => problem ?? []),
    });
  } else {
    if (rows.length > 0) output.print(certificateTable(rows));
    sayFaults(rows, context);
    sayProblems(
      machines.flatMap(({machine, problem}) => (problem ? [{machine, problem}] : [])),
      output,
    );
    sayBare(machines, context);
  }
  return codeOfMachines(
    machines.map(({known, problem}) => ({
      fine: !problem && (known ?? []).every(({state}) => state === 'good'),
      unreached: problem,
    })),
  );
}

interface Row {
  readonly machine: string;
  readonly certificate: CertificateStatus;
}

/** What `cluster status` and `cluster certificates` say of one in JSON. */
export function certificateDocument(machine: string, {from, until, ...certificate}: CertificateStatus) {
  return {machine, ...certificate, from: isoOf(from), until: isoOf(until)};
}

export function isoOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

function certificateTable(rows: readonly Row[]): string {
  return table(
    ['MACHINE', 'OF', 'ENDS', 'DAYS', 'STATE', 'FILE'],
    rows.map(({machine, certificate: {of, until, daysLeft, state, file}}) => [
      ...[machine, of, until === undefined ? '-' : (isoOf(until) ?? '').slice(0, 10)],
      ...[daysLeft === undefined ? '-' : String(daysLeft), state, file],
    ]),
  );
}

/** The same on many machines once. */
function sayFaults(rows: readonly Row[], {output}: Context): void {
  const machines = new Map<string, string[]>();
  for (const {machine, certificate} of rows) {
    for (const fault of certificate.faults) machines.set(fault, [...(machines.get(fault) ?? []), machine]);
  }
  if (machines.size === 0) return;
  output.print('');
  for (const [fault, names] of machines) output.print(`${plainLine(foldHostNames(names))}: ${plainLine(fault)}`);
  output.print('\nRenew them with: pai-tui cluster certificates renew');
}

function sayBare(machines: readonly MachineCertificates[], {output}: Context): void {
  const bare = machines.filter(({known, problem}) => !problem && known?.length === 0).map(({machine}) => machine);
  if (bare.length > 0) output.say(`note: nothing of a cluster lies on ${plainLine(foldHostNames(bare))}`);
}
