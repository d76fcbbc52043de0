import type {ClusterRequest} from '../engine/index.ts';
import type {Context} from './context.ts';
import {limitsOf} from './limits.ts';
import {readRequest} from './machine-request.ts';
import {carryOut} from './operation.ts';
import type {Ended} from './world.ts';

/** What the flags of all commands that change a cluster say; with an operation and what it takes, it is a request. */
export type ClusterWish = Omit<ClusterRequest, 'operation'>;

/**
 * A command that changes a cluster, always all of it: reads where it is and how to log in, and carries the operation
 * out. The cluster of the sample is nobody's: `config-missing`.
 */
export async function changeCluster(
  context: Context,
  requestFor: (wish: ClusterWish) => ClusterRequest,
): Promise<Ended> {
  const {request} = await readRequest(context);
  const {config, source, nodeList, jump, secrets} = request;
  const wish: ClusterWish = {
    config,
    ...(source === undefined ? {} : {source}),
    ...(nodeList === undefined ? {} : {nodeList}),
    ...(jump === undefined ? {} : {jump}),
    ...limitsOf(context),
    ...(context.options['take-over-lock'] ? {takeOverLock: true} : {}),
  };
  return carryOut(context, requestFor(wish), secrets);
}
