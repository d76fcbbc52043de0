import {PythonObject, type Value} from './types.ts';

/** What Python makes while it is asked for, and only once: a second look finds nothing. */
export class Lazy extends PythonObject {
  readonly typeName = 'generator';
  readonly #iterator: Iterator<Value>;

  constructor(iterator: Iterator<Value>) {
    super();
    this.#iterator = iterator;
  }

  override iterate(): Iterator<Value> {
    return this.#iterator;
  }
}
