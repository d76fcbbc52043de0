import type {TaskState} from '../../engine/index.ts';

/** How many output panes can be asked for, in the order `p` goes through them. */
const paneCounts = [1, 2, 4, 6, 9] as const;

/** Columns and rows of panes; more than one only where each keeps a readable size. */
export function paneGrid(
  count: number,
  width: number,
  height: number,
): {readonly across: number; readonly down: number} {
  if (count <= 1) return {across: 1, down: 1};
  if (count === 2)
    return width >= 2 * smallest.width || width >= 4 * height ? {across: 2, down: 1} : {across: 1, down: 2};
  if (count === 4) return {across: 2, down: 2};
  if (count === 6) return width >= 3 * smallest.width ? {across: 3, down: 2} : {across: 2, down: 3};
  return {across: 3, down: 3};
}

/** Whether so many panes can still be read in this room. */
export function panesFit(count: number, width: number, height: number): boolean {
  const {across, down} = paneGrid(count, width, height);
  return count === 1 || (width >= across * smallest.width && height >= down * smallest.height);
}

/** The next number of panes that fits; after the last one again 1. */
export function nextPaneCount(count: number, width: number, height: number): number {
  return paneCounts.find((next) => next > count && panesFit(next, width, height)) ?? 1;
}

const smallest = {width: 28, height: 5};

/**
 * Which task each pane shows: the first one what is selected, the others what is held there by a mark, then what runs,
 * then what failed.
 * A pane keeps its task until something that runs needs the place. Panes nobody needs are undefined.
 */
export function assignPanes(
  count: number,
  tasks: readonly Pick<TaskState, 'id' | 'status'>[],
  selected: string | undefined,
  held: readonly string[],
  before: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  const panes: (string | undefined)[] = Array.from({length: count}, () => undefined);
  panes[0] = selected;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const wanted = [
    ...held.filter((id) => byId.has(id)),
    ...(['running', 'failed'] as const).flatMap((status) =>
      tasks.filter((task) => task.status === status).map((task) => task.id),
    ),
  ].filter((id) => id !== selected);
  const places = [...new Set(wanted)].slice(0, count - 1);
  for (let pane = 1; pane < count; pane += 1) {
    const id = before[pane];
    if (id !== undefined && places.includes(id) && !panes.includes(id)) panes[pane] = id;
  }
  for (const id of places) {
    if (panes.includes(id)) continue;
    const free = panes.findIndex((shown, pane) => pane > 0 && shown === undefined);
    panes[free] = id;
  }
  for (let pane = 1; pane < count; pane += 1) {
    const id = before[pane];
    if (panes[pane] === undefined && id !== undefined && byId.has(id) && !panes.includes(id)) panes[pane] = id;
  }
  return panes;
}

/**
 * The task a person would look at when they did not choose one: the first that failed once the run has ended, else the
 * one that runs longest, else the last that ended, else the first.
 */
export function taskToWatch(tasks: readonly TaskState[], ended: boolean): string | undefined {
  const failed = tasks.find((task) => task.status === 'failed');
  if (ended && failed) return failed.id;
  const running = tasks
    .filter((task) => task.status === 'running')
    .sort((a, b) => (a.startedUp ?? 0) - (b.startedUp ?? 0));
  const endedLast = tasks
    .filter((task) => task.endedAt !== undefined)
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  return (running[0] ?? failed ?? endedLast[0] ?? tasks[0])?.id;
}
