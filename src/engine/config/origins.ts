import {relative} from 'node:path';

/** Where values come from, kept beside them: by the object that holds a value and its key there. */

export type Origin =
  | {readonly from: 'file'; readonly file: string; readonly line: number; readonly key: string}
  /** A value nobody wrote into the configuration. */
  | {readonly from: 'default'; readonly which: string}
  /** Computed of other values: dotted keys or words. */
  | {readonly from: 'derived'; readonly of: string};

/** 'services-configuration.yaml:12', 'default: as the tools have it', 'derived from zkid'; files as seen from a folder. */
export function originWords(origin: Origin, folder: string): string {
  switch (origin.from) {
    case 'file':
      return `${fileIn(folder, origin.file)}:${origin.line}`;
    case 'default':
      return `default: ${origin.which}`;
    case 'derived':
      return `derived from ${origin.of}`;
  }
}

/** A file as seen from a folder; as it is where it lies elsewhere. */
export function fileIn(folder: string, file: string): string {
  const path = relative(folder, file);
  return path === '' || path.startsWith('..') ? file : path;
}

export class Origins {
  readonly #held = new WeakMap<object, Map<unknown, Origin | (() => Origin)>>();

  /** Looking up a line takes time, so that may be put off until somebody asks. */
  note(holder: object, key: unknown, origin: Origin | (() => Origin)): void {
    const keys = this.#held.get(holder) ?? new Map<unknown, Origin | (() => Origin)>();
    keys.set(key, origin);
    this.#held.set(holder, keys);
  }

  /** Without looking up a line for it. */
  has(holder: object, key: unknown): boolean {
    return this.#held.get(holder)?.has(key) ?? false;
  }

  of(holder: object, key: unknown): Origin | undefined {
    const origin = this.#held.get(holder)?.get(key);
    if (typeof origin !== 'function') return origin;
    const found = origin();
    this.note(holder, key, found);
    return found;
  }
}
