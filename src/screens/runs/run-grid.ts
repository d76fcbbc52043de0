/** A run on many machines as a grid: a row for each machine, a column for each phase, a task in each cell. */

import type {TaskState} from '../../engine/index.ts';

export interface RunGrid {
  /** In the order in which they come on machines: 'docker', 'certificates', 'kubelet'. */
  readonly phases: readonly string[];
  /** What failed comes first, then the order of the plan. */
  readonly rows: readonly GridRow[];
}

export interface GridRow {
  /** Absent: a task that is about the whole cluster or this computer, which has the row for itself. */
  readonly machine?: string;
  /** By phase; a machine does not have them all. The only one where there is no machine. */
  readonly cells: readonly (TaskState | undefined)[];
}

/**
 * The grid of tasks whose ids are MACHINE/PHASE; undefined where it would say no more than a list: for fewer than two
 * machines.
 */
export function runGrid(tasks: readonly TaskState[]): RunGrid | undefined {
  const machines = new Map<string, Map<string, TaskState>>();
  const phases: string[] = [];
  const alone: TaskState[] = [];
  for (const task of tasks) {
    const phase = phaseOf(task);
    if (task.on === undefined || phase === undefined) {
      alone.push(task);
      continue;
    }
    const cells = machines.get(task.on);
    if (cells) cells.set(phase, task);
    else machines.set(task.on, new Map([[phase, task]]));
  }
  if (machines.size < 2) return undefined;
  for (const cells of machines.values()) addInOrder(phases, [...cells.keys()]);
  const rows: GridRow[] = [
    ...[...machines].map(([machine, cells]) => ({machine, cells: phases.map((phase) => cells.get(phase))})),
    ...alone.map((task) => ({cells: [task]})),
  ];
  const failed = rows.filter(hasFailed);
  return {phases, rows: [...failed, ...rows.filter((row) => !hasFailed(row))]};
}

/** Tasks that one machine does for all of them (cluster/authorities) are none of its own. */
function phaseOf({id, on}: TaskState): string | undefined {
  const slash = id.indexOf('/');
  return on === undefined || slash < 1 || id.startsWith('cluster/') ? undefined : id.slice(slash + 1);
}

/** Machines of other roles have other phases: each new one goes behind the one it comes after. */
function addInOrder(phases: string[], more: readonly string[]): void {
  let place = 0;
  for (const phase of more) {
    const at = phases.indexOf(phase);
    if (at >= 0) place = at + 1;
    else phases.splice(place++, 0, phase);
  }
}

export function hasFailed({cells}: GridRow): boolean {
  return cells.some((task) => task?.status === 'failed');
}

/** Row and column of a task; those of the first one where it is in none. */
export function placeIn({rows}: RunGrid, id: string | undefined): {readonly row: number; readonly column: number} {
  for (const [row, {cells}] of rows.entries()) {
    const column = cells.findIndex((task) => task?.id === id);
    if (column >= 0) return {row, column};
  }
  return {row: 0, column: 0};
}

/** The task nearest to a place, in its row. */
export function taskNear(grid: RunGrid, row: number, column: number): string | undefined {
  const cells = grid.rows[Math.max(0, Math.min(grid.rows.length - 1, row))]?.cells ?? [];
  let nearest: {readonly id: string; readonly distance: number} | undefined;
  for (const [at, task] of cells.entries()) {
    const distance = Math.abs(at - column);
    if (task && (nearest === undefined || distance < nearest.distance)) nearest = {id: task.id, distance};
  }
  return nearest?.id;
}

/** The next task of the same row in one direction; the same one at the end. */
export function taskBeside(
  {rows}: RunGrid,
  {row, column}: {row: number; column: number},
  by: 1 | -1,
): string | undefined {
  const cells = rows[row]?.cells ?? [];
  for (let at = column + by; at >= 0 && at < cells.length; at += by) {
    const task = cells[at];
    if (task) return task.id;
  }
  return cells[column]?.id;
}

/** 'docker 197 of 200, kubelet 3 of 200; 2 machines failed': the phases that are at work or still to come. */
export function gridSummary({phases, rows}: RunGrid): string {
  const machines = rows.filter(({machine}) => machine !== undefined);
  const open = phases.flatMap((phase, column) => {
    const tasks = machines.flatMap(({cells}) => cells[column] ?? []);
    const done = tasks.filter(({status}) => status === 'done').length;
    return done === tasks.length ? [] : [`${phase} ${done} of ${tasks.length}`];
  });
  const failed = machines.filter(hasFailed).length;
  const words = open.length === 0 ? `all phases done on ${machines.length} machines` : open.join(', ');
  return failed === 0 ? words : `${failed} of ${machines.length} machines failed; ${words}`;
}
