/** Ends the runners of a run by SIGKILL at points that are drawn by chance, and resumes each time. */
import fc from 'fast-check';
import type {RunView} from '../../../src/engine/api.ts';
import type {TaskState} from '../../../src/engine/run/events.ts';
import type {ClusterWorld} from './cluster-world.ts';

/** A task, and how far it is: just begun, while a script of it is at work on a machine, or done. */
interface KillPoint {
  readonly task: string;
  readonly when: 'begun' | 'at work' | 'done';
}

/** PAI_TEST_SEED draws others, as in property tests. */
const seed = Number(process.env['PAI_TEST_SEED'] ?? 1);

/** So many tasks of the plan. What was drawn is printed, so that it can be had again. */
export function drawKillPoints(tasks: readonly {readonly id: string}[], count: number): readonly KillPoint[] {
  const some = {minLength: count, maxLength: count};
  const ids = fc.shuffledSubarray(
    tasks.map(({id}) => id),
    some,
  );
  const moments = fc.array(fc.constantFrom('begun', 'at work', 'done'), some);
  const [drawn] = fc.sample(fc.tuple(ids, moments), {seed, numRuns: 1, unbiased: true});
  const [drawnIds, drawnMoments] = drawn ?? [[], []];
  const points = drawnIds.map((task, index): KillPoint => ({task, when: drawnMoments[index] ?? 'done'}));
  const words = points.map(({task, when}) => `${task} ${when}`).join(', ');
  console.info(`Runners are killed at these points (PAI_TEST_SEED=${seed}): ${words}`);
  return points;
}

/**
 * Kills the runner whenever one more of the points is reached, and resumes the run, until none is left or the run has
 * ended. Gives the tasks that were at work, for each time.
 */
export async function killAt(
  world: ClusterWorld,
  id: string,
  points: readonly KillPoint[],
): Promise<readonly (readonly string[])[]> {
  const killed: (readonly string[])[] = [];
  for (let left = points; left.length > 0; ) {
    const waiting = left;
    await world.until(id, (view) => isOver(view) || waiting.some((point) => isReached(point, view)));
    await world.kill(id);
    const seen = await world.engine.runs.show(id);
    if (isOver(seen)) break;
    killed.push(seen.state.tasks.filter(({status}) => status === 'running').map((task) => task.id));
    left = waiting.filter((point) => !isReached(point, seen));
    await world.engine.runs.resume(id);
  }
  return killed;
}

function isOver({state}: RunView): boolean {
  return state.endedAt !== undefined;
}

function isReached({task, when}: KillPoint, {state}: RunView): boolean {
  const found = state.tasks.find(({id}) => id === task);
  return found !== undefined && isSoFar(found, when);
}

function isSoFar({status, scripts = []}: TaskState, when: KillPoint['when']): boolean {
  if (status === 'waiting') return false;
  if (status !== 'running') return true;
  return when === 'begun' || (when === 'at work' && scripts.length > 0);
}
