/** What the methods of texts share. */

import {Fault} from './fault.ts';
import {characters} from './iterate.ts';
import {textOf} from './markup-text.ts';
import type {Meter} from './meter.ts';
import type {Signature} from './native-function.ts';
import {bounds, indexOf} from './slice.ts';
import {typeName, type Value} from './types.ts';

export interface Method<Self> {
  readonly takes: Signature;
  run(self: Self, given: readonly (Value | undefined)[], meter: Meter): Value;
}

export type TextMethods = Readonly<Record<string, Method<string>>>;

/** A method of texts that takes nothing. */
export function plain(run: (text: string, meter: Meter) => Value): Method<string> {
  return {takes: {names: [], required: 0}, run: (text, _, meter) => run(text, meter)};
}

/** An argument that must be a text. */
export function wantText(value: Value | undefined, method: string): string {
  const text = value === undefined ? undefined : textOf(value);
  if (text === undefined)
    throw new Fault('TypeError', `${method}() argument must be str, not ${typeName(value ?? null)}`);
  return text;
}

/** An argument that must be a whole number; `absent` when it was not given. */
export function wantWhole(value: Value | undefined, absent: number): number {
  if (value === undefined) return absent;
  const number = indexOf(value);
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(number > largest ? largest : number < -largest ? -largest : number);
}

/** The part between optional start and end, and where it begins; undefined when start is beyond the end. */
export function between(
  text: string,
  start: Value | undefined,
  end: Value | undefined,
): {readonly part: string; readonly offset: number} | undefined {
  const all = characters(text);
  const range = bounds({start: start ?? null, stop: end ?? null, step: null}, all.length);
  if ((start !== undefined && start !== null && indexOf(start) > BigInt(all.length)) || range.start > range.stop) {
    return undefined;
  }
  const part = all.slice(range.start, range.stop);
  return {part: typeof part === 'string' ? part : part.join(''), offset: range.start};
}
