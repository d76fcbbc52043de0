/** `self` and `super` in a template. */

import {type Arguments, PythonObject, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';
import type {Context} from './context.ts';

/** `self.name()` renders a block once more. */
export class SelfReference extends PythonObject {
  readonly typeName = 'TemplateReference';
  readonly #context: Context;

  constructor(context: Context) {
    super();
    this.#context = context;
  }

  override item(key: Value): Value | undefined {
    return typeof key === 'string' && this.#context.blocks.has(key)
      ? new BlockReference(this.#context, key, 0)
      : undefined;
  }
}

/** `super()` renders the block that this one overrides. */
class BlockReference extends PythonObject {
  readonly typeName = 'BlockReference';
  readonly #context: Context;
  readonly #name: string;
  readonly #depth: number;

  constructor(context: Context, name: string, depth: number) {
    super();
    this.#context = context;
    this.#name = name;
    this.#depth = depth;
  }

  override isCallable(): boolean {
    return true;
  }

  override call(_args: Arguments): Value {
    return this.#context.blocks.get(this.#name)?.[this.#depth]?.render(this.#context) ?? '';
  }

  override attribute(name: string): Value | undefined {
    return name === 'super' ? blockAt(this.#context, this.#name, this.#depth + 1) : undefined;
  }
}

/** The block of a name, so many templates up. */
export function blockAt(context: Context, name: string, depth: number): Value {
  return context.blocks.get(name)?.[depth] === undefined
    ? new Undefined(`there is no parent block called '${name}'.`)
    : new BlockReference(context, name, depth);
}
