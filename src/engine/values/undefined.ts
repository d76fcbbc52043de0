import {Fault} from './fault.ts';
import {type Operator, PythonObject, type Value} from './types.ts';

/** How an undefined value was used in a way that hides a mistake. */
export type UndefinedUse = 'printed' | 'looped' | 'tested';

/** What a name or a key that is not there gives: prints as nothing, loops over nothing, is false; all else raises. */
export class Undefined extends PythonObject {
  readonly typeName = 'Undefined';
  readonly #message: string | (() => string);
  readonly #noted: ((use: UndefinedUse) => void) | undefined;

  constructor(message: string | (() => string), noted?: (use: UndefinedUse) => void) {
    super();
    this.#message = message;
    this.#noted = noted;
  }

  /** What is missing, as a sentence without a full stop. */
  get message(): string {
    return typeof this.#message === 'string' ? this.#message : this.#message();
  }

  override repr(): string {
    this.#noted?.('printed');
    return 'Undefined';
  }

  override str(): string {
    this.#noted?.('printed');
    return '';
  }

  override isTrue(): boolean {
    this.#noted?.('tested');
    return false;
  }

  override length(): number {
    this.#noted?.('looped');
    return 0;
  }

  override iterate(): Iterator<Value> {
    this.#noted?.('looped');
    return [][Symbol.iterator]();
  }

  override reversed(): Iterator<Value> {
    return this.iterate();
  }

  override item(): never {
    throw this.fault();
  }

  override attribute(): never {
    throw this.fault();
  }

  override call(): never {
    throw this.fault();
  }

  override isCallable(): boolean {
    return true;
  }

  override equals(other: Value): boolean {
    this.#noted?.('tested');
    return other instanceof Undefined;
  }

  override less(): never {
    throw this.fault();
  }

  override operate(_operator: Operator): never {
    throw this.fault();
  }

  fault(): Fault {
    return new Fault('UndefinedError', this.message);
  }
}
