import {constants} from 'node:os';
import type {Duplex} from 'node:stream';
import type {CommandEnd} from '../tools.ts';
import {drained, type RunningProcess, type Start} from './running-process.ts';

/** What is used of node-pty. */
export interface PtyLibrary {
  spawn(
    file: string,
    args: string[],
    options: {cwd: string; env: Record<string, string>; cols: number; rows: number; name: string; encoding: null},
  ): Pty;
}

interface Pty {
  readonly pid: number;
  onData(listener: (data: string) => void): unknown;
  onExit(listener: (end: {exitCode: number; signal?: number}) => void): unknown;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
}

/** A command in a pty that somebody types into. What comes after its end does nothing. */
export interface RunningPty extends RunningProcess {
  write(bytes: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** Leaves what the command prints where it is: when the pty is full it has to wait. */
  pause(): void;
  resume(): void;
}

/** Rejects where there is no pty to be had: another C library, an unknown processor. */
export async function loadNodePty(): Promise<PtyLibrary> {
  const {spawn} = await import('node-pty');
  return {spawn};
}

/** Starts a command in a pty of its own. */
export function startInPty(library: PtyLibrary, start: Start): RunningPty {
  const [file, ...args] = start.argv;
  const {TERM: name = 'xterm-256color'} = start.environment;
  const pty = library.spawn(file, args, {
    cwd: start.cwd,
    env: {...start.environment},
    cols: start.columns,
    rows: start.rows,
    name,
    encoding: null,
  });
  let received = 0;
  // Without an encoding the data are bytes, whatever the types say.
  pty.onData((data: unknown) => {
    const bytes = data as Uint8Array;
    received += bytes.length;
    start.output(bytes);
  });
  let isEnded = false;
  let letGoOn: Promise<void> | undefined;
  let letGo = (): void => undefined;
  readToTheEnd(pty, async () => {
    await letGoOn;
    await drained(() => received);
  });
  start.begun(pty.pid);
  return {
    pid: pty.pid,
    ended: new Promise((resolve) =>
      pty.onExit(({exitCode, signal}) => {
        isEnded = true;
        resolve(endOf(exitCode, signal));
      }),
    ),
    write(bytes) {
      // Bytes without an encoding again.
      if (!isEnded) pty.write((typeof bytes === 'string' ? bytes : Buffer.from(bytes)) as string);
    },
    resize(columns, rows) {
      if (!isEnded) pty.resize(columns, rows);
    },
    pause() {
      if (isEnded || letGoOn !== undefined) return;
      letGoOn = new Promise((resolve) => {
        letGo = resolve;
      });
      pty.pause();
    },
    resume() {
      letGoOn = undefined;
      letGo();
      if (!isEnded) pty.resume();
    },
  };
}

/**
 * node-pty destroys its socket 200 ms after the exit of the command, read or unread, so that a child which keeps the
 * pty open cannot hold it. On a busy machine that would cost the last lines, the ones that say what went wrong:
 * they are read first, however long whoever reads is behind.
 */
function readToTheEnd(pty: Pty, isRead: () => Promise<void>): void {
  const {_socket: socket} = pty as {_socket?: Duplex};
  if (socket === undefined) return;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    socket.destroy = destroy;
    void isRead().then(() => destroy(error));
    return socket;
  };
}

function endOf(exit: number, signal: number | undefined): CommandEnd {
  if (!signal) return {exit};
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return {signal: name ?? `signal ${signal}`};
}
