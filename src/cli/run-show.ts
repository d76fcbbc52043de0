import type {RunView, TaskState} from '../engine/index.ts';
import {type Output, problemText} from './output.ts';
import {plainLine} from './plain.ts';
import {runDocument} from './run-list.ts';
import {interruptedProblem} from './run-teller.ts';
import {stateWord, taskFacts} from './task-line.ts';
import {showDate, showDuration} from './times.ts';
import {wrappedLines} from './wrap.ts';

/** `run show`: what happened, task by task, with the problem of each failure and its last lines. */
export function showRun(view: RunView, output: Output): void {
  if (output.json) {
    output.data(document(view));
    return;
  }
  const {summary, state} = view;
  const took = state.tookMs === undefined ? '' : `, took ${showDuration(state.tookMs)}`;
  const usual = view.usualMs === undefined ? '' : ` (usually ${showDuration(view.usualMs)})`;
  const text = [
    `${plainLine(summary.title)}: ${summary.status}`,
    `  run      ${summary.id}${state.runner > 1 ? ` (runner ${state.runner})` : ''}`,
    `  by       ${plainLine(summary.who)}`,
    `  started  ${showDate(summary.startedAt)}${took}${usual}`,
    `  folder   ${summary.folder}`,
    '',
    ...state.tasks.flatMap((task) => taskLines(task, output.colour)),
    ...(state.problem ? ['', problemText(state.problem, output.colour)] : []),
    ...(summary.status === 'interrupted' ? ['', problemText(interruptedProblem(view), output.colour)] : []),
  ].join('\n');
  output.print(wrappedLines(text, output.columns));
}

function taskLines(task: TaskState, colour: boolean): string[] {
  const tries = task.attempt > 1 ? `  ${task.attempt} tries` : '';
  return [
    `  ${stateWord(task.status, colour)}  ${taskFacts(task)}${tries}`,
    ...(task.problem
      ? problemText(task.problem, colour)
          .split('\n')
          .map((line) => `           ${line}`)
      : []),
  ];
}

function document(view: RunView): object {
  const {summary, state} = view;
  return {
    ...runDocument(summary),
    title: summary.title,
    who: summary.who,
    folder: summary.folder,
    ...(view.explanation ? {explanation: view.explanation} : {}),
    ...(state.problem ? {problem: state.problem} : {}),
    tasks: state.tasks.map(taskDocument),
  };
}

function taskDocument(task: TaskState): object {
  return {
    id: task.id,
    title: task.title,
    state: task.status,
    ...(task.on ? {on: task.on} : {}),
    ...(task.changed === undefined ? {} : {changed: task.changed}),
    ...(task.note ? {note: task.note} : {}),
    ...(task.because ? {because: task.because} : {}),
    ...(task.halfDone ? {halfDone: task.halfDone} : {}),
    ...(task.startedAt === undefined ? {} : {started: new Date(task.startedAt).toISOString()}),
    ...(task.tookMs === undefined ? {} : {tookMs: task.tookMs}),
    needs: task.needs,
    why: task.why,
    ...(task.problem ? {problem: task.problem} : {}),
  };
}
