import type {Meter} from './meter.ts';
import {PythonObject, type Value} from './types.ts';

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

/** A date, or a time of a date, as PyYAML makes them of what looks like one. */
export class Timestamp extends PythonObject {
  readonly typeName: string;
  /** As written. */
  readonly text: string;
  readonly #parts: Parts;
  /** Minutes east of Greenwich; undefined: no zone is given. */
  readonly #offset: number | undefined;

  private constructor(text: string, parts: Parts, offset: number | undefined, isDate: boolean) {
    super();
    this.text = text;
    this.#parts = parts;
    this.#offset = offset;
    this.typeName = isDate ? 'datetime.date' : 'datetime.datetime';
  }

  /** Undefined when it looks like a date and is none, as the 31st of June. */
  static parse(text: string): Timestamp | undefined {
    const [, year, month, day, time, hour, minute, second, fraction, zone] = shape.exec(text) ?? [];
    if (year === undefined) return undefined;
    const parts: Parts = {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
      microsecond: Number((fraction ?? '').slice(0, 6).padEnd(6, '0')),
    };
    const offset = zone === undefined ? undefined : offsetOf(zone);
    const isReal = isDay(parts) && parts.hour < 24 && parts.minute < 60 && parts.second < 60;
    if (!isReal || (offset !== undefined && Math.abs(offset) >= 24 * 60)) return undefined;
    return new Timestamp(text, parts, offset, time === undefined);
  }

  get #isDate(): boolean {
    return this.typeName === 'datetime.date';
  }

  override str(): string {
    const {year, month, day, hour, minute, second, microsecond} = this.#parts;
    const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
    if (this.#isDate) return date;
    const fraction = microsecond === 0 ? '' : `.${String(microsecond).padStart(6, '0')}`;
    return `${date} ${two(hour)}:${two(minute)}:${two(second)}${fraction}${offsetText(this.#offset)}`;
  }

  override repr(_meter: Meter): string {
    const {year, month, day, hour, minute, second, microsecond} = this.#parts;
    if (this.#isDate) return `datetime.date(${year}, ${month}, ${day})`;
    const shown = [year, month, day, hour, minute, second, microsecond];
    if (shown.at(-1) === 0) shown.pop();
    if (shown.length === 6 && shown.at(-1) === 0) shown.pop();
    return `datetime.datetime(${shown.join(', ')}${zoneRepr(this.#offset)})`;
  }

  override isTrue(): boolean {
    return true;
  }

  override attribute(name: string): Value | undefined {
    const isPart = Object.hasOwn(this.#parts, name) && !(this.#isDate && !['year', 'month', 'day'].includes(name));
    return isPart ? BigInt(this.#parts[name as keyof Parts]) : undefined;
  }

  override equals(other: Value): boolean {
    return other instanceof Timestamp && this.#isComparable(other) && this.#instant() === other.#instant();
  }

  override less(other: Value, orEqual: boolean): boolean | undefined {
    if (!(other instanceof Timestamp) || !this.#isComparable(other)) return undefined;
    return orEqual ? this.#instant() <= other.#instant() : this.#instant() < other.#instant();
  }

  #isComparable(other: Timestamp): boolean {
    return this.#isDate === other.#isDate && (this.#offset === undefined) === (other.#offset === undefined);
  }

  /** Microseconds, at Greenwich. */
  #instant(): bigint {
    const {year, month, day, hour, minute, second, microsecond} = this.#parts;
    const date = new Date(Date.UTC(year, month - 1, day, hour, minute - (this.#offset ?? 0), second));
    return BigInt(date.getTime()) * 1000n + BigInt(microsecond);
  }
}

const shape =
  /^(\d{4})-(\d\d?)-(\d\d?)((?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|[-+]\d\d?(?::\d\d)?))?)?$/;

function isDay({year, month, day}: Parts): boolean {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return year > 0 && days !== undefined && day > 0 && day <= days;
}

function offsetOf(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d+)(?::(\d+))?$/.exec(zone) ?? [];
  const size = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -size : size;
}

function offsetText(offset: number | undefined): string {
  if (offset === undefined) return '';
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Python keeps a negative time span as minus one day and the rest. */
function zoneRepr(offset: number | undefined): string {
  if (offset === undefined) return '';
  if (offset === 0) return ', tzinfo=datetime.timezone.utc';
  const span = offset < 0 ? `days=-1, seconds=${(offset + 24 * 60) * 60}` : `seconds=${offset * 60}`;
  return `, tzinfo=datetime.timezone(datetime.timedelta(${span}))`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
