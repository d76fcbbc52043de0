import {characterCount} from './iterate.ts';
import {subscript} from './lookup.ts';
import {escapeHtml, isMarked, type MarkedText, textOf} from './markup-text.ts';
import type {Meter} from './meter.ts';
import {percentFormat} from './percent-format.ts';
import {quoted, str} from './repr.ts';
import {indexOf, type Slice, type Sliceable, sliceOf} from './slice.ts';
import {type Operator, PythonObject, type Value} from './types.ts';

/** A text marked as safe HTML: what is added to it is escaped. Filters such as `tojson` and `e` give it. */
export class Markup extends PythonObject implements MarkedText, Sliceable {
  readonly typeName = 'Markup';
  readonly markedText: string;

  constructor(text: string) {
    super();
    this.markedText = text;
  }

  override repr(): string {
    return `Markup(${quoted(this.markedText)})`;
  }

  override str(): string {
    return this.markedText;
  }

  override length(): number {
    return characterCount(this.markedText);
  }

  override iterate(): Iterator<Value> {
    return this.markedText[Symbol.iterator]();
  }

  override item(key: Value): Value | undefined {
    const character = subscript(this.markedText, key);
    return typeof character === 'string' ? new Markup(character) : undefined;
  }

  slice(slice: Slice): Value {
    return new Markup(str(sliceOf(this.markedText, slice)));
  }

  override equals(other: Value): boolean {
    return textOf(other) === this.markedText;
  }

  override less(other: Value, orEqual: boolean): boolean | undefined {
    const text = textOf(other);
    if (text === undefined) return undefined;
    return orEqual ? this.markedText <= text : this.markedText < text;
  }

  override asKey(): Value {
    return this.markedText;
  }

  override operate(operator: Operator, other: Value, isLeft: boolean, meter: Meter): Value | undefined {
    if (operator === '%' && isLeft) {
      return new Markup(percentFormat(this.markedText, other, meter, safeText));
    }
    const text = textOf(other);
    if (operator === '+' && text !== undefined) {
      const added = isMarked(other) ? text : escapeHtml(text);
      return new Markup(isLeft ? this.markedText + added : added + this.markedText);
    }
    if (operator !== '*' || (typeof other !== 'bigint' && typeof other !== 'boolean')) return undefined;
    const times = indexOf(other) < 0n ? 0n : indexOf(other);
    meter.allow(times * BigInt(this.markedText.length));
    return new Markup(this.markedText.repeat(Number(times)));
  }
}

/** A text as HTML: marked texts as they are, all else escaped. */
export function escaped(value: Value, meter: Meter): Markup {
  return value instanceof Markup ? value : new Markup(escapeHtml(str(value, meter)));
}

/** What is put into marked text by % and format. */
export function safeText(text: string, value: Value): string {
  return isMarked(value) ? text : escapeHtml(text);
}
