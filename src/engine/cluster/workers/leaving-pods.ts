/** Pods of a node that is to be empty: which of them go, and what goes with them. Pure. */

import type {KubePod} from '../../kube-tools.ts';

/** A pod as a plan tells of it. */
export interface LeavingPod {
  readonly namespace: string;
  readonly name: string;
  /** Who makes another one; absent: nobody. */
  readonly controller?: string;
  /** Its volumes that end with it. */
  readonly ownVolumes: readonly string[];
  /** It has done its work, or failed at it. */
  readonly isOver: boolean;
}

/** Those of daemon sets and static ones belong to the node, and stay until it is cleaned. */
export function isLeaving({controller, isMirror}: Pick<KubePod, 'controller' | 'isMirror'>): boolean {
  return !isMirror && controller?.startsWith('DaemonSet ') !== true;
}

export function leavingPod({namespace, name, controller, ownVolumes, phase}: KubePod): LeavingPod {
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  return {namespace, name, ...(controller === undefined ? {} : {controller}), ownVolumes, isOver};
}

/** Gone for good, and its work with it. */
export function isIrreplaceable({controller, isOver}: LeavingPod): boolean {
  return controller === undefined && !isOver;
}

/** Whether something is lost with it. */
export function losesData(pod: LeavingPod): boolean {
  return isIrreplaceable(pod) || (!pod.isOver && pod.ownVolumes.length > 0);
}

/** 'default/web-1 (ReplicaSet web; its volume cache ends with it)' */
export function leavingWords(pod: LeavingPod): string {
  const {ownVolumes, controller} = pod;
  const volumes = `its ${ownVolumes.length === 1 ? 'volume' : 'volumes'} ${ownVolumes.join(', ')} ${ownVolumes.length === 1 ? 'ends' : 'end'} with it`;
  const about = [
    controller ?? (pod.isOver ? 'it has ended' : 'no controller: it is gone for good'),
    ...(ownVolumes.length === 0 ? [] : [volumes]),
  ];
  return `${podName(pod)} (${about.join('; ')})`;
}

export function podName({namespace, name}: Pick<LeavingPod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
