import {equals} from '../values/equality.ts';
import {Fault, isFault} from '../values/fault.ts';
import {iterate, lengthOf} from '../values/iterate.ts';
import type {Meter} from '../values/meter.ts';
import {bind, NativeFunction} from '../values/native-function.ts';
import {Tuple} from '../values/tuple.ts';
import {type Arguments, PythonObject, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';

/** Renders the body of a recursive loop for other items. */
export type RenderLoop = (items: Value, depth: number) => string;

/** `loop` inside of a for. Nothing is asked ahead that the template does not ask for. */
export class LoopContext extends PythonObject {
  readonly typeName = 'LoopContext';
  readonly #items: Value;
  readonly #render: RenderLoop | undefined;
  readonly #depth: number;
  readonly #meter: Meter;
  #iterator: Iterator<Value>;
  #index = -1;
  #length: number | undefined;
  #after: Value | undefined;
  #current: Value | undefined;
  #before: Value | undefined;
  #changed: Tuple | undefined;

  constructor(items: Value, render: RenderLoop | undefined, depth: number, meter: Meter) {
    super();
    this.#items = items;
    this.#iterator = iterate(items);
    this.#render = render;
    this.#depth = depth;
    this.#meter = meter;
  }

  *rounds(): Generator<Value, void> {
    for (;;) {
      const item = this.#next();
      if (item === undefined) return;
      this.#index++;
      this.#before = this.#current;
      this.#current = item;
      yield item;
    }
  }

  #next(): Value | undefined {
    const item = this.#peek();
    this.#after = undefined;
    return item;
  }

  #peek(): Value | undefined {
    if (this.#after !== undefined) return this.#after;
    const next = this.#iterator.next();
    this.#after = next.done ? undefined : next.value;
    return this.#after;
  }

  override length(): number {
    if (this.#length === undefined) {
      try {
        this.#length = lengthOf(this.#items);
      } catch (error) {
        if (!isFault(error, 'TypeError')) throw error;
        this.#length = this.#countedAhead();
      }
    }
    return this.#length;
  }

  /** What has no length is taken whole, and given from there. */
  #countedAhead(): number {
    const ahead: Value[] = [];
    for (let next = this.#iterator.next(); !next.done; next = this.#iterator.next()) {
      this.#meter.spend(1);
      ahead.push(next.value);
    }
    this.#iterator = ahead[Symbol.iterator]();
    return ahead.length + this.#index + 1 + (this.#after === undefined ? 0 : 1);
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'index':
        return BigInt(this.#index + 1);
      case 'index0':
        return BigInt(this.#index);
      case 'revindex':
        return BigInt(this.length() - this.#index);
      case 'revindex0':
        return BigInt(this.length() - this.#index - 1);
      case 'first':
        return this.#index === 0;
      case 'last':
        return this.#peek() === undefined;
      case 'length':
        return BigInt(this.length());
      case 'depth':
        return BigInt(this.#depth + 1);
      case 'depth0':
        return BigInt(this.#depth);
      case 'previtem':
        return orUndefined(this.#before, 'there is no previous item');
      case 'nextitem':
        return orUndefined(this.#peek(), 'there is no next item');
      case 'cycle':
        return new NativeFunction((args) => this.#cycle(args));
      case 'changed':
        return new NativeFunction((args) => this.#hasChanged(args));
      default:
        return undefined;
    }
  }

  #cycle({positional}: Arguments): Value {
    const item = positional[this.#index % positional.length];
    if (item === undefined) throw new Fault('TypeError', 'no items for cycling given');
    return item;
  }

  #hasChanged({positional}: Arguments): Value {
    const now = new Tuple(positional);
    if (this.#changed !== undefined && equals(this.#changed, now, this.#meter)) return false;
    this.#changed = now;
    return true;
  }

  override iterate(): Iterator<Value> {
    return this.rounds();
  }

  override isCallable(): boolean {
    return true;
  }

  override call(args: Arguments): Value {
    const [items] = bind('loop', {names: ['iterable'], required: 1, byName: true}, args);
    if (!this.#render) {
      throw new Fault('TypeError', "The loop must have the 'recursive' marker to be called recursively.");
    }
    return this.#render(items ?? null, this.#depth + 1);
  }

  override repr(): string {
    return `<LoopContext ${this.#index + 1}/${this.length()}>`;
  }
}

/** None is a value as any other. */
function orUndefined(value: Value | undefined, message: string): Value {
  return value === undefined ? new Undefined(message) : value;
}
