import type {RemoteShell, TerminalSession} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';
import {checkProgram} from './find-program.ts';
import {type EndPatience, endSession} from './process-session.ts';
import {loadNodePty, type PtyLibrary, startInPty} from './pty-process.ts';
import {openTerminalScreen, type ScreenSize} from './terminal-screen.ts';

/** A program of this computer that somebody types into. */
export interface LocalProgram extends ScreenSize {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** All of it but TERM and COLORTERM; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LocalScreenOptions {
  readonly clock: Clock;
  readonly patience?: EndPatience;
  /** Loads node-pty. */
  readonly load?: () => Promise<PtyLibrary>;
}

/** Shells end at once when they are hung up on; what does not, has had its warning. */
const shortPatience: EndPatience = {killAfterMs: 2_000, giveUpAfterMs: 5_000};

/**
 * Starts a program of this computer in a pty with a screen in memory. Closing it hangs up on all of its process session,
 * and kills what is left a moment later. Throws `not-found` for a program or folder that is not there, and where no pty
 * can be had.
 */
export async function openLocalScreen(program: LocalProgram, options: LocalScreenOptions): Promise<TerminalSession> {
  const {argv, cwd, environment, columns, rows} = program;
  const {PATH = '/usr/local/bin:/usr/bin:/bin'} = environment;
  await checkProgram({argv, cwd}, PATH);
  const library = await (options.load ?? loadNodePty)().catch((error: unknown) => {
    throw new ProblemError(
      {
        code: 'not-found',
        message: 'No pty can be had here, so nothing can be shown that is typed into.',
        hint: 'Use another terminal for it: the library for ptys is built for Linux with glibc on x64 and arm64.',
      },
      {cause: error},
    );
  });
  let output: (bytes: Uint8Array) => void = () => undefined;
  const running = startInPty(library, {
    argv,
    cwd,
    environment: {...environment, TERM: 'xterm-256color', COLORTERM: 'truecolor'},
    columns,
    rows,
    output: (bytes) => output(bytes),
    begun: () => true,
  });
  const shell: RemoteShell = {
    ...running,
    onOutput(listener) {
      output = listener;
    },
    close() {
      running.resume();
      void endSession(running.pid, options.patience ?? shortPatience, 'SIGHUP').catch(() => undefined);
    },
  };
  return openTerminalScreen(shell, {columns, rows}, options.clock);
}
