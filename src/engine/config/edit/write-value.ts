/** Values of any kind as text, in the file's own manner. */

import type {YamlMap, YamlValue} from '../yaml.ts';
import type {YamlScalar} from '../yaml-scalars.ts';
import {type ScalarStyle, writeLiteral, writeScalar} from './write-scalar.ts';

/** How the file is laid out. */
export interface Layout {
  readonly lineEnd: string;
  /** How far a map stands in behind the key it belongs to. */
  readonly step: number;
  /** The same of the dashes of a list. */
  readonly listStep: number;
}

/** In one piece behind a `:` or `-`: a scalar, or a collection in flow style. `indent`: column of a literal block. */
export function writeInline(value: YamlValue, style: ScalarStyle & {readonly indent?: number}, layout: Layout): string {
  if (isMap(value)) {
    const entries = [...value].map(
      ([key, item]) => `${writeScalar(key, {inFlow: true})}: ${writeInline(item, {inFlow: true}, layout)}`,
    );
    return `{${entries.join(', ')}}`;
  }
  if (isList(value)) return `[${value.map((item) => writeInline(item, {inFlow: true}, layout)).join(', ')}]`;
  if (typeof value === 'string' && style.indent !== undefined && style.quotes === undefined) {
    const literal = writeLiteral(value, style.indent, layout.lineEnd);
    if (literal !== undefined) return literal;
  }
  return writeScalar(value, style);
}

/** A key and its value in block style; the first line is not indented, the others count from `column`. */
export function writeEntry(key: YamlScalar, value: YamlValue, column: number, layout: Layout): string {
  const name = writeScalar(key, {inFlow: false});
  if (!isFilled(value)) return `${name}: ${writeInline(value, {inFlow: false, indent: column + layout.step}, layout)}`;
  const inner = column + (isList(value) ? layout.listStep : layout.step);
  return `${name}:${layout.lineEnd}${' '.repeat(inner)}${writeBlock(value, inner, layout)}`;
}

/** An item of a list in block style, as `writeEntry`. `offset`: how far behind the dash its content stands. */
export function writeItem(value: YamlValue, column: number, offset: number, layout: Layout): string {
  const dash = `-${' '.repeat(offset - 1)}`;
  if (isFilled(value)) return dash + writeBlock(value, column + offset, layout);
  return dash + writeInline(value, {inFlow: false, indent: column + offset}, layout);
}

/** A map or list that is not empty, in block style. */
export function writeBlock(value: YamlValue, column: number, layout: Layout): string {
  const lines = isMap(value)
    ? [...value].map(([key, item]) => writeEntry(key, item, column, layout))
    : (value as readonly YamlValue[]).map((item) => writeItem(item, column, 2, layout));
  return lines.join(layout.lineEnd + ' '.repeat(column));
}

/** Whether it is a map or list with something in it, which block style can show. */
export function isFilled(value: YamlValue): boolean {
  return isMap(value) ? value.size > 0 : isList(value) && value.length > 0;
}

function isMap(value: YamlValue): value is YamlMap {
  return value instanceof Map;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
