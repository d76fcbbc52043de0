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
const checkStates = ['failed', 'warning', 'unknown', 'ok'] as const satisfies readonly CheckState[];

/** '2 failed, 1 warning, 40 ok', the gravest first; empty where there are none. */
export function stateCounts(results: readonly CheckResult[]): string {
  return checkStates
    .flatMap((state) => {
      const amount = results.filter((one) => one.state === state).length;
      return amount === 0 ? [] : [`${amount} ${state === 'warning' && amount > 1 ? 'warnings' : state}`];
    })
    .join(', ');
}

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
