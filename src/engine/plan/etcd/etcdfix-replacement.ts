/** How a member of etcd is replaced while the others have a quorum: one task for each step, each asks first where it stands. */

import type {Task} from '../types.ts';
import {addTask, removeTask} from './etcdfix-add-remove.ts';
import {catchUpTask, joinTask, promoteTask} from './etcdfix-join.ts';
import {snapshotTask} from './etcdfix-snapshot.ts';
import {isJoining, type Replacement} from './etcdfix-step.ts';
import {dataTask, leadershipTask, stopTask} from './etcdfix-stop.ts';

/** The steps that are left, one after the other. */
export function replacementTasks(replacement: Replacement): readonly Task[] {
  const joining = [joinTask, catchUpTask, promoteTask];
  const steps = isJoining(replacement.first)
    ? joining
    : [snapshotTask, leadershipTask, stopTask, dataTask, removeTask, addTask, ...joining];
  let needs: readonly string[] = [];
  return steps.map((make) => {
    const task = {...make(replacement), needs};
    needs = [task.id];
    return task;
  });
}
