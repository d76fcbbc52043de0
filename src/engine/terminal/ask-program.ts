import {spawn} from 'node:child_process';
import {ProblemError} from '../problem.ts';
import type {Answer, Question} from '../tools.ts';
import {checkProgram} from './find-program.ts';
import {type EndPatience, endSession} from './process-session.ts';

const patience: EndPatience = {killAfterMs: 500, giveUpAfterMs: 5_000};

/**
 * Runs a program to its end in a process session of its own: `input` on its stdin, what it says kept apart. Throws
 * `not-found` for a program that is not there. Aborting ends the whole session and rejects with the signal's reason;
 * saying more than `mostBytes` ends it too. Nothing of the session is left running.
 */
export async function askProgram(question: Question, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const {argv, cwd, environment, input, mostBytes} = question;
  const {PATH = ''} = environment;
  await checkProgram({argv, cwd}, PATH);
  signal.throwIfAborted();
  const [program, ...rest] = argv;
  const child = spawn(program, rest, {cwd, env: {...environment}, stdio: 'pipe', detached: true});
  const session = child.pid;
  if (session === undefined) throw await notStarted(program, child);
  const tooMuch = new AbortController();
  let bytes = 0;
  const gather = (stream: NodeJS.ReadableStream) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else tooMuch.abort();
    });
    return () => Buffer.concat(chunks).toString('utf8');
  };
  const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
  // It may end without having read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const closed = new Promise<{exit: number | null; by: NodeJS.Signals | null}>((resolve) =>
    child.on('close', (exit, by) => resolve({exit, by})),
  );
  const stop = AbortSignal.any([signal, tooMuch.signal]);
  const end = () => void endSession(session, patience);
  stop.addEventListener('abort', end, {once: true});
  try {
    const {exit, by} = await Promise.race([closed, lateAfter(stop)]);
    signal.throwIfAborted();
    const said = {stdout: stdout(), stderr: stderr(), saidTooMuch: tooMuch.signal.aborted};
    return by === null ? {...said, exit: exit ?? 0} : {...said, signal: by};
  } finally {
    stop.removeEventListener('abort', end);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    // What it left behind, if anything.
    await endSession(session, patience);
  }
}

/** A session that cannot be ended is not waited for longer than ending it is tried. */
function lateAfter(stop: AbortSignal): Promise<{exit: null; by: NodeJS.Signals}> {
  return new Promise((resolve) => {
    const giveUp = () => {
      setTimeout(() => resolve({exit: null, by: 'SIGKILL'}), patience.killAfterMs + patience.giveUpAfterMs).unref();
    };
    if (stop.aborted) giveUp();
    else stop.addEventListener('abort', giveUp, {once: true});
  });
}

function notStarted(program: string, child: NodeJS.EventEmitter): Promise<ProblemError> {
  return new Promise((resolve) =>
    child.on('error', (error) =>
      resolve(
        new ProblemError(
          {
            code: 'not-found',
            message: `${program} cannot be started: ${error.message}.`,
            hint: 'Check how many processes this account may have (ulimit -u).',
          },
          {cause: error},
        ),
      ),
    ),
  );
}
