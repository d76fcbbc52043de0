/** Scalars written so that PyYAML reads back exactly the same value. */

import {floatRepr} from '../../values/float-repr.ts';
import {Timestamp} from '../../values/timestamp.ts';
import {tagOf, type YamlScalar} from '../yaml-scalars.ts';

export interface ScalarStyle {
  readonly inFlow: boolean;
  /** The quotes a text had before, kept where they can be. */
  readonly quotes?: '"' | "'";
}

/** On one line, whatever it holds. */
export function writeScalar(value: YamlScalar, style: ScalarStyle): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return writeFloat(value);
  if (value instanceof Timestamp) return value.text;
  return writeText(value, style);
}

/** Undefined where a text cannot be written as a literal block. `indent`: column of its lines. */
export function writeLiteral(value: string, indent: number, lineEnd: string): string | undefined {
  const lines = value.split('\n');
  const isClipped = lines.length > 1 && lines.at(-1) === '';
  if (isClipped) lines.pop();
  const isSafe = lines.length > 1 && lines.every((line) => literalLine.test(line)) && lines.at(-1) !== '';
  if (!isSafe || /^(?:$|\s)/.test(value)) return undefined;
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return [isClipped ? '|' : '|-', ...body].join(lineEnd);
}

// What PyYAML reads unchanged, without blanks at the end, which editors take away.
const literalLine = /^(?:|[\x20-\x7e\u00a1-\u1fff]*[\x21-\x7e\u00a1-\u1fff])$/;

/** 1e+16 has to become 1.0e+16: without the point PyYAML takes it for a text. */
function writeFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatRepr(value);
  return text.includes('.') ? text : text.replace('e', '.0e');
}

function writeText(value: string, {inFlow, quotes}: ScalarStyle): string {
  if (quotes === "'" && /^[\x20-\x7e\u00a1-\u1fff]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return quotes === undefined && isPlain(value, inFlow) ? value : doubleQuoted(value);
}

function isPlain(value: string, inFlow: boolean): boolean {
  if (value.length > 200 || tagOf(value) !== 'str' || /^\.\.\./.test(value)) return false;
  return inFlow ? plainInFlow.test(value) : plainInBlock.test(value) && !/: | #|:$/.test(value);
}

// Narrower than the grammar: what looks odd without quotes gets them.
const plainInFlow =
  /^[A-Za-z0-9\u00c0-\u024f_./](?:[A-Za-z0-9\u00c0-\u024f_./+@%=()*;~ -]*[A-Za-z0-9\u00c0-\u024f_./+@%=()*;~-])?$/;
const plainInBlock =
  /^[A-Za-z0-9\u00c0-\u024f_./](?:[A-Za-z0-9\u00c0-\u024f_./+@%=()*;~,:!?#$&'"<>^|{}[\] -]*[A-Za-z0-9\u00c0-\u024f_./+@%=()*;~,:!?#$&'"<>^|{}[\]-])?$/;

function doubleQuoted(value: string): string {
  return `"${value.replace(escaped, escapeOf)}"`;
}

// Quotes, backslashes, and all that PyYAML's reader refuses, takes for a line end, or nobody sees.
const escaped =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /["\\\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]|\p{Surrogate}/gu;

const named: Readonly<Record<string, string>> = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t'};

function escapeOf(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16);
  return named[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}
