import {type TaskState, taskTitle} from '../engine/index.ts';
import {plainLine} from './plain.ts';
import {showDuration} from './times.ts';

const paints = {running: '36', done: '32', failed: '31', skipped: '33', stopped: '33', waiting: '0', interrupted: '33'};

/** A state as a word of a column, painted where colours are wanted. */
export function stateWord(state: keyof typeof paints, colour: boolean, word: string = state): string {
  return paint(word.padEnd(7), paints[state], colour);
}

/** Title and facts of a task: how long it took, whether it changed something, what it noted. */
export function taskFacts(task: TaskState): string {
  const facts = [
    taskTitle(task),
    task.tookMs === undefined ? '' : showDuration(task.tookMs),
    task.status === 'done' ? (task.changed ? 'changed' : 'unchanged') : '',
    task.note ?? '',
    task.because ? `because ${task.because.replace(/^because /, '')}` : '',
    task.halfDone ? `half done: ${task.halfDone}` : '',
  ];
  return facts
    .filter((fact) => fact !== '')
    .map(plainLine)
    .join('  ');
}

function paint(text: string, code: string, colour: boolean): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}
