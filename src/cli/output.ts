import {isError, type Problem, ProblemError} from '../engine/index.ts';
import {jsonLine, plainLine, plainText} from './plain.ts';
import {openStatusLine, type StatusLine} from './status-line.ts';
import {isUtf8, type World} from './world.ts';
import {wrappedLines} from './wrap.ts';

/** Where a command says things: results on stdout, everything else on stderr, whole lines at a time. */
export interface Output {
  readonly json: boolean;
  /** Whether lines on stdout may carry colours. */
  readonly colour: boolean;
  /** Columns of the terminal on stdout; undefined elsewhere, where nothing is cut. */
  readonly columns: number | undefined;
  /** One or more lines of result for a person. */
  print(text: string): void;
  /** This text on stdout and nothing else, not even a line end. */
  exactly(text: string): void;
  /** One JSON value on its line on stdout. */
  data(value: unknown): void;
  /** Something said beside the result, on stderr. */
  say(text: string): void;
  /** `code: sentence`, where, and the hint, on stderr, wrapped to the columns of a terminal. */
  problem(problem: Problem): void;
  /** The line at the bottom that is drawn again and again; undefined where lines are only ever added. */
  readonly statusLine: StatusLine | undefined;
  /** Aborted when stdout takes no more: whoever read it went away (`| head`), or its disk is full. */
  readonly closed: AbortSignal;
  /** Waits until all was taken. Throws `file-unwritable` when results got lost; that nobody wanted more is no error. */
  finish(): Promise<void>;
}

/** Makes the output of one command; a reader that goes away is no error. */
export function openOutput(world: World, choice: {readonly json: boolean; readonly noColor: boolean}): Output {
  const closed = new AbortController();
  const {stdout, stderr} = world;
  const {NO_COLOR, TERM} = world.environment;
  const shown = (stream: {isTTY?: boolean}) => stream.isTTY === true && !choice.noColor && !NO_COLOR && TERM !== 'dumb';
  let lost: NodeJS.ErrnoException | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // EIO from a terminal: it went away, and whoever read it.
    if (error.code !== 'EPIPE' && !(error.code === 'EIO' && stdout.isTTY)) lost ??= error;
    closed.abort(error);
  });
  // Nobody is left to be told when stderr is gone.
  stderr.on('error', () => {});
  const statusLine =
    stdout.isTTY && stderr.isTTY && !choice.json && TERM !== 'dumb' ? openStatusLine(stderr, isUtf8(world)) : undefined;
  let taken = Promise.resolve();
  const exactly = (text: string) => {
    statusLine?.erase();
    if (!closed.signal.aborted) taken = new Promise((resolve) => stdout.write(text, () => resolve()));
  };
  const write = (text: string) => exactly(`${text}\n`);
  const say = (text: string) => {
    statusLine?.erase();
    stderr.write(`${text}\n`);
  };
  return {
    json: choice.json,
    colour: shown(stdout) && !choice.json,
    columns: stdout.isTTY ? stdout.columns : undefined,
    print: write,
    exactly,
    data: (value) => write(jsonLine(value)),
    say,
    problem: (problem) =>
      say(wrappedLines(problemText(problem, shown(stderr)), stderr.isTTY ? stderr.columns : undefined)),
    statusLine,
    closed: closed.signal,
    async finish() {
      await taken;
      if (lost) throw unwritable(lost);
    },
  };
}

function unwritable({code, message}: NodeJS.ErrnoException): ProblemError {
  const because = code === 'ENOSPC' ? 'its disk is full' : (code ?? message);
  return new ProblemError({
    code: 'file-unwritable',
    message: `Not all of the answer could be written to stdout: ${because}.`,
    hint: 'Make room, or send it elsewhere, and ask again.',
  });
}

/** A Problem as lines for a person: `code: sentence`, where it is, what is known, what to do. */
export function problemText(problem: Problem, colour: boolean): string {
  const code = isError(problem) ? problem.code : `${problem.severity} ${problem.code}`;
  const paint = problem.severity === 'notice' ? '36' : problem.severity === 'warning' ? '33' : '31';
  const where = problem.file
    ? `${plainLine(problem.file)}${problem.line ? `:${problem.line}${problem.column ? `:${problem.column}` : ''}` : ''}${problem.key ? ` (${plainLine(problem.key)})` : ''}`
    : undefined;
  const command = problem.command
    ? `command: ${plainLine(problem.command)}${problem.exitCode === undefined ? '' : ` (exit ${problem.exitCode})`}`
    : undefined;
  return [
    `${colour ? `\u001b[${paint}m${code}\u001b[0m` : code}: ${plainLine(problem.message)}`,
    ...(where ? [`  ${where}`] : []),
    ...(problem.machine ? [`  on ${plainLine(problem.machine)}`] : []),
    ...(command ? [`  ${command}`] : []),
    ...(problem.detail ? [indented(plainText(problem.detail))] : []),
    ...(problem.hint ? [`hint: ${plainLine(problem.hint)}`] : []),
  ].join('\n');
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  | ${line}`)
    .join('\n');
}
