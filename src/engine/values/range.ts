import {equals} from './equality.ts';
import {Fault} from './fault.ts';
import {numberOf} from './number-compare.ts';
import {bounds, indexOf, placeOf, type Slice, type Sliceable} from './slice.ts';
import {PythonObject, type Value} from './types.ts';

/** Whole numbers from start to before stop, made while they are asked for. */
export class Range extends PythonObject implements Sliceable {
  readonly typeName = 'range';
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  readonly #size: number;

  constructor(start: bigint, stop: bigint, step: bigint) {
    super();
    if (step === 0n) throw new Fault('ValueError', 'range() arg 3 must not be zero');
    this.start = start;
    this.stop = stop;
    this.step = step;
    const span = step > 0n ? stop - start : start - stop;
    const stride = step > 0n ? step : -step;
    this.#size = span <= 0n ? 0 : Number((span + stride - 1n) / stride);
  }

  override repr(): string {
    const end = this.step === 1n ? '' : `, ${this.step}`;
    return `range(${this.start}, ${this.stop}${end})`;
  }

  override length(): number {
    return this.#size;
  }

  override *iterate(): Generator<Value, void> {
    for (let index = 0, value = this.start; index < this.#size; index++, value += this.step) yield value;
  }

  override reversed(): Iterator<Value> {
    return this.#backwards().iterate();
  }

  #backwards(): Range {
    const last = this.start + BigInt(this.#size - 1) * this.step;
    return new Range(last, this.start - this.step, -this.step);
  }

  override item(key: Value): Value | undefined {
    if (typeof key !== 'bigint' && typeof key !== 'boolean') return undefined;
    const place = placeOf(indexOf(key), this.#size);
    return place === undefined ? undefined : this.start + BigInt(place) * this.step;
  }

  slice(slice: Slice): Value {
    const {start, stop, step} = bounds(slice, this.#size);
    const at = (place: number) => this.start + BigInt(place) * this.step;
    return new Range(at(start), at(stop), this.step * BigInt(step));
  }

  override attribute(name: string): Value | undefined {
    if (name === 'start') return this.start;
    if (name === 'stop') return this.stop;
    return name === 'step' ? this.step : undefined;
  }

  override contains(item: Value): boolean {
    const number = numberOf(item);
    if (number === undefined || (typeof number === 'number' && !Number.isInteger(number))) return false;
    const whole = BigInt(number);
    const isInside =
      this.step > 0n ? whole >= this.start && whole < this.stop : whole <= this.start && whole > this.stop;
    return isInside && (whole - this.start) % this.step === 0n;
  }

  override equals(other: Value): boolean {
    if (!(other instanceof Range) || other.#size !== this.#size) return false;
    if (this.#size === 0) return true;
    return equals(this.start, other.start) && (this.#size === 1 || this.step === other.step);
  }
}
