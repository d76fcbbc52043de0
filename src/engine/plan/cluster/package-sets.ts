/**
 * The sets of packages that bring Kubernetes on machines and take it away, by name. Each has facts and plans of its own,
 * made of the same parts; another one is another row in both tables, and whoever asks for an operation names it.
 */

import type {BootupRequest, CleanRequest, OperationRequest} from '../../api.ts';
import type {PackageSetName} from '../../cluster/types.ts';
import type {Operation} from '../types.ts';
import {k8sBootup} from './k8s-bootup.ts';
import {k8sClean} from './k8s-clean.ts';
import {treeBootup} from './tree-bootup.ts';
import {treeClean} from './tree-clean.ts';

/** A set reads the facts that its own plans are made of. */
type BySet<Request extends OperationRequest> = Readonly<Record<PackageSetName, Operation<Request>>>;

export const bootup = chosenBy<BootupRequest>('cluster k8s-bootup', {'built-in': k8sBootup, tree: treeBootup});
export const clean = chosenBy<CleanRequest>('cluster k8s-clean', {'built-in': k8sClean, tree: treeClean});

/** The operation of the set that its request names. */
function chosenBy<Request extends BootupRequest | CleanRequest>(
  name: Request['operation'],
  sets: BySet<Request>,
): Operation<Request> {
  const of = ({packageSet = 'built-in'}: Request) => sets[packageSet];
  const {parallel} = sets['built-in'];
  return {
    name,
    ...(parallel === undefined ? {} : {parallel}),
    locks: (request, facts) => of(request).locks(request, facts),
    clusterLock: (request, facts) => of(request).clusterLock?.(request, facts),
    readFacts: (request, world, signal) => of(request).readFacts(request, world, signal),
    plan: (request, facts) => of(request).plan(request, facts),
  };
}
