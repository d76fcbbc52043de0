import type {ClientChannel} from 'ssh2';
import type {RemoteEnd} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {notNeeded} from './deadline.ts';

/** After the end of a program, a process it left behind may keep its output open: silence this long is the end. */
const longestDrainMs = 1_000;

export interface ChannelEnd {
  /** Settles with how the program ended as soon as that is known; with undefined when the channel closed without a word. */
  readonly ended: Promise<RemoteEnd | undefined>;
  /** Settles after everything it printed was heard. */
  readonly closed: Promise<void>;
}

/** Watches for the end of what runs on a channel, which somebody must read. */
export function channelEnd(channel: ClientChannel, clock: Clock): ChannelEnd {
  const ended = Promise.withResolvers<RemoteEnd | undefined>();
  const closed = Promise.withResolvers<void>();
  let heard = 0;
  const hear = () => heard++;
  channel.on('data', hear);
  channel.stderr.on('data', hear);
  channel.once('exit', (code: number | null, signal?: string) => {
    ended.resolve(code === null ? {signal: signal ?? 'SIGKILL'} : {exit: code});
    void drain();
  });
  channel.once('close', () => {
    ended.resolve(undefined);
    if (channel.stderr.readableEnded) closed.resolve();
    else channel.stderr.once('end', () => closed.resolve());
  });
  const drain = async () => {
    const stop = new AbortController();
    void closed.promise.then(() => stop.abort(notNeeded));
    for (let before = -1; before !== heard; ) {
      before = heard;
      await clock.sleep(longestDrainMs, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
    }
    channel.close();
  };
  return {ended: ended.promise, closed: closed.promise};
}
