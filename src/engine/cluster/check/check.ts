/** The checks before a cluster is booted, as a whole: ask all, judge each as it answers, and all together at the end. */

import type {CheckReport} from '../types.ts';
import {judgeAcross, judgeMachine} from './judge.ts';
import {type CheckWorld, readCheckFacts} from './read-check-facts.ts';
import type {CheckedCluster, CheckResult} from './types.ts';

/** Rejects only when aborted. */
export async function checkCluster(
  cluster: CheckedCluster,
  world: CheckWorld,
  told: (results: readonly CheckResult[]) => void,
  signal: AbortSignal,
): Promise<CheckReport> {
  const facts = await readCheckFacts(cluster, world, (asked) => told(judgeMachine(asked, cluster)), signal);
  const across = judgeAcross(facts, cluster);
  told(across);
  return {
    results: [...facts.machines.flatMap((asked) => judgeMachine(asked, cluster)), ...across],
    reached: facts.machines.flatMap(({name, problem}) => (problem ? [] : [name])),
    refusals: facts.machines.flatMap(({name, problem, sudoProblem}) => {
      const refusal = problem ?? sudoProblem;
      return refusal ? [{machine: name, problem: refusal}] : [];
    }),
  };
}
