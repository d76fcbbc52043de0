import {ProblemError} from '../problem.ts';
import type {Command, CommandEnd, CommandWatch, Terminal} from '../tools.ts';
import {commandEnvironment} from './environment.ts';
import {checkProgram} from './find-program.ts';
import {startInPipes} from './pipes-process.ts';
import {type EndPatience, endSession, usualPatience} from './process-session.ts';
import {loadNodePty, type PtyLibrary, startInPty} from './pty-process.ts';
import type {RunningProcess, Start} from './running-process.ts';

/** Everything has a default; tests bring others. */
export interface TerminalOptions {
  /** Loads node-pty; a rejection means that this computer can have no pty. */
  readonly load?: () => Promise<PtyLibrary>;
  /** What commands inherit. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly patience?: EndPatience;
}

/** The commands of this computer: in a pty where the library for it can be loaded, else over pipes. */
export async function createTerminal(options: TerminalOptions = {}): Promise<Terminal> {
  const library = await (options.load ?? loadNodePty)().catch(() => undefined);
  const kind = library === undefined ? 'pipes' : 'pty';
  const start = (what: Start) => (library === undefined ? startInPipes(what) : startInPty(library, what));
  const patience = options.patience ?? usualPatience;
  return {
    kind,
    run: async (command, watch, signal) => {
      signal.throwIfAborted();
      const environment = commandEnvironment(options.environment ?? process.env, command.env ?? {}, kind);
      const {PATH = '/usr/local/bin:/usr/bin:/bin'} = environment;
      await checkProgram(command, PATH);
      signal.throwIfAborted();
      return runToTheEnd(
        (told) =>
          start({
            argv: command.argv,
            cwd: command.cwd,
            environment,
            columns: command.columns ?? 80,
            rows: command.rows ?? 24,
            ...told,
          }),
        {command, watch, patience, signal},
      );
    },
  };
}

interface Run {
  readonly command: Command;
  readonly watch: CommandWatch;
  readonly patience: EndPatience;
  readonly signal: AbortSignal;
}

/** Ends the session on abort, and also when nobody can take the output: a hook must not run on unseen. */
async function runToTheEnd(
  start: (told: Pick<Start, 'output' | 'begun'>) => RunningProcess,
  {command, watch, patience, signal}: Run,
): Promise<CommandEnd> {
  const stop = new AbortController();
  const orStop = (tell: () => void) => {
    try {
      tell();
      return true;
    } catch (error) {
      stop.abort(error);
      return false;
    }
  };
  const running = begun(command, () =>
    start({
      output(bytes) {
        if (!stop.signal.aborted || signal.aborted) orStop(() => watch.output(bytes));
      },
      begun: (session) => orStop(() => watch.begun?.(session)),
    }),
  );
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, {once: true});
  const leftovers = new Promise<boolean>((resolve, reject) => {
    const end = () => void endSession(running.pid, patience).then(resolve, reject);
    if (stop.signal.aborted) end();
    else stop.signal.addEventListener('abort', end, {once: true});
  });
  try {
    const end = await Promise.race([running.ended, leftovers.then((stuck) => (stuck ? undefined : running.ended))]);
    if (end !== undefined && !stop.signal.aborted) return end;
    if (await leftovers) throw cannotBeEnded(command, running.pid);
    throw stop.signal.reason;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function begun(command: Command, start: () => RunningProcess): RunningProcess {
  try {
    return start();
  } catch (error) {
    throw new ProblemError(
      {
        code: 'not-found',
        message: `${lineOf(command)} cannot be started: ${error instanceof Error ? error.message : String(error)}.`,
        hint: 'Check how many processes and ptys this account may have (ulimit -u, /proc/sys/kernel/pty/max).',
        command: lineOf(command),
      },
      {cause: error},
    );
  }
}

function cannotBeEnded(command: Command, pid: number): ProblemError {
  return new ProblemError({
    code: 'deadline-passed',
    message: `${lineOf(command)} does not end, not even by KILL.`,
    hint: `Something of process session ${pid} waits for a disk, or belongs to another account: ps -s ${pid}`,
    command: lineOf(command),
  });
}

function lineOf(command: Command): string {
  return command.argv.join(' ').replace(/\p{Cc}/gu, '\ufffd');
}
