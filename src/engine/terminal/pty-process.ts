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
}

/** Starts a command in a pty of its own. */
export function startInPty(library: PtyLibrary, start: Start): RunningProcess {
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
  readToTheEnd(pty, () => received);
  start.begun(pty.pid);
  return {
    pid: pty.pid,
    ended: new Promise((resolve) => pty.onExit(({exitCode, signal}) => resolve(endOf(exitCode, signal)))),
  };
}

/**
 * node-pty destroys its socket 200 ms after the exit of the command, read or unread, so that a child which keeps the
 * pty open cannot hold it. On a busy machine that would cost the last lines, the ones that say what went wrong:
 * they are read first.
 */
function readToTheEnd(pty: Pty, received: () => number): void {
  const {_socket: socket} = pty as {_socket?: Duplex};
  if (socket === undefined) return;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    socket.destroy = destroy;
    void drained(received).then(() => destroy(error));
    return socket;
  };
}

function endOf(exit: number, signal: number | undefined): CommandEnd {
  if (!signal) return {exit};
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return {signal: name ?? `signal ${signal}`};
}
