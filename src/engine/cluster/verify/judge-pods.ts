/** How far the test pods of each node have come. Pure. */

import type {KubePod} from '../../kube-tools.ts';

/** A node on which it is not so yet, and why. */
export interface LateNode {
  readonly node: string;
  /** As the rest of 'node-1 …'. */
  readonly words: string;
  /** The pod that runs there; its log says more. */
  readonly pod?: string;
}

/** Nodes whose pod is not ready; empty: all are. Pods that are told to go do not count, nor those of other nodes. */
export function lateNodes(nodes: readonly string[], pods: readonly KubePod[]): readonly LateNode[] {
  return nodes.flatMap((node): readonly LateNode[] => {
    const own = pods.filter((pod) => !pod.leaving && (pod.node === node || pod.node === undefined));
    if (own.some((pod) => pod.node === node && pod.ready)) return [];
    const pod = own.find((each) => each.node === node);
    if (!pod) {
      const waiting = own.find(({message}) => message !== undefined);
      return [{node, words: `has no pod${waiting ? `; one waits for a place: ${waiting.message}` : ''}`}];
    }
    const why = [pod.reason, pod.message].filter((words) => words !== undefined).join(': ');
    if (why !== '') return [{node, words: `does not start its pod: ${why}`, pod: pod.name}];
    if (pod.phase !== 'Running') return [{node, words: `has a pod that is ${pod.phase}`}];
    return [{node, words: 'has a pod that has not reached everything', pod: pod.name}];
  });
}

/** The address of the ready pod on each node. */
export function addressesOf(nodes: readonly string[], pods: readonly KubePod[]): ReadonlyMap<string, string> {
  return new Map(
    nodes.flatMap((node) => {
      const found = pods.find((pod) => pod.node === node && pod.ready && !pod.leaving);
      return found?.address === undefined ? [] : [[node, found.address] as const];
    }),
  );
}
