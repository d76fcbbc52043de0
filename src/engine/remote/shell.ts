import type {ClientChannel} from 'ssh2';
import type {RemoteEnd, RemoteShell, ShellRequest} from '../machine-tools.ts';
import {channelEnd} from './channel-end.ts';
import type {Line} from './line.ts';
import {lost} from './lost.ts';
import {scriptInArgument} from './script-argument.ts';

/** `Remote.shell`. Hangs up when the signal is aborted. */
export async function openShell(
  line: Line,
  {columns, rows, script}: ShellRequest,
  signal: AbortSignal,
): Promise<RemoteShell> {
  const connection = await line.connection(signal);
  const pty = {term: 'xterm-256color', cols: columns, rows, width: 0, height: 0};
  const command = script === undefined ? undefined : scriptInArgument(script);
  const channel = await connection.open(command, {use: 'work', pty}, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw lost(line.target, 'no terminal could be opened on it', undefined, error);
  });
  return shellOn(line, channel, signal);
}

function shellOn(line: Line, channel: ClientChannel, signal: AbortSignal): RemoteShell {
  const {ended, closed} = channelEnd(channel, line.clock);
  let hungUp = false;
  const close = () => {
    hungUp = true;
    channel.end();
    channel.close();
    channel.resume();
  };
  const end: Promise<RemoteEnd> = ended.then(async (how) => {
    await closed;
    if (how !== undefined) return how;
    if (hungUp) return {signal: 'SIGHUP'};
    throw lost(line.target, 'it broke while a terminal was open on it');
  });
  // Whoever has not asked for the end does not miss it.
  end.catch(() => {});
  void closed.then(() => signal.removeEventListener('abort', close));
  signal.addEventListener('abort', close, {once: true});
  // Nothing of a pty comes this way, but it has to be read for the end to come.
  channel.stderr.resume();
  // Held until somebody listens: the first prompt is not to be missed.
  channel.pause();
  return {
    write: (bytes) => {
      if (channel.writable) channel.write(bytes);
    },
    resize: (columns, rows) => channel.setWindow(rows, columns, 0, 0),
    pause: () => channel.pause(),
    resume: () => channel.resume(),
    onOutput: (listener) => {
      channel.on('data', listener);
      channel.resume();
    },
    ended: end,
    close,
  };
}
