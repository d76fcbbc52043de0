import {createHash} from 'node:crypto';
import type {Plan} from './types.ts';

/**
 * What was approved, as `sha256:…`: tasks, needs, effects with their digests, what each is expected to change, and what they
 * go by.
 * Words (titles, reasons, notices), times and measurements do not count; nor does the order in which tasks, needs
 * or effects are listed, because the run goes by edges.
 */
export function planHash(plan: Plan): string {
  const tasks = plan.tasks
    .map((task) => ({
      id: task.id,
      on: task.on,
      needs: [...new Set(task.needs)].sort(),
      after: task.after ? [...new Set(task.after)].sort() : undefined,
      touches: task.touches,
      does: task.does.map((effect) => stable(effect)).sort(),
      expected: task.expected,
      critical: task.critical,
      resource: task.resource,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return `sha256:${createHash('sha256')
    .update(stable({operation: plan.operation, tasks, basis: plan.basis}))
    .digest('hex')}`;
}

/** JSON with sorted keys, so that equal values give equal text. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
