import {spawn} from 'node:child_process';
import {ProblemError} from '../problem.ts';
import {editorArguments} from './editor-arguments.ts';
import {checkProgram} from './find-program.ts';
import {shellWords} from './shell-words.ts';
import {restoreModes, terminalModes} from './tty-modes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long an editor may take to end once it was asked to. */
const patienceMs = 1000;

/**
 * Opens a file at a line in the operator's editor, on the terminal of this process, and returns when the editor has
 * ended. However it ends, the terminal has the modes it had before. Throws `not-found`, `usage`, `editor-failed`.
 */
export async function openEditor(
  {file, line}: {readonly file: string; readonly line?: number | undefined},
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const argv = editorArguments(await findEditor(environment), file, line);
  signal.throwIfAborted();
  const modes = await terminalModes();
  try {
    await runToTheEnd(argv, environment, signal);
  } finally {
    await restoreModes(modes);
  }
}

/** The words of the editor's command: of EDITOR, else of VISUAL, else the first usual one that is there. */
async function findEditor(environment: Environment): Promise<readonly [string, ...string[]]> {
  const {PATH = '/usr/local/bin:/usr/bin:/bin'} = environment;
  for (const variable of ['EDITOR', 'VISUAL']) {
    const value = environment[variable]?.trim() ?? '';
    if (value === '') continue;
    const [program, ...given] = shellWords(value) ?? [];
    const hint = `Correct ${variable} (${value}), or unset it: then vi or nano is used.`;
    if (program === undefined) {
      throw new ProblemError({code: 'usage', message: `${variable} is no command: a quote in it is not closed.`, hint});
    }
    await checkProgram({argv: [program, ...given], cwd: '.'}, PATH).catch((error: unknown) => {
      throw error instanceof ProblemError ? new ProblemError({...error.problem, hint}) : error;
    });
    return [program, ...given];
  }
  for (const program of ['vi', 'nano']) {
    const isThere = await checkProgram({argv: [program], cwd: '.'}, PATH).then(
      () => true,
      () => false,
    );
    if (isThere) return [program];
  }
  throw new ProblemError({
    code: 'not-found',
    message: 'There is no editor: EDITOR is not set, and neither vi nor nano is in PATH.',
    hint: 'Set EDITOR to the one you use, or install vi or nano.',
  });
}

function runToTheEnd(
  [program, ...words]: readonly [string, ...string[]],
  environment: Environment,
  signal: AbortSignal,
): Promise<void> {
  const editor = program.replace(/\p{Cc}/gu, '\ufffd');
  return new Promise((resolve, reject) => {
    const failed = (how: string, hint: string) =>
      reject(new ProblemError({code: 'editor-failed', message: `${editor} ${how}.`, hint}));
    const child = spawn(program, words, {stdio: 'inherit', env: environment});
    let giveUp: NodeJS.Timeout | undefined;
    const end = () => {
      child.kill('SIGTERM');
      giveUp = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    };
    signal.addEventListener('abort', end, {once: true});
    const ended = () => {
      signal.removeEventListener('abort', end);
      clearTimeout(giveUp);
    };
    child.once('error', (error) => {
      ended();
      failed(`cannot be started: ${error.message}`, 'Check EDITOR.');
    });
    child.once('exit', (code, killed) => {
      ended();
      if (signal.aborted) reject(signal.reason);
      else if (code === 0) resolve();
      else if (killed) failed(`was ended by ${killed}`, 'What it had not saved is lost.');
      else failed(`ended with exit code ${code}`, 'What it saved is in the file, the rest is not.');
    });
  });
}
