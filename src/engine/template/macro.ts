import {Fault} from '../values/fault.ts';
import {quoted} from '../values/repr.ts';
import {Tuple} from '../values/tuple.ts';
import {type Arguments, PythonObject, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';

export interface MacroShape {
  /** Null: the body of a call block. */
  readonly name: string | null;
  readonly parameters: readonly string[];
  /** Does the body ask for them? */
  readonly caller: boolean;
  readonly kwargs: boolean;
  readonly varargs: boolean;
}

/** A macro, or what `caller` is. */
export class Macro extends PythonObject {
  readonly typeName = 'Macro';
  readonly #render: (...given: (Value | undefined)[]) => string;
  readonly #shape: MacroShape;

  constructor(render: (...given: (Value | undefined)[]) => string, shape: MacroShape) {
    super();
    this.#render = render;
    this.#shape = shape;
  }

  override isCallable(): boolean {
    return true;
  }

  override isTrue(): boolean {
    return true;
  }

  override repr(): string {
    const {name} = this.#shape;
    return `<Macro ${name === null ? 'anonymous' : quoted(name)}>`;
  }

  override attribute(name: string): Value | undefined {
    const {parameters, kwargs, varargs, caller} = this.#shape;
    switch (name) {
      case 'name':
        return this.#shape.name;
      case 'arguments':
        return new Tuple(parameters);
      case 'catch_kwargs':
        return kwargs;
      case 'catch_varargs':
        return varargs;
      case 'caller':
        return caller;
      default:
        return undefined;
    }
  }

  override call({positional, named}: Arguments): Value {
    const {parameters, caller, kwargs, varargs} = this.#shape;
    const left = new Map(named);
    const given: (Value | undefined)[] = positional.slice(0, parameters.length);
    let hasCaller = given.length === parameters.length && parameters.includes('caller');
    for (const name of parameters.slice(given.length)) {
      given.push(left.get(name));
      left.delete(name);
      if (name === 'caller') hasCaller = true;
    }
    if (caller && !hasCaller) {
      given.push(left.get('caller') ?? new Undefined('No caller defined'));
      left.delete('caller');
    }
    if (kwargs) given.push(new Map<Value, Value>(left));
    else if (left.size > 0) this.#refuse([...left.keys()]);
    if (varargs) given.push(new Tuple(positional.slice(parameters.length)));
    else if (positional.length > parameters.length) {
      throw new Fault('TypeError', `macro ${this.#name()} takes not more than ${parameters.length} argument(s)`);
    }
    return this.#render(...given);
  }

  #refuse(names: readonly string[]): never {
    if (names.includes('caller')) {
      const message = `macro ${this.#name()} was called with a block, but does not use caller`;
      throw new Fault('TypeError', message);
    }
    throw new Fault('TypeError', `macro ${this.#name()} takes no keyword argument ${quoted(names[0] ?? '')}`);
  }

  #name(): string {
    const {name} = this.#shape;
    return name === null ? 'None' : quoted(name);
  }
}
