import type {Engine, RunView, TaskState} from '../engine/index.ts';
import {type Output, problemText} from './output.ts';
import {plainLine} from './plain.ts';
import {runDocument} from './run-list.ts';
import {interruptedProblem} from './run-teller.ts';
import {stateWord, taskFacts} from './task-line.ts';
import {showDate, showDuration, showSeconds} from './times.ts';
import {wrappedLines} from './wrap.ts';

/** `run show`: what happened, task by task, with the problem of each failure, its last lines, and what to do next. */
export function showRun(view: RunView, {runs}: Engine, output: Output): void {
  if (output.json) {
    output.data(document(view));
    return;
  }
  const {summary, state} = view;
  const took = state.tookMs === undefined ? '' : `, took ${showDuration(state.tookMs)}`;
  const usual = view.usualMs === undefined ? '' : ` (usually ${showDuration(view.usualMs)})`;
  const problems = [
    ...(state.notices ?? []),
    ...(state.problem ? [state.problem] : []),
    ...(summary.status === 'interrupted' ? [interruptedProblem(view)] : []),
  ];
  const next = nextStep(view);
  const text = [
    `${plainLine(summary.title)}: ${summary.status}`,
    `  run      ${summary.id}${state.runner > 1 ? ` (runner ${state.runner})` : ''}`,
    `  by       ${plainLine(summary.who)}`,
    `  started  ${showDate(summary.startedAt)}${took}${usual}`,
    `  folder   ${summary.folder}`,
    '',
    ...state.tasks.flatMap((task) => [
      ...taskLines(task, view, output.colour),
      ...(task.status === 'failed' ? outputLines(runs, summary.id, task) : []),
    ]),
    ...problems.flatMap((problem) => ['', problemText(problem, output.colour)]),
    ...(next ? ['', next] : []),
  ].join('\n');
  output.print(wrappedLines(text, output.columns));
}

function taskLines(task: TaskState, {summary, up}: RunView, colour: boolean): string[] {
  const tries = task.attempt > 1 ? `  ${task.attempt} tries` : '';
  const running = task.status === 'running';
  const broken = running && summary.status === 'interrupted';
  const word = broken ? stateWord('interrupted', colour, 'cut off') : stateWord(task.status, colour);
  const since =
    running && !broken && task.startedUp !== undefined ? `  for ${showSeconds(Math.max(0, up - task.startedUp))}` : '';
  return [
    `  ${word}  ${taskFacts(task)}${since}${tries}`,
    ...(task.problem
      ? problemText(task.problem, colour)
          .split('\n')
          .map((line) => `           ${line}`)
      : []),
  ];
}

/** Where the whole output of a task is. */
function outputLines(runs: Engine['runs'], id: string, task: TaskState): string[] {
  const store = runs.output(id, task.id);
  try {
    return store.get().files.map((file) => `           output: ${plainLine(file)}`);
  } finally {
    store.close();
  }
}

function nextStep({summary}: RunView): string | undefined {
  switch (summary.status) {
    case 'failed':
    case 'stopped':
      return `Do it again with a new plan: pai-tui run repeat ${summary.id}`;
    case 'running':
    case 'waiting':
      return `Follow it: pai-tui run attach ${summary.id}`;
    default:
      return undefined;
  }
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
