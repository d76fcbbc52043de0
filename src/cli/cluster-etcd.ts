import {resolve} from 'node:path';
import {type EtcdStatus, isError, shellWord} from '../engine/index.ts';
import {showBytes} from './bytes.ts';
import {isoOf} from './cluster-certificates.ts';
import {changeCluster} from './cluster-operation.ts';
import {askCluster} from './cluster-query.ts';
import type {Context} from './context.ts';
import {readRequest} from './machine-request.ts';
import {agoWords, codeOfMachines} from './machine-words.ts';
import {misuse} from './misuse.ts';
import {plainLine} from './plain.ts';
import {etcdMemberDocument} from './status-document.ts';
import {table} from './table.ts';
import type {Ended} from './world.ts';

/** `cluster etcd status|snapshot|defrag`. */
export function clusterEtcd(context: Context): Promise<Ended> {
  const {options, world, name} = context;
  if (name !== 'snapshot' && (options.output !== undefined || options.cron)) {
    throw misuse(`--output and --cron are for cluster etcd snapshot, not for ${name}.`);
  }
  if (name === 'status') return showEtcd(context);
  if (name === 'defrag') return changeCluster(context, (wish) => ({...wish, operation: 'cluster etcd defrag'}));
  if (options.cron) return printCronLine(context);
  return changeCluster(context, (wish) => ({
    ...wish,
    operation: 'cluster etcd snapshot',
    ...(typeof options.output === 'string' ? {output: resolve(world.cwd, options.output)} : {}),
  }));
}

async function showEtcd(context: Context): Promise<Ended> {
  const {engine, output} = context;
  const status = await askCluster(
    context,
    (request, signal) => engine.cluster.etcd(request, signal),
    ({refusals}) => refusals,
  );
  const {report, snapshots, refusals} = status;
  if (output.json) {
    output.data({
      state: report.state,
      quorum: report.quorum,
      members: report.members.map(etcdMemberDocument),
      snapshots: snapshots.map(({at, ...snapshot}) => ({...snapshot, at: isoOf(at)})),
      problems: report.problems,
    });
  } else {
    output.print(etcdPage(status));
    for (const problem of report.problems) output.problem(problem);
  }
  if (refusals.length < report.members.length) return report.problems.some(isError) || report.state !== 'ok' ? 1 : 0;
  return codeOfMachines(refusals.map(({problem}) => ({fine: false, unreached: problem})));
}

function etcdPage({report, snapshots, at}: EtcdStatus): string {
  const members = report.members.map(({name, id, machine, state, isLeader, status}) => [
    ...[name || (id ?? '-'), machine ?? '-', isLeader ? `${state}, leads` : state, status?.version ?? '-'],
    status ? showBytes(status.dbBytes) : '-',
    status?.dbBytesInUse === undefined ? '-' : showBytes(status.dbBytesInUse),
    ...[String(status?.revision ?? '-'), String(status?.raftIndex ?? '-'), id ?? '-'],
  ]);
  const kept = snapshots.map((snapshot) => [
    ...[agoWords(at - snapshot.at), String(snapshot.revision), String(snapshot.totalKeys), showBytes(snapshot.bytes)],
    ...[snapshot.member, snapshot.file],
  ]);
  return [
    plainLine(report.quorum.words),
    '',
    table(['MEMBER', 'MACHINE', 'STATE', 'VERSION', 'DATABASE', 'IN USE', 'REVISION', 'INDEX', 'ID'], members),
    '',
    kept.length === 0
      ? 'No snapshot is kept on this computer. Take one: pai-tui cluster etcd snapshot'
      : table(['SNAPSHOT', 'REVISION', 'KEYS', 'SIZE', 'OF', 'FILE'], kept),
  ].join('\n');
}

/** One for each day of the week, so that the disk does not fill. */
async function printCronLine(context: Context): Promise<Ended> {
  const {output, options, world} = context;
  const {config, source} = (await readRequest(context)).request;
  const file =
    typeof options.output === 'string'
      ? shellWord(resolve(world.cwd, options.output)).replaceAll('%', String.raw`\%`)
      : String.raw`"$HOME/etcd-snapshots/$(date +\%u).db"`;
  const folder = typeof options.output === 'string' ? '' : 'mkdir -p -m 700 "$HOME/etcd-snapshots" && ';
  const place = ['-c', config, ...(source === undefined ? [] : ['-s', source])];
  const words = place.map((word) => shellWord(word).replaceAll('%', String.raw`\%`));
  output.print(`17 3 * * *  ${folder}pai-tui cluster etcd snapshot ${words.join(' ')} --yes -o ${file}`);
  output.say(
    'note: put it into a table of cron (crontab -e). cron asks nobody: log in by a key, or with PAI_PASSWORD_FILE.',
  );
  output.say(
    'note: cron finds programs in /usr/bin and /bin alone; write the whole path of pai-tui where it lies elsewhere.',
  );
  return 0;
}
