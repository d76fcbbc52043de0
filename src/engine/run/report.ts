import {displayText} from '../names.ts';
import {effectWords} from '../plan/effect-words.ts';
import type {Problem} from '../problem.ts';
import type {RunState, TaskState} from './events.ts';
import type {RequestRecord} from './folder.ts';
import {shortDuration} from './words.ts';

/**
 * report.md of a run: what was asked for, what became of each task, machine by machine, and what is half-done.
 * `leftOut`: bytes of a task's output that were not kept.
 */
export function reportOf(state: RunState, record: RequestRecord, leftOut: (task: string) => number = () => 0): string {
  const machines = [...new Set(state.tasks.map(machineOf))];
  const halfDone = state.tasks.filter((task) => task.halfDone !== undefined);
  const blocks = [
    `# ${state.title}`,
    [
      `- Run ${state.run}: **${state.status}**${state.tookMs === undefined ? '' : ` after ${shortDuration(state.tookMs)}`}`,
      `- Asked for by ${record.who}${record.from === undefined ? '' : ` (from ${record.from})`}, ${timeWords(record.at)}`,
      ...(state.startedAt === undefined ? [] : [`- Started ${timeWords(state.startedAt)}`]),
      ...(state.endedAt === undefined ? [] : [`- Ended ${timeWords(state.endedAt)}`]),
      ...(state.runner > 1 ? [`- Resumed ${state.runner === 2 ? 'once' : `${state.runner - 1} times`}`] : []),
      ...(state.cancel ? [`- Stopped by ${state.cancel.by} (stage ${state.cancel.stage})`] : []),
      `- Operation \`${state.operation}\`, plan ${state.planHash}, pai-tui ${record.programVersion}`,
    ].join('\n'),
    ...(state.problem ? [problemBlock(state.problem)] : []),
    ...(state.notices ?? []).map((notice) => `> ${notice.message}`),
    ...(halfDone.length > 0
      ? ['## Half-done', halfDone.map((task) => `- ${machineOf(task)}, ${task.title}: ${task.halfDone}`).join('\n')]
      : []),
    ...machines.flatMap((machine) => [
      `## ${machine}`,
      ...state.tasks.filter((task) => machineOf(task) === machine).map((task) => taskBlock(task, leftOut(task.id))),
    ]),
  ];
  return `${withoutControls(blocks.join('\n\n'))}\n`;
}

/** What a hook or an engine said may hold what a terminal obeys. */
function withoutControls(text: string): string {
  return text.split('\n').map(displayText).join('\n');
}

function taskBlock(task: TaskState, leftOut: number): string {
  const outcome = task.status === 'done' ? `done, ${task.changed ? 'changed' : 'unchanged'}` : task.status;
  const words = [
    task.note,
    task.status === 'skipped' && task.because !== undefined ? task.because : undefined,
    task.tookMs === undefined ? undefined : shortDuration(task.tookMs),
    task.attempt > 1 ? `${task.attempt} attempts` : undefined,
  ].filter((word) => word !== undefined);
  const lines = [
    `### ${task.title} (\`${task.id}\`): ${outcome}`,
    ...(words.length > 0 ? [words.join(' · ')] : []),
    ...(task.status === 'done' && task.changed ? [task.does.map((effect) => `- ${doneWords(effect)}`).join('\n')] : []),
    ...(task.problem ? [problemBlock(task.problem)] : []),
    ...(leftOut > 0
      ? [`Of its output the beginning and the end were kept; ${leftOut} bytes between them were not.`]
      : []),
    ...(task.changed && task.undo !== undefined ? [`To take it back: ${task.undo}`] : []),
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}

function doneWords(effect: TaskState['does'][number]): string {
  const digest = effect.kind === 'file' && effect.digest && effect.digest !== 'secret' ? ` (${effect.digest})` : '';
  return `${effectWords(effect)}${digest}`;
}

function problemBlock(problem: Problem): string {
  const where = [
    problem.file === undefined ? undefined : `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`}`,
    problem.command === undefined ? undefined : `\`${problem.command}\``,
    problem.exitCode === undefined ? undefined : `exit code ${problem.exitCode}`,
  ].filter((part) => part !== undefined);
  return [
    `**${problem.code}**: ${problem.message}`,
    ...(where.length > 0 ? [where.join(' · ')] : []),
    ...(problem.hint === undefined ? [] : [problem.hint]),
    ...(problem.detail === undefined ? [] : [problem.detail.replace(/^/gm, '    ')]),
  ].join('\n\n');
}

function machineOf(task: TaskState): string {
  return task.on ?? 'This computer';
}

function timeWords(epoch: number): string {
  return new Date(epoch).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC');
}
