import {dots, hider, isSecretKey, isSecretText} from './secret-keys.ts';
import type {YamlMap, YamlValue} from './yaml.ts';
import type {YamlScalar} from './yaml-scalars.ts';

/**
 * Values of a configuration with its secrets among them, as templates need them. Wherever it is printed by mistake
 * it shows dots; `reveal()` is for rendering, `shown()` for people.
 */
export class Guarded {
  readonly #values: YamlMap;

  constructor(values: YamlMap) {
    this.#values = values;
  }

  /** The values themselves. What is rendered of them may hold secrets. */
  reveal(): YamlMap {
    return this.#values;
  }

  /** The same with secrets as dots: by their keys, and wherever their text stands in another value. */
  shown(): YamlMap {
    return conceal(this.#values, false, hider(this.secrets()), new Map()) as YamlMap;
  }

  /** Every secret once, for replacing them in what is written down. */
  secrets(): ReadonlySet<string> {
    const secrets = new Set<string>();
    collect(this.#values, false, secrets, new Set());
    return secrets;
  }

  toString(): string {
    return dots;
  }

  toJSON(): string {
    return dots;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Guarded(${dots})`;
  }
}

function collect(value: YamlValue, isSecret: boolean, secrets: Set<string>, seen: Set<unknown>): void {
  if (typeof value === 'string') {
    if (isSecret && isSecretText(value)) secrets.add(value);
  } else if (value instanceof Map) {
    // An anchored map may stand below a secret key here and an open one there.
    if (seen.has(value) && !isSecret) return;
    seen.add(value);
    for (const [key, item] of value) collect(item, isSecret || isSecretKey(String(key)), secrets, seen);
  } else if (Array.isArray(value)) for (const item of value) collect(item, isSecret, secrets, seen);
}

function conceal(value: YamlValue, isSecret: boolean, hide: (text: string) => string, done: Done): YamlValue {
  if (value instanceof Map) {
    const known = isSecret ? undefined : done.get(value);
    if (known) return known;
    const shown = new Map<YamlScalar, YamlValue>();
    if (!isSecret) done.set(value, shown);
    for (const [key, item] of value) {
      // Somebody's name may be what is a secret elsewhere: admin and admin.
      const isName = typeof item === 'string' && /name$|[-_]id$/i.test(String(key)) && !isSecret;
      shown.set(key, isName ? item : conceal(item, isSecret || isSecretKey(String(key)), hide, done));
    }
    return shown;
  }
  if (Array.isArray(value)) return value.map((item) => conceal(item, isSecret, hide, done));
  if (typeof value === 'string') return isSecret && isSecretText(value) ? dots : hide(value);
  return isSecret && (typeof value === 'bigint' || typeof value === 'number') ? dots : value;
}

type Done = Map<YamlMap, YamlMap>;
