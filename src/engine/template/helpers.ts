/** Objects that templates make for themselves. */

import {Fault} from '../values/fault.ts';
import type {Meter} from '../values/meter.ts';
import {NativeFunction} from '../values/native-function.ts';
import {repr} from '../values/repr.ts';
import {type Arguments, PythonObject, type Value} from '../values/types.ts';

/** Names that can be set from inside of loops. */
export class Namespace extends PythonObject {
  readonly typeName = 'Namespace';
  readonly #names: Map<Value, Value>;

  constructor(names: Map<Value, Value>) {
    super();
    this.#names = names;
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  override repr(meter: Meter): string {
    return `<Namespace ${repr(this.#names, meter)}>`;
  }

  override isTrue(): boolean {
    return true;
  }

  override attribute(name: string): Value | undefined {
    return this.#names.get(name);
  }
}

/** One item after the other, over and over. */
export class Cycler extends PythonObject {
  readonly typeName = 'Cycler';
  readonly #items: readonly Value[];
  #place = 0;

  constructor(items: readonly Value[]) {
    super();
    if (items.length === 0) throw new Fault('TypeError', 'at least one item has to be provided');
    this.#items = items;
  }

  override isTrue(): boolean {
    return true;
  }

  override attribute(name: string): Value | undefined {
    if (name === 'current') return this.#items[this.#place];
    if (name === 'pos') return BigInt(this.#place);
    if (name === 'reset') return new NativeFunction(() => this.#reset());
    return name === 'next' ? new NativeFunction(() => this.#next()) : undefined;
  }

  #reset(): Value {
    this.#place = 0;
    return null;
  }

  #next(): Value {
    const item = this.#items[this.#place] ?? null;
    this.#place = (this.#place + 1) % this.#items.length;
    return item;
  }
}

/** Nothing the first time it is called, then the separator. */
export class Joiner extends PythonObject {
  readonly typeName = 'Joiner';
  readonly #separator: Value;
  #isUsed = false;

  constructor(separator: Value) {
    super();
    this.#separator = separator;
  }

  override isTrue(): boolean {
    return true;
  }

  override isCallable(): boolean {
    return true;
  }

  override call(_args: Arguments): Value {
    if (this.#isUsed) return this.#separator;
    this.#isUsed = true;
    return '';
  }
}
