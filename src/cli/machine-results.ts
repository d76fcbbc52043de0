import type {MachineRun, MachineRunLook, OutputGroup, Problem} from '../engine/index.ts';
import {foldHostNames} from '../engine/index.ts';
import {codeOfMachines} from './machine-words.ts';
import type {Output} from './output.ts';
import {colouredLine, plainLine, plainText} from './plain.ts';
import type {Ended} from './world.ts';

/** One machine in the JSON of `machine run` and `machine logs`. */
export function resultDocument({machine, status, end, problem}: MachineRunLook, run: MachineRun) {
  const {stdout, stderr, leftOutBytes} = run.streams(machine.name);
  return {
    machine: machine.name,
    state: status,
    exit: end?.exit ?? null,
    signal: end?.signal ?? null,
    stdout,
    stderr,
    ...(leftOutBytes > 0 ? {leftOutBytes} : {}),
    ...(problem ? {problem} : {}),
  };
}

export function codeOfRun(looks: readonly MachineRunLook[]): Ended {
  return codeOfMachines(
    looks.map(({status, end, problem}) => ({
      fine: status === 'done' && (end?.exit ?? 0) === 0 && end?.signal === undefined,
      unreached: status === 'unreachable' ? (problem ?? notReached) : undefined,
    })),
  );
}

const notReached: Problem = {code: 'machine-unreachable', message: 'It was not reached.'};

/** How many lines of a group are printed; more of them are in the files of --output-dir. */
const mostLines = 400;

/** A group of machines that said the same: their names, how they ended, and the text, or how it differs. */
export function groupText({machines, end, text, difference}: OutputGroup, {colour}: Output): string {
  const names = plainLine(foldHostNames(machines.map(({name}) => name)));
  const count = machines.length === 1 ? '' : `${machines.length} machines: `;
  const heading = `== ${count}${names} (${endWords(end)})${difference ? ', differs:' : ''}`;
  const shown = colour ? colouredLine : plainText;
  const lines = difference
    ? difference.map((line) => `${signs[line.kind]} ${shown(line.text)}`)
    : text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `  ${shown(line)}`);
  return [paint(heading, '1', colour), ...bounded(lines)].join('\n');
}

const signs = {same: ' ', added: '+', removed: '-', 'left out': ' ...'} as const;

function endWords(end: OutputGroup['end']): string {
  if (!end) return 'without an end';
  return end.signal ? `ended by ${plainLine(end.signal)}` : `exit ${end.exit ?? '?'}`;
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= mostLines) return lines;
  const half = mostLines / 2;
  const left = lines.length - mostLines;
  return [...lines.slice(0, half), `  ... ${left} lines more; --output-dir DIR keeps all`, ...lines.slice(-half)];
}

function paint(text: string, code: string, colour: boolean): string {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text;
}

const statusWords: Readonly<Record<MachineRunLook['status'], string>> = {
  done: 'done',
  failed: 'failed',
  unreachable: 'not reached',
  stopped: 'stopped',
  skipped: 'skipped',
  running: 'still running',
  connecting: 'still connecting',
  waiting: 'still waiting',
};

/** '14 done, 1 failed, 1 not reached' */
export function outcomeWords(looks: readonly MachineRunLook[]): string {
  return Object.entries(statusWords)
    .flatMap(([status, word]) => {
      const count = looks.filter((look) => look.status === status).length;
      return count > 0 ? [`${count} ${word}`] : [];
    })
    .join(', ');
}
