import type {Task} from '../plan/types.ts';

/** Tasks that the longest chains of others wait for come first when slots are few; else in the plan's order. */
export function longestChainFirst(tasks: readonly Task[]): readonly Task[] {
  const waiting = new Map<string, Task[]>();
  for (const task of tasks)
    for (const before of edgesOf(task)) waiting.set(before, [...(waiting.get(before) ?? []), task]);
  const lengths = new Map<string, number>();
  const lengthOf = ({id}: Task, above: readonly string[] = []): number => {
    const known = lengths.get(id);
    if (known !== undefined) return known;
    // Tasks that wait for each other are told when nothing can start.
    if (above.includes(id)) return 0;
    const length = 1 + Math.max(0, ...(waiting.get(id) ?? []).map((task) => lengthOf(task, [...above, id])));
    lengths.set(id, length);
    return length;
  };
  return tasks.toSorted((a, b) => lengthOf(b) - lengthOf(a));
}

/** Throws when tasks share an id or wait for what is no task: a plan made wrong. */
export function checkNeeds(tasks: readonly Task[]): void {
  const ids = new Set(tasks.map((task) => task.id));
  if (ids.size < tasks.length) throw new Error('two tasks of the plan have the same id');
  for (const task of tasks)
    for (const before of edgesOf(task))
      if (!ids.has(before)) throw new Error(`${task.id} waits for ${before}, which is no task`);
}

function edgesOf({needs, after = []}: Task): readonly string[] {
  return [...needs, ...after];
}
