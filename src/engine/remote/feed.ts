import {Readable} from 'node:stream';
import type {ClientChannel} from 'ssh2';
import type {RemoteCommand} from '../machine-tools.ts';

/** What a script is given to read. */
export interface Feeding {
  /** Settles when all was handed over; rejects when the source fails. Never, when it is stopped. */
  readonly done: Promise<void>;
  /** Whether there was anything at all to read. */
  readonly hasData: boolean;
  stop(): void;
}

/** Gives a script its stdin, no faster than it reads. The end of a source that failed is not given as an end. */
export function feed(channel: ClientChannel, stdin: RemoteCommand['stdin']): Feeding {
  if (!(stdin instanceof Readable)) {
    const bytes = stdin === undefined ? Buffer.alloc(0) : Buffer.from(stdin as Uint8Array);
    const done = new Promise<void>((resolve) => channel.once('finish', resolve));
    channel.end(bytes.length > 0 ? bytes : undefined);
    return {done, hasData: bytes.length > 0, stop: () => {}};
  }
  const done = Promise.withResolvers<void>();
  done.promise.catch(() => {});
  const give = (chunk: Uint8Array | string) => {
    if (!channel.write(chunk)) stdin.pause();
  };
  const goOn = () => stdin.resume();
  const end = () => {
    channel.once('finish', () => done.resolve());
    channel.end();
  };
  const fail = (error: Error) => done.reject(error);
  const early = () => {
    if (!stdin.readableEnded) fail(new Error('what was to be sent ended too early'));
  };
  const stop = () => {
    stdin.off('data', give).off('end', end).off('close', early);
    channel.off('drain', goOn);
    // A script that ended need not have read everything; nobody reads the rest.
    if (!stdin.destroyed) stdin.destroy();
  };
  // `fail` stays: the error of a source that is given up must not end the process.
  stdin.on('error', fail).on('end', end).on('close', early).on('data', give);
  channel.on('drain', goOn);
  return {done: done.promise, hasData: true, stop};
}
