import {effectWords, outlineOf, type Proposal, type Task} from '../engine/index.ts';
import {problemText} from './output.ts';
import {plainLine} from './plain.ts';

/** A plan as a person approves it: every task, why it is there, and everything it may change. */
export function planText(proposal: Proposal, colour: boolean): string {
  const {plan} = proposal;
  return [
    `${plainLine(plan.title)}: ${countsInWords(plan.tasks)}.`,
    ...plan.tasks.flatMap(taskLines),
    ...undoLines(plan.tasks),
    ...plan.notices.map((notice) => problemText(notice, colour)),
  ].join('\n');
}

/** The JSON of `--dry-run`. */
export function planDocument({plan, planHash, nothingToDo}: Proposal): object {
  const {operation, title, notices} = plan;
  return {plan: {operation, title, hash: planHash, nothingToDo, tasks: plan.tasks.map(outlineOf), notices}};
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
  return `${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'}${counts.length > 0 ? `, ${counts.join(', ')}` : ''}`;
}

function taskLines(task: Task): string[] {
  const expected = {change: 'change', 'decided while running': 'maybe', unchanged: 'unchanged'}[task.expected];
  const on = task.on ? ` on ${plainLine(task.on)}` : '';
  return [
    `  ${expected.padEnd(9)}  ${plainLine(task.title)}${on}${task.critical ? ' (critical: never interrupted in the middle)' : ''}`,
    ...task.why.map((reason) => `               because ${plainLine(reason)}`),
    // What a task that is expected to change nothing may touch all the same belongs to what is approved.
    ...task.does.map((effect) => `               ${plainLine(effectWords(effect))}`),
  ];
}

/** Each way back once, and whose it is where not all tasks share it. */
function undoLines(tasks: readonly Task[]): string[] {
  const titles = new Map<string, string[]>();
  for (const {undo, expected, title} of tasks) {
    if (undo === undefined || expected === 'unchanged') continue;
    titles.set(undo, [...(titles.get(undo) ?? []), plainLine(title)]);
  }
  return [...titles].map(
    ([undo, whose]) => `To take it back${titles.size > 1 ? ` (${whose.join(', ')})` : ''}: ${plainLine(undo)}`,
  );
}
