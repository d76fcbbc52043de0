import type {Clock} from '../tools.ts';
import type {RunEvent, RunState} from './events.ts';
import type {Happening} from './execution.ts';
import {fold} from './fold.ts';
import type {Journal} from './journal.ts';
import {redactValue} from './redact.ts';

/** The journal and the state it gives. */
export interface Book {
  emit(event: Happening): void;
  /** The state as it would be with one more event. */
  with(event: Happening): RunState;
}

/** Events get their time here, and lose their secrets. */
export function bookOf(journal: Journal, before: RunState, clock: Clock, redact: (text: string) => string): Book {
  let state = before;
  const dated = (event: Happening) =>
    redactValue({at: clock.now(), up: clock.monotonic(), ...event} as RunEvent, redact);
  return {
    emit(event) {
      const whole = dated(event);
      journal.append(whole);
      state = fold(state, whole);
    },
    with: (event) => fold(state, dated(event)),
  };
}
