import {lockPath} from '../cluster/lock/lock-script.ts';
import type {Problem} from '../problem.ts';
import {planHash} from './hash.ts';
import type {ClusterLockWish, Operation, Plan, RunRequest} from './types.ts';

/** A plan as it is shown and approved: with what its run does beside its tasks. Pure. */
export function makeProposal<Request extends RunRequest, Facts>(
  operation: Pick<Operation<Request, Facts>, 'plan' | 'clusterLock'>,
  request: Request,
  facts: Facts,
): {readonly plan: Plan; readonly planHash: string; readonly nothingToDo: boolean} {
  const plan = operation.plan(request, facts);
  const nothingToDo = plan.tasks.every(({expected}) => expected === 'unchanged');
  const wish = nothingToDo ? undefined : operation.clusterLock?.(request, facts);
  return {
    plan: wish ? {...plan, notices: [...plan.notices, lockNotice(wish)]} : plan,
    planHash: planHash(plan),
    nothingToDo,
  };
}

function lockNotice({masters, withoutMajority}: ClusterLockWish): Problem {
  const where = withoutMajority ? 'on those of these masters that can be reached' : 'on a majority of these masters';
  return {
    code: 'lock-held',
    severity: 'notice',
    message: `While it runs, it holds the lock of the cluster, ${lockPath}, ${where}: ${masters.join(', ')}.`,
  };
}
