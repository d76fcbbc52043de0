import {describe, expect, test} from 'vitest';
import {planHash} from '../../src/engine/plan/hash.ts';
import {makeProposal} from '../../src/engine/plan/make-proposal.ts';
import type {ClusterLockWish, Operation, Plan} from '../../src/engine/plan/types.ts';
import type {Problem} from '../../src/engine/problem.ts';

const notice: Problem = {code: 'config-invalid', severity: 'notice', message: 'Of the plan itself.'};
const planThat = (expected: 'change' | 'unchanged'): Plan => ({
  operation: 'test',
  title: 'Test',
  notices: [notice],
  tasks: [
    {
      ...{id: 'a', title: 'Do a', needs: [], touches: 'the cluster', does: [], expected, why: []},
      run: async () => ({changed: true, result: null}),
    },
  ],
});
const operation = (plan: Plan, wish?: ClusterLockWish): Pick<Operation, 'plan' | 'clusterLock'> => ({
  plan: () => plan,
  clusterLock: () => wish,
});
const messages = ({plan}: {readonly plan: Plan}) => plan.notices.map(({message}) => message);
const request = {operation: 'test'};

describe('a plan as it is approved', () => {
  test('says on which masters its run holds the lock of the cluster', () => {
    const plan = planThat('change');
    const held = makeProposal(operation(plan, {masters: ['m1', 'm2', 'm3']}), request, null);
    expect(messages(held)).toEqual([
      'Of the plan itself.',
      'While it runs, it holds the lock of the cluster, /var/lib/pai-tui/lock, on a majority of these masters: m1, m2, m3.',
    ]);
    // The runner makes the plan again, without the words.
    expect(held).toMatchObject({planHash: planHash(plan), nothingToDo: false});
    const mending = makeProposal(operation(plan, {masters: ['m1'], withoutMajority: true}), request, null);
    expect(messages(mending)[1]).toContain('on those of these masters that can be reached: m1.');
  });

  test('says nothing of a lock where none is held, or nothing is to be done', () => {
    expect(messages(makeProposal(operation(planThat('change')), request, null))).toEqual(['Of the plan itself.']);
    const idle = makeProposal(operation(planThat('unchanged'), {masters: ['m1']}), request, null);
    expect(idle.nothingToDo).toBe(true);
    expect(messages(idle)).toEqual(['Of the plan itself.']);
  });
});
