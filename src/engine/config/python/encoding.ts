/**
 * Values on their way to Python and back, as JSON. Maps and lists stand in one table and are named by their place in
 * it, so that what is one object stays one (aliases of YAML). null, true, false and texts are themselves; other
 * scalars are ["i", "25"], ["f", "25.0"] and ["d", "2026-11-20"]; a map or a list is ["n", place].
 */

import * as z from 'zod/mini';
import {exactly, list, named, type Of, oneOf, pair, record} from '../../json.ts';
import {floatRepr} from '../../values/float-repr.ts';
import {Timestamp} from '../../values/timestamp.ts';
import type {Value, ValueMap} from '../context-values.ts';
import type {YamlScalar} from '../yaml-scalars.ts';

const encodedScalar = z.union([
  z.null(),
  z.boolean(),
  z.string(),
  pair(exactly('i'), z.string().check(z.regex(/^-?\d+$/))),
  pair(oneOf('f', 'd'), z.string()),
]);
const encoded = z.union([encodedScalar, pair(exactly('n'), z.int().check(z.nonnegative()))]);

/** Of a list its items, of a map its keys and values. */
const encodedNode = z.union([record({l: list(encoded)}), record({m: list(pair(encodedScalar, encoded))})]);

type EncodedScalar = Of<typeof encodedScalar>;
export type Encoded = Of<typeof encoded>;
export type EncodedNode = Of<typeof encodedNode>;

/** Values by name, with the table they are in. */
export const encodedValues = record({nodes: list(encodedNode), values: named(encoded)}).check(
  z.refine(({nodes, values}) =>
    [...nodes.flatMap(itemsOf), ...Object.values(values)].every((item) => isIn(nodes, item)),
  ),
);

function itemsOf(node: EncodedNode): readonly Encoded[] {
  return 'l' in node ? node.l : node.m.map(([, item]) => item);
}

function isIn(nodes: readonly EncodedNode[], item: Encoded): boolean {
  return typeof item !== 'object' || item?.[0] !== 'n' || item[1] < nodes.length;
}

export class Encoder {
  readonly nodes: EncodedNode[] = [];
  readonly #places = new Map<object, number>();

  encode(value: Value): Encoded {
    if (value instanceof Map || Array.isArray(value)) return ['n', this.#placeOf(value)];
    return scalar(value);
  }

  #placeOf(value: ValueMap | Value[]): number {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    const place = this.nodes.push({l: []}) - 1;
    this.#places.set(value, place);
    this.nodes[place] = Array.isArray(value)
      ? {l: value.map((item) => this.encode(item))}
      : {m: [...value].map(([key, item]) => [scalar(key), this.encode(item)] as const)};
    return place;
  }
}

/** The values of a table; all places they name must be in it. */
export function decoder(nodes: readonly EncodedNode[]): (encoded: Encoded) => Value {
  const done = new Map<number, Value>();
  const decode = (value: Encoded): Value =>
    typeof value === 'object' && value?.[0] === 'n' ? nodeAt(value[1]) : scalarOf(value as EncodedScalar);
  const nodeAt = (place: number): Value => {
    const known = done.get(place);
    if (known !== undefined) return known;
    const node = nodes[place];
    if (node === undefined) throw new Error(`There is no value ${place} in what Python wrote.`);
    if ('l' in node) {
      const list: Value[] = [];
      done.set(place, list);
      for (const item of node.l) list.push(decode(item));
      return list;
    }
    const map: ValueMap = new Map();
    done.set(place, map);
    for (const [key, item] of node.m) map.set(scalarOf(key), decode(item));
    return map;
  };
  return decode;
}

function scalar(value: YamlScalar): EncodedScalar {
  if (typeof value === 'bigint') return ['i', String(value)];
  if (typeof value === 'number') return ['f', floatRepr(value)];
  return typeof value === 'object' && value !== null ? ['d', value.str()] : value;
}

function scalarOf(value: EncodedScalar): YamlScalar {
  if (typeof value !== 'object' || value === null) return value;
  const [kind, what] = value;
  if (kind === 'i') return BigInt(what);
  return kind === 'f' ? floatOf(what) : (Timestamp.parse(what) ?? what);
}

function floatOf(text: string): number {
  const endless = /^(-?)inf$/.exec(text);
  if (endless) return endless[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
