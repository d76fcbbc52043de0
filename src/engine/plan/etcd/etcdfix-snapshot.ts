/** Nothing of a member is replaced without a snapshot of another one. */

import {basename, join} from 'node:path';
import {snapshotFolder} from '../../cluster/etcd/kept-snapshots.ts';
import {snapshotEffects, takeSnapshot} from '../../cluster/etcd/snapshot.ts';
import type {EtcdSnapshot} from '../../cluster/etcd/types.ts';
import {positionAt, stepsFrom} from '../../cluster/etcdfix/position.ts';
import type {TaskContext, TaskEnd} from '../types.ts';
import {already, isJoining, type Made, minute, type Replacement, retry} from './etcdfix-step.ts';

interface Taken {
  readonly snapshot?: EtcdSnapshot;
}

export function snapshotTask(replacement: Replacement): Made {
  const {layout, target, scripts} = replacement;
  const {masters, etcdDataPath} = layout;
  const wish = {masters, not: target.name};
  return {
    id: snapshotId,
    title: 'Take a snapshot of another member, verify it, and keep it on this computer',
    touches: 'this computer',
    does: snapshotEffects({...wish, file: `$STATE/${snapshotFolder}/**`}, scripts.snapshot),
    expected: 'change',
    why: ['nothing is replaced without one'],
    deadlineMs: 3 * 60 * minute,
    retry,
    undo: 'Remove the file when nobody needs it any more.',
    async run(context): Promise<TaskEnd<Taken>> {
      const {step} = await positionAt('snapshot', replacement, false, context);
      if ((stepsFrom('add', step) ?? 1) > 0) return {...already, note: 'not needed any more'};
      const file = join(context.stateFolder, snapshotFolder, `etcdfix-${basename(context.runFolder)}.db`);
      const snapshot = await takeSnapshot({...wish, etcdDataPath, file}, context);
      const {member, revision, totalKeys, sha256} = snapshot;
      return {
        changed: true,
        result: {snapshot},
        note: `of ${member}: revision ${revision}, ${totalKeys} keys, SHA-256 ${sha256.slice(0, 12)}…, ${file}`,
      };
    },
  };
}

const snapshotId = 'cluster/etcd-snapshot';

/** Whether this run took one; a plan that begins behind that has no such task. */
export function hasSnapshot({resultOf}: TaskContext, {first}: Replacement): boolean {
  return !isJoining(first) && resultOf<Taken>(snapshotId).snapshot !== undefined;
}
