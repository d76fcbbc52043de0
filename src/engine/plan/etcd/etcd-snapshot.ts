import {basename, dirname, join} from 'node:path';
import type {EtcdSnapshotRequest} from '../../api.ts';
import {type EtcdFacts, readEtcdFacts} from '../../cluster/etcd/facts.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {snapshotFolder} from '../../cluster/etcd/kept-snapshots.ts';
import {readMemberScript} from '../../cluster/etcd/member-script.ts';
import {noSnapshot, snapshotEffects, takeSnapshot} from '../../cluster/etcd/snapshot.ts';
import {snapshotSources} from '../../cluster/etcd/snapshot-source.ts';
import type {EtcdSnapshot} from '../../cluster/etcd/types.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import type {Operation, Plan, Task} from '../types.ts';

interface SnapshotFacts extends EtcdFacts {
  /** The text that takes it on a machine. */
  readonly script: string;
}

/** Takes a snapshot of etcd and puts it on this computer. */
export const etcdSnapshot: Operation<EtcdSnapshotRequest, SnapshotFacts> = {
  name: 'cluster etcd snapshot',
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  async readFacts(request, world, signal) {
    const {files, assets} = world.tools;
    const {output} = request;
    if (output !== undefined) {
      if (await files.exists(join(output, '.'))) throw usage(`${displayText(output)} is a folder.`);
      if (!(await files.exists(dirname(output)))) throw usage(`${displayText(dirname(output))} is not there.`);
    }
    const script = await readMemberScript(assets, 'snapshot.sh');
    return {...(await readEtcdFacts(request, world, signal)), script};
  },
  plan: planSnapshot,
};

function usage(message: string): ProblemError {
  return new ProblemError({code: 'usage', message, hint: 'Give the file that the snapshot is to become.'});
}

/** Pure. Throws `etcd-snapshot` where no member can give one. */
export function planSnapshot({output}: EtcdSnapshotRequest, {layout, answers, script}: SnapshotFacts): Plan {
  const {masters, etcdDataPath} = layout;
  const report = judgeEtcd(answers, masters);
  const sources = snapshotSources(report);
  if (sources.length === 0) throw noSnapshot(report);
  const wish = {masters, etcdDataPath};
  const file = output ?? `$STATE/${snapshotFolder}/**`;
  const bytes = Math.max(...sources.map(({status}) => status.dbBytes));
  const task: Task<EtcdSnapshot> = {
    id: 'cluster/etcd-snapshot',
    title: 'Take a snapshot of etcd, verify it, and bring it here',
    needs: [],
    touches: 'this computer',
    does: snapshotEffects({...wish, file}, script),
    expected: 'change',
    why: [`${report.quorum.words} The database has ${Math.ceil(bytes / 1024 ** 2)} MiB.`],
    deadlineMs: 3 * 60 * 60_000,
    retry: {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000},
    undo: `rm ${output === undefined ? 'the file' : displayText(output)}`,
    async run(context) {
      const {stateFolder, runFolder} = context;
      const place = output ?? join(stateFolder, snapshotFolder, `${basename(runFolder)}.db`);
      const snapshot = await takeSnapshot({...wish, file: place}, context);
      context.output(`${snapshotLines(snapshot).join('\r\n')}\r\n`);
      return {changed: true, result: snapshot, note: snapshotNote(snapshot)};
    },
  };
  return {
    operation: 'cluster etcd snapshot',
    title: `Take a snapshot of the etcd of ${displayText(layout.name)}`,
    tasks: [task],
    notices: report.problems.flatMap((problem) =>
      problem.severity === 'notice' ? [] : [{...problem, severity: 'warning' as const}],
    ),
  };
}

function snapshotNote({file, revision, totalKeys}: EtcdSnapshot): string {
  return `revision ${revision}, ${totalKeys} keys, ${displayText(file)}`;
}

function snapshotLines(snapshot: EtcdSnapshot): readonly string[] {
  const {file, member, version, bytes, sha256, hash, revision, totalKeys} = snapshot;
  return [
    displayText(file),
    `of ${member}, etcd ${version}`,
    `revision ${revision}, ${totalKeys} keys, ${bytes} bytes`,
    `hash ${hash}, SHA-256 ${sha256}`,
  ];
}
