/**
 * What Python 3.11 makes of values, written down by it (PyYAML 6.0.3 for the timestamps): whole numbers are {int}, floats
 * {float}, tuples {tuple}, maps {map} with lists of pairs.
 */

import {readFileSync} from 'node:fs';
import {Tuple} from '../../src/engine/values/tuple.ts';
import type {Value} from '../../src/engine/values/types.ts';

type Written =
  | null
  | boolean
  | string
  | readonly Written[]
  | {readonly int: string}
  | {readonly float: string}
  | {readonly tuple: readonly Written[]}
  | {readonly map: readonly (readonly [Written, Written])[]};

/** The text of a result, or the name of what Python raises. */
type Result = string | {readonly raises: string};

interface Golden {
  readonly printing: readonly (readonly [Written, str: string, repr: string])[];
  readonly arithmetic: readonly (readonly [operator: string, Written, Written, result: string])[];
  readonly comparing: readonly (readonly [Written, Written, equal: boolean, less: boolean | 'TypeError'])[];
  readonly percent: readonly (readonly [format: string, Written, Result])[];
  readonly formatting: readonly (readonly [specification: string, Written, Result])[];
  readonly slices: readonly (readonly [Written, start: Written, stop: Written, step: Written, Written])[];
  readonly methods: readonly (readonly [text: string, name: string, readonly Written[], Written])[];
  readonly timestamps: readonly (readonly [text: string, str: string, repr: string])[];
}

export const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/python-values.json', import.meta.url), 'utf8'),
);

export function valueOfWritten(written: Written): Value {
  if (written === null || typeof written !== 'object') return written;
  if (isList(written)) return written.map(valueOfWritten);
  if ('int' in written) return BigInt(written.int);
  if ('float' in written) return floatOfWritten(written.float);
  if ('tuple' in written) return new Tuple(written.tuple.map(valueOfWritten));
  if ('map' in written) return new Map(written.map.map(([key, item]) => [valueOfWritten(key), valueOfWritten(item)]));
  throw new Error(`No value: ${JSON.stringify(written)}`);
}

function isList(written: Written): written is readonly Written[] {
  return Array.isArray(written);
}

function floatOfWritten(text: string): number {
  const named: Readonly<Record<string, number>> = {inf: Infinity, '-inf': -Infinity, nan: Number.NaN};
  return named[text] ?? Number(text);
}
