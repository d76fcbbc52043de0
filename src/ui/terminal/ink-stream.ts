import {EventEmitter} from 'node:events';

/** What Ink takes for the terminal it writes to. */
export interface InkStream extends NodeJS.EventEmitter {
  columns: number;
  rows: number;
  readonly isTTY: true;
  readonly writable: true;
  write(data: string | Uint8Array, ...rest: readonly unknown[]): boolean;
}

/** A stream with the size of the real terminal that hands on all that is written to it. */
export function createInkStream(columns: number, rows: number, onWrite: (data: string) => void): InkStream {
  return Object.assign(new EventEmitter({captureRejections: false}).setMaxListeners(0), {
    columns,
    rows,
    isTTY: true as const,
    writable: true as const,
    write(data: string | Uint8Array, ...rest: readonly unknown[]) {
      const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
      if (text !== '') onWrite(text);
      const done = rest.at(-1);
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    },
  });
}

/** Ink reads no keys here (ui/keys does), but it wants a terminal's input. */
export function createInkInput(): NodeJS.EventEmitter {
  const input = new EventEmitter().setMaxListeners(0);
  return Object.assign(input, {
    isTTY: true,
    setEncoding: () => input,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
    pause: () => input,
    resume: () => input,
    read: () => null,
  });
}
