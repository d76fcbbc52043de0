/** The names that every template has: range, dict, namespace, cycler, joiner and lipsum. */

import {fill} from '../values/dict-methods.ts';
import {Fault} from '../values/fault.ts';
import {bind, NativeFunction} from '../values/native-function.ts';
import {Range} from '../values/range.ts';
import {str} from '../values/repr.ts';
import {indexOf} from '../values/slice.ts';
import {isTrue} from '../values/truth.ts';
import {type Arguments, PythonObject, type Value} from '../values/types.ts';
import type {Names} from './context.ts';
import {Cycler, Joiner, Namespace} from './helpers.ts';
import type {RenderMeter} from './limits.ts';
import {lipsum} from './lipsum.ts';

/** A class of Python that a template can call, and even print. */
class PythonClass extends PythonObject {
  readonly typeName = 'type';
  readonly #name: string;
  readonly #call: (args: Arguments) => Value;

  constructor(name: string, call: (args: Arguments) => Value) {
    super();
    this.#name = name;
    this.#call = call;
  }

  override repr(): string {
    return `<class '${this.#name}'>`;
  }

  override isTrue(): boolean {
    return true;
  }

  override isCallable(): boolean {
    return true;
  }

  override call(args: Arguments): Value {
    return this.#call(args);
  }
}

const names = ['range', 'dict', 'namespace', 'cycler', 'joiner', 'lipsum'];

/** Made when the first of them is asked for: most templates use none. `random`: numbers from 0 to below 1. */
export function globalNames(meter: RenderMeter, random: () => number): Names {
  let made: ReadonlyMap<string, Value> | undefined;
  return {
    get(name) {
      if (!names.includes(name)) return undefined;
      made ??= makeNames(meter, random);
      return made.get(name);
    },
  };
}

function makeNames(meter: RenderMeter, random: () => number): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['range', new PythonClass('range', (args) => range(args, meter))],
    [
      'dict',
      new PythonClass('dict', (args) => {
        const map = new Map<Value, Value>();
        fill(map, 'dict', args, meter);
        return map;
      }),
    ],
    [
      'namespace',
      new PythonClass('jinja2.utils.Namespace', (args) => {
        const map = new Map<Value, Value>();
        fill(map, 'namespace', args, meter);
        return new Namespace(map);
      }),
    ],
    ['cycler', new PythonClass('jinja2.utils.Cycler', ({positional}) => new Cycler(positional))],
    [
      'joiner',
      new PythonClass('jinja2.utils.Joiner', (args) => {
        const [separator] = bind('joiner', {names: ['sep'], required: 0, byName: true}, args);
        return new Joiner(separator === undefined ? ', ' : separator);
      }),
    ],
    ['lipsum', new NativeFunction((args) => dummyText(args, random, meter))],
  ]);
}

function range(args: Arguments, meter: RenderMeter): Value {
  const given = bind('range', {names: ['start', 'stop', 'step'], required: 1}, args).map((each) =>
    each === undefined ? undefined : indexOf(each),
  );
  const [first = 0n, second, step = 1n] = given;
  const made = second === undefined ? new Range(0n, first, 1n) : new Range(first, second, step);
  if (made.length() > meter.limits.items) {
    throw new Fault('Limit', `A range can hold ${meter.limits.items} numbers at most.`);
  }
  return made;
}

function dummyText(args: Arguments, random: () => number, meter: RenderMeter): Value {
  const signature = {names: ['n', 'html', 'min', 'max'], required: 0, byName: true};
  const [count, html, min, max] = bind('lipsum', signature, args);
  const words = {min: Number(str(min ?? 20n)), max: Number(str(max ?? 100n))};
  return lipsum(Number(str(count ?? 5n)), isTrue(html ?? true), words, random, meter);
}
