import {Fault} from './fault.ts';
import {type Arguments, PythonObject, type Value} from './types.ts';

/** A function or a method of a value, as something a template can hold and call. */
export class NativeFunction extends PythonObject {
  readonly typeName = 'builtin_function_or_method';
  readonly #call: (args: Arguments) => Value;

  constructor(call: (args: Arguments) => Value) {
    super();
    this.#call = call;
  }

  override call(args: Arguments): Value {
    return this.#call(args);
  }

  override isCallable(): boolean {
    return true;
  }
}

export interface Signature {
  /** In their order. */
  readonly names: readonly string[];
  /** How many of them must be given. */
  readonly required: number;
  /** May they be given by name? Most methods of texts and lists say no. */
  readonly byName?: boolean;
}

/** What was given for each name of the signature; undefined where nothing was. Raises as Python does. */
export function bind(name: string, signature: Signature, args: Arguments): (Value | undefined)[] {
  const {names, required} = signature;
  if (args.positional.length > names.length) {
    throw new Fault('TypeError', `${name}() takes at most ${names.length} arguments (${args.positional.length} given)`);
  }
  const bound: (Value | undefined)[] = names.map((_, index) => args.positional[index]);
  for (const [key, value] of args.named) {
    const index = names.indexOf(key);
    if (!signature.byName) throw new Fault('TypeError', `${name}() takes no keyword arguments`);
    if (index < 0) throw new Fault('TypeError', `${name}() got an unexpected keyword argument '${key}'`);
    if (bound[index] !== undefined) throw new Fault('TypeError', `${name}() got multiple values for argument '${key}'`);
    bound[index] = value;
  }
  const missing = names.slice(0, required).find((_, index) => bound[index] === undefined);
  if (missing !== undefined) throw new Fault('TypeError', `${name}() missing required argument '${missing}'`);
  return bound;
}
