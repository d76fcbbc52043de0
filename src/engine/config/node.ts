/** A value and where it is written, whether it is looked at in its file or after it was converted. */

import type {Value, ValueMap} from './context-values.ts';
import type {Origins} from './origins.ts';
import type {YamlValue} from './yaml.ts';
import {below, entryOf, keyOf, lineOf, type Place, textAt, valueAt} from './yaml-access.ts';

export interface Node {
  readonly value: YamlValue | undefined;
  /** A scalar as it is written. */
  readonly text: string;
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** Dotted, as the file has it; empty for the whole file. */
  readonly key: string;
  /** What is below a key, there or not: then the line is that of the nearest above. */
  child(key: string | number): Node;
}

export function nodeAt(place: Place): Node {
  const {file, name} = place.source;
  return {
    file,
    name,
    get value() {
      return valueAt(place);
    },
    get text() {
      return textAt(place) ?? '';
    },
    get line() {
      return lineOf(place);
    },
    get key() {
      return keyOf(place);
    },
    child: (key) => nodeAt(below(place, key)),
  };
}

/** Sections that were converted: each value comes from somewhere in the file. */
export function nodeOf(sections: ValueMap, origins: Origins, place: Place): Node {
  return converted(sections, origins, {...nodeAt(place), key: ''});
}

function converted(value: Value | undefined, origins: Origins, at: Pick<Node, 'file' | 'name' | 'line' | 'key'>): Node {
  return {
    file: at.file,
    name: at.name,
    line: at.line,
    key: at.key,
    value,
    text: value === null || value === undefined ? '' : String(value),
    child(key) {
      const isHeld = typeof value === 'object' && value !== null;
      const origin = isHeld ? origins.of(value, key) : undefined;
      const item =
        value instanceof Map
          ? (entryOf(value, String(key)) as Value | undefined)
          : Array.isArray(value)
            ? value[Number(key)]
            : undefined;
      const written = at.key === '' ? String(key) : `${at.key}.${key}`;
      const where = origin?.from === 'file' ? {line: origin.line, key: origin.key} : {line: at.line, key: written};
      return converted(item, origins, {...at, ...where});
    },
  };
}
