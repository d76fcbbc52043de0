/** What a file has to say after an edit. */

import {Timestamp} from '../../values/timestamp.ts';
import type {YamlMap, YamlValue} from '../yaml.ts';
import type {YamlScalar} from '../yaml-scalars.ts';
import type {Step} from './locate.ts';
import type {Edit} from './types.ts';

/** The old value with the edit; undefined where the edit makes no sense for it. */
export function expectedValue(value: YamlValue, steps: readonly Step[], edit: Edit): YamlValue | undefined {
  const [step, ...rest] = steps;
  const isLast = rest.length === 0;
  if (!step) return changed(value, edit);
  if (Array.isArray(value)) {
    const index = Number(step.key);
    if (isLast && edit.type === 'remove') return value.toSpliced(index, 1);
    const inner = expectedValue(value[index] as YamlValue, rest, edit);
    return inner === undefined ? undefined : value.with(index, inner);
  }
  if (!(value instanceof Map)) return undefined;
  const entries = [...(value as YamlMap)];
  const index = entries.findIndex(([key]) => sameValue(key, step.key));
  const entry = entries[index];
  if (!entry) return undefined;
  if (isLast && edit.type === 'remove') return new Map(entries.toSpliced(index, 1));
  if (isLast && edit.type === 'rename') {
    return value.has(edit.key) && edit.key !== entry[0]
      ? undefined
      : new Map(entries.with(index, [edit.key, entry[1]]));
  }
  const inner = expectedValue(entry[1], rest, edit);
  return inner === undefined ? undefined : new Map(entries.with(index, [entry[0], inner]));
}

function changed(value: YamlValue, edit: Edit): YamlValue | undefined {
  switch (edit.type) {
    case 'set':
      return edit.value;
    case 'insert-key':
      if (value === null) return new Map([[edit.key, edit.value]]);
      return value instanceof Map ? new Map([...value, [edit.key, edit.value]]) : undefined;
    case 'insert-item':
      if (value === null) return [edit.value];
      return Array.isArray(value) ? value.toSpliced(edit.at ?? value.length, 0, edit.value) : undefined;
    case 'remove':
    case 'rename':
      return undefined;
  }
}

/** The very same values: 1 is not 1.0, and keys are in the same order. */
export function sameValue(a: YamlValue, b: YamlValue): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    const others = [...(b as YamlMap)];
    return [...(a as YamlMap)].every(([key, item], index) => {
      const other = others[index];
      return other !== undefined && sameScalar(key, other[0]) && sameValue(item, other[1]);
    });
  }
  return sameScalar(a as YamlScalar, b as YamlScalar);
}

function sameScalar(a: YamlScalar, b: YamlScalar): boolean {
  if (a instanceof Timestamp) return b instanceof Timestamp && a.text === b.text;
  return Object.is(a, b);
}
