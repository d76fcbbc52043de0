import type {CheckName, CheckResult, CheckState} from './types.ts';

/** Machines of which one check says the same. */
export interface FoldedResult {
  readonly check: CheckName;
  readonly state: CheckState;
  /** Empty where it is about the cluster as a whole. */
  readonly machines: readonly string[];
  /** Empty where the machines say different things that are all well. */
  readonly detail: string;
  readonly fix?: string;
  /** What was folded, in its order. */
  readonly results: readonly CheckResult[];
}

/** The gravest first. */
export const checkStates = ['failed', 'warning', 'unknown', 'ok'] as const satisfies readonly CheckState[];

/**
 * Results by what was checked, in the order they came, the gravest of each first. Whatever is well is one entry for all
 * machines.
 */
export function foldResults(results: readonly CheckResult[]): readonly FoldedResult[] {
  const checks = [...new Set(results.map(({check}) => check))];
  return checks.flatMap((check) =>
    checkStates.flatMap((state) => groupsOf(results.filter((one) => one.check === check && one.state === state))),
  );
}

function groupsOf(results: readonly CheckResult[]): readonly FoldedResult[] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    const {machine, state, detail, fix} = result;
    const key = machine === undefined || state !== 'ok' ? JSON.stringify([machine === undefined, detail, fix]) : 'ok';
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const {check, state, detail, fix} = first;
    return [
      {
        check,
        state,
        machines: [...new Set(same.flatMap(({machine}) => machine ?? []))],
        detail: same.every((one) => one.detail === detail) ? detail : '',
        ...(fix === undefined ? {} : {fix}),
        results: same,
      },
    ];
  });
}
