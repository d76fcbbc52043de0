/**
 * A snapshot of etcd, taken in a member's own container and brought to this computer. It counts only when etcdctl could
 * read it, nothing is missing on the way, and it is not behind what the members knew before it was begun.
 */

import {dirname} from 'node:path';
import {scriptEffect} from '../../plan/script-effect.ts';
import type {Effect, TaskContext} from '../../plan/types.ts';
import {type ProblemCode, ProblemError, problemOf} from '../../problem.ts';
import {judgeEtcd} from './judge.ts';
import {nameOf} from './judged.ts';
import {snapshotRecord} from './kept-snapshots.ts';
import {memberMark, readMemberScript} from './member-script.ts';
import {readEtcd} from './read-etcd.ts';
import {receiveSnapshot} from './receive-snapshot.ts';
import {snapshotSources} from './snapshot-source.ts';
import type {EtcdMaster, EtcdReport, EtcdSnapshot} from './types.ts';

export interface SnapshotWish {
  readonly masters: readonly EtcdMaster[];
  readonly etcdDataPath: string;
  /** The master whose member is not asked: it is the one that is sick, or about to be replaced. */
  readonly not?: string;
  /** Where it is put on this computer; absolute. What lies there is replaced once the new one is whole. */
  readonly file: string;
}

/** What taking one needs of a task. */
export type SnapshotContext = Pick<TaskContext, 'tools' | 'signal' | 'output' | 'progress'>;

/**
 * Everything that taking one may change: `file` may be a pattern, as in plans. `script` is that of `readMemberScript`,
 * read with the facts.
 */
export function snapshotEffects(
  {masters, not, file}: Omit<SnapshotWish, 'etcdDataPath'>,
  script: string,
): readonly Effect[] {
  const sources = masters.filter(({name}) => name !== not);
  const decided = sources.length > 1 ? {decided: 'on the healthiest of them'} : {};
  return [
    ...(file.endsWith('/**') ? [file] : [file, draftOf(file), snapshotRecord(file)]).map(
      (path): Effect => ({kind: 'file', path}),
    ),
    ...sources.map(
      ({name: on}): Effect => ({
        ...scriptEffect(on, {name: 'take a snapshot of etcd', script, args: [memberMark], sudo: true}),
        ...decided,
      }),
    ),
  ];
}

/**
 * Asks all members, and takes it from the healthiest voter that gives one. Throws `etcd-snapshot` where there is none or
 * the last of them gave none, `disk-full` and `file-unwritable` for this computer, `machine-lost` where the connection to
 * the last one broke: it can be taken again then. Nothing is left on a machine or here where it fails.
 */
export async function takeSnapshot(wish: SnapshotWish, context: SnapshotContext): Promise<EtcdSnapshot> {
  const {masters, etcdDataPath, not, file} = wish;
  const {tools, signal, output} = context;
  const {machines, clock, assets, files} = tools;
  const [script, answers] = await Promise.all([
    readMemberScript(assets, 'snapshot.sh'),
    readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal),
  ]);
  const report = judgeEtcd(answers, masters);
  const sources = snapshotSources(report, not);
  const behind = Math.max(
    0,
    ...report.members.map(({state, status}) => (state === 'healthy' && status?.revision) || 0),
  );
  let last: unknown = noSnapshot(report, not);
  const folder = dirname(file);
  if (!(await files.exists(folder))) await files.makeFolder(folder);
  for (const source of sources) {
    const member = nameOf(source);
    output(`taking a snapshot of ${member}\r\n`);
    const draft = await files.beginFile(draftOf(file), 0o600, source.status.dbBytes);
    try {
      const received = await receiveSnapshot({source, script, behind, draft}, context);
      await files.moveFile(draftOf(file), file);
      const {version, clusterId} = source.status;
      const snapshot = {file, machine: source.machine, member, version, clusterId, at: clock.now(), ...received};
      await files.writeFile(snapshotRecord(file), `${JSON.stringify(snapshot, undefined, 2)}\n`, 0o600);
      return snapshot;
    } catch (error) {
      await draft.discard();
      signal.throwIfAborted();
      const {code, message, detail} = problemOf(error);
      // Another member would change nothing about those.
      if (isOfThisComputer.has(code)) throw error;
      last = error;
      output(`${message}\r\n${detail === undefined ? '' : `${detail.replaceAll('\n', '\r\n')}\r\n`}`);
    }
  }
  throw last;
}

const isOfThisComputer = new Set<ProblemCode>(['disk-full', 'file-unwritable', 'not-in-plan', 'read-only', 'bug']);

/** In the same folder, so that it gets its name in one step. */
function draftOf(file: string): string {
  return `${file}.part`;
}

/** That no member is there to give one. */
export function noSnapshot({quorum}: Pick<EtcdReport, 'quorum'>, not?: string): ProblemError {
  return new ProblemError({
    code: 'etcd-snapshot',
    message: `No ${not === undefined ? '' : 'other '}voting member of etcd is well, so nobody can give a snapshot. ${quorum.words}`,
    hint: 'See what is wrong with: pai-tui cluster etcd status',
  });
}
