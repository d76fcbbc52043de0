import {type FoldedTask, foldTasks, foldUndo, outlineOf, type Proposal, type Task} from '../engine/index.ts';
import {problemText} from './output.ts';
import {plainLine} from './plain.ts';

/**
 * A plan as a person approves it: every task, why it is there, and everything it may change. What is done on many
 * machines in the same way is said once, with their names as a host list.
 */
export function planText({plan}: Proposal, colour: boolean): string {
  const folded = foldTasks(plan.tasks);
  const titles = new Map(folded.flatMap(({tasks, title}) => tasks.map(({id}) => [id, title] as const)));
  return [
    `${plainLine(plan.title)}: ${countsInWords(plan.tasks)}.`,
    ...folded.flatMap((task) => taskLines(task, titles, colour)),
    ...undoLines(folded),
    ...plan.notices.map((notice) => problemText(notice, colour)),
    ...(plan.confirm === undefined
      ? []
      : [
          `To carry it out, ${plainLine(plan.confirm)} has to be typed, or given as --confirm ${plainLine(plan.confirm)}.`,
        ]),
  ].join('\n');
}

/** The JSON of `--dry-run`. */
export function planDocument({plan, planHash, nothingToDo}: Proposal): object {
  const {operation, title, notices, confirm} = plan;
  return {
    plan: {
      ...{operation, title, hash: planHash, nothingToDo},
      ...(confirm === undefined ? {} : {confirm}),
      ...{tasks: plan.tasks.map(outlineOf), notices},
    },
  };
}

function countsInWords(tasks: readonly Task[]): string {
  const words = {
    change: 'would change something',
    'decided while running': 'decided while running',
    unchanged: 'unchanged',
  };
  const counts = Object.entries(words).flatMap(([expected, said]) => {
    const count = tasks.filter((task) => task.expected === expected).length;
    return count > 0 ? [`${count} ${said}`] : [];
  });
  const touching = tasks.filter(({touches, expected}) => touches === 'data' && expected !== 'unchanged').length;
  return [
    `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}`,
    ...counts,
    ...(touching > 0 ? [`${touching} of them on data`] : []),
  ].join(', ');
}

function taskLines(folded: FoldedTask<Task>, titles: ReadonlyMap<string, string>, colour: boolean): string[] {
  const [task] = folded.tasks;
  const expected = {change: 'change', 'decided while running': 'maybe', unchanged: 'unchanged'}[task.expected];
  const critical = task.critical ? ' (critical: never interrupted in the middle)' : '';
  const data = task.touches === 'data' ? ` ${inRed('(touches data)', colour)}` : '';
  const waits = new Set(folded.tasks.flatMap(({after = []}) => after.map((id) => titles.get(id) ?? id)));
  return [
    `  ${expected.padEnd(9)}  ${plainLine(folded.title)}${critical}${data}`,
    ...[
      ...(folded.hosts === undefined ? [] : [`on ${folded.hosts}`]),
      ...[...waits].map((title) => `once this has ended, well or not: ${title}`),
      ...folded.why.map((reason) => `because ${reason}`),
      // What a task that is expected to change nothing may touch all the same belongs to what is approved.
      ...folded.does,
    ].map((line) => `               ${plainLine(line)}`),
  ];
}

/** Each way back once, and whose it is where not all tasks share it. */
function undoLines(folded: readonly FoldedTask[]): string[] {
  const ways = foldUndo(folded);
  return ways.map(({undo, whose}) => {
    const of = ways.length > 1 ? ` (${whose.map(plainLine).join(', ')})` : '';
    return `To take it back${of}: ${plainLine(undo)}`;
  });
}

function inRed(text: string, colour: boolean): string {
  return colour ? `\u001b[31m${text}\u001b[0m` : text;
}
