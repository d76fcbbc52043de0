/** A value that must never be shown, logged, or written: it prints as dots wherever it ends up by mistake. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that hands it to whoever needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '••••••';
  }

  toJSON(): string {
    return '••••••';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return 'Secret(••••••)';
  }
}
