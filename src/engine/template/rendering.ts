/** What all templates of one rendering share. */

import {Fault} from '../values/fault.ts';
import type {Value} from '../values/types.ts';
import type {UndefinedUse} from '../values/undefined.ts';
import type {FindTemplate} from './compiled.ts';
import type {Names} from './context.ts';
import {globalNames} from './globals.ts';
import {type RenderLimits, RenderMeter} from './limits.ts';
import type {TemplateModule} from './module.ts';
import {placeOf} from './place.ts';

/** Something that is not there was rendered. */
export interface UndefinedNote {
  readonly template: string;
  readonly line: number;
  readonly column: number;
  /** As a sentence without a full stop. */
  readonly message: string;
}

/** Jinja2 ends at about 250, when Python's stack does. */
const deepest = 400;

export class Rendering {
  readonly meter: RenderMeter;
  readonly find: FindTemplate;
  readonly globals: Names;
  /** Templates that were imported, by name: each is rendered once. */
  readonly modules = new Map<string, TemplateModule>();
  readonly #notes = new Map<string, UndefinedNote>();
  readonly #before = new Map<Value[] | Map<Value, Value>, readonly unknown[]>();
  #seed = 1;
  #depth = 0;

  constructor(find: FindTemplate, limits: RenderLimits) {
    this.find = find;
    this.meter = new RenderMeter(limits);
    this.globals = globalNames(this.meter, this.random);
  }

  get notes(): readonly UndefinedNote[] {
    return [...this.#notes.values()];
  }

  /**
   * A name that does not exist is noted however it is used; a key that does not exist only when it is printed or looped
   * over: `if` is how templates ask for what may be missing.
   */
  noter(
    template: string,
    place: number,
    message: string | (() => string),
    isName: boolean,
  ): (use: UndefinedUse) => void {
    return (use) => {
      if (use === 'tested' && !isName) return;
      const note = {template, ...placeOf(place), message: typeof message === 'string' ? message : message()};
      const key = `${template}\n${note.line}\n${note.message}`;
      if (!this.#notes.has(key)) this.#notes.set(key, note);
    };
  }

  /** Told before a list or a map is changed: the context belongs to others, who get it back as it was. */
  readonly touch = (value: Value[] | Map<Value, Value>): void => {
    if (!this.#before.has(value)) this.#before.set(value, [...value]);
  };

  /** Undoes what the template changed in its context. */
  restore(): void {
    for (const [value, items] of this.#before) {
      if (Array.isArray(value)) {
        value.length = 0;
        for (const item of items as Value[]) value.push(item);
      } else {
        value.clear();
        for (const [key, item] of items as [Value, Value][]) value.set(key, item);
      }
    }
    this.#before.clear();
  }

  /** Blocks, macros and templates inside each other; fails before they use up the stack. */
  deeper<T>(run: () => T): T {
    if (++this.#depth > deepest) throw new Fault('Limit', 'This calls itself without end, or is nested too deeply.');
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }

  /** A linear congruential generator: the same numbers for each rendering. */
  readonly random = (): number => {
    this.#seed = (this.#seed * 48271) % 0x7fffffff;
    return this.#seed / 0x7fffffff;
  };
}
