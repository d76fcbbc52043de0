import {spawn} from 'node:child_process';
import {once} from 'node:events';
import type {CommandEnd} from '../tools.ts';
import {drained, type RunningProcess, type Start} from './running-process.ts';

/** As node-pty does: how long the output may stay open after the command is gone. */
const openAfterEndMs = 200;

/**
 * Starts a command with its output in one pipe, in order. The shell only waits for a line, joins the two outputs and
 * becomes the command; it reads none of the arguments. Without the line, because this process was killed before it
 * could say whom it started, there is no command either.
 */
export function startInPipes(start: Start): RunningProcess {
  const child = spawn('/bin/sh', ['-c', 'read -r pai_go && exec "$@" 2>&1 < /dev/null', 'sh', ...start.argv], {
    cwd: start.cwd,
    env: {...start.environment, PWD: start.cwd},
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  if (child.pid === undefined) {
    child.on('error', () => undefined);
    throw new Error('the system starts no more processes');
  }
  let received = 0;
  child.stdout.on('data', (bytes: Buffer) => {
    received += bytes.length;
    start.output(asTerminal(bytes));
  });
  // It may be gone already.
  child.stdin.on('error', () => undefined);
  child.stdin.end(start.begun(child.pid) ? '\n' : '');
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  const ended = async (): Promise<CommandEnd> => {
    const [code, signal] = await exit;
    const timer = new AbortController();
    await Promise.race([closed, pause(openAfterEndMs, timer.signal)]);
    timer.abort();
    await drained(() => received);
    child.stdout.destroy();
    return signal === null ? {exit: code ?? 0} : {signal};
  };
  return {pid: child.pid, ended: ended()};
}

/** A terminal's line discipline: every line feed returns the carriage. */
function asTerminal(bytes: Buffer): Uint8Array {
  return bytes.includes(0x0a) ? Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1') : bytes;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => clearTimeout(timer), {once: true});
  });
}
