import {StringDecoder} from 'node:string_decoder';
import type {ScreenClock} from '../terminal/clock.ts';
import type {InputEvent} from './splitter.ts';
import {createSplitter} from './splitter.ts';

/** Keys on their way from a terminal to whoever takes them, one at a time. */
export interface KeyInput {
  push(data: Buffer | string): void;
  close(): void;
}

/**
 * Every event is given in a turn of the event loop of its own: what a key changes on screen is there before the
 * next key comes, so that of two keys in one chunk the second reaches the dialog the first one opened. Where `onEvent`
 * says true the key changed nothing of ours, and the next one comes at once.
 */
export function createKeyInput(clock: ScreenClock, onEvent: (event: InputEvent) => boolean): KeyInput {
  const decoder = new StringDecoder('utf8');
  const splitter = createSplitter();
  const waiting: InputEvent[] = [];
  let stopWaiting: (() => void) | undefined;
  let turn: NodeJS.Immediate | undefined;

  function take(events: readonly InputEvent[]): void {
    waiting.push(...events);
    if (waiting.length > 0) turn ??= setImmediate(give);
  }

  function give(): void {
    turn = undefined;
    let goesOn = true;
    try {
      for (let event = waiting.shift(); event; event = goesOn ? waiting.shift() : undefined) goesOn = onEvent(event);
    } finally {
      // React asks for its turn in a microtask, after this one: the second turn from now comes after React's.
      if (waiting.length > 0) turn ??= setImmediate(() => (turn = setImmediate(give)));
    }
  }

  return {
    push(data) {
      stopWaiting?.();
      stopWaiting = undefined;
      take(splitter.push(typeof data === 'string' ? data : decoder.write(data)));
      const patience = splitter.patience();
      if (patience !== undefined) stopWaiting = clock.after(patience, () => take(splitter.flush()));
    },
    close() {
      stopWaiting?.();
      clearImmediate(turn);
      waiting.length = 0;
    },
  };
}
