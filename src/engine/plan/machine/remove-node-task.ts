/** A node goes from the API, once nothing runs on its machine, or the machine is dead. */

import {withApi} from '../../cluster/boot/api.ts';
import {taskOn} from '../../cluster/boot/boot.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {podName} from '../../cluster/workers/leaving-pods.ts';
import type {Task} from '../types.ts';
import {apiRetry, nodeObject} from './drain-task.ts';

interface Removal {
  readonly masters: readonly string[];
  /** The API knows the node. */
  readonly isThere: boolean;
  readonly needs: readonly string[];
  /** Of a dead machine: what is begun elsewhere, in words. */
  readonly pods?: readonly string[];
}

interface RemovedNode {
  /** Pods that were left of it, as 'namespace/name'. */
  readonly pods: readonly string[];
}

/** Nobody else would say that its pods have ended: they are removed with it, and whoever controls them makes others. */
export function removeNodeTask(
  machine: ClusterMachine,
  {masters, isThere, needs, pods = []}: Removal,
): Task<RemovedNode> {
  const object = nodeObject(machine);
  const {nodeName} = machine;
  return {
    id: taskOn(machine, 'node'),
    title: 'Remove the node, and pods that are left of it',
    on: machine.name,
    needs,
    touches: 'the cluster',
    does: [
      {kind: 'kube', verb: 'remove', object},
      {kind: 'kube', verb: 'evict', object, decided: 'those that are left, at once'},
    ],
    expected: isThere ? 'change' : 'decided while running',
    why: pods,
    retry: apiRetry,
    deadlineMs: 10 * 60_000,
    undo: `Add the machine again: pai-tui machine add ${machine.name}`,
    run: (context) =>
      withApi(masters, context, async (api) => {
        const {signal, output} = context;
        const outcome = await api.remove(object, signal);
        const left = await api.pods({node: nodeName}, signal);
        for (const pod of left) {
          const {namespace, name, uid} = pod;
          await api.removePod({namespace, name, uid, node: nodeName}, {isLost: true}, signal);
          output(`removed ${podName(pod)}\r\n`);
        }
        const names = left.map(podName);
        const isChanged = outcome === 'removed' || names.length > 0;
        const note = isChanged ? `removed with ${names.length === 1 ? '1 pod' : `${names.length} pods`}` : 'not there';
        return {changed: isChanged, result: {pods: names}, note};
      }),
  };
}
