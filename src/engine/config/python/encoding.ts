/**
 * Values on their way to Python and back, as JSON. Maps and lists stand in one table and are named by their place in
 * it, so that what is one object stays one (aliases of YAML). null, true, false and texts are themselves; other
 * scalars are ["i", "25"], ["f", "25.0"] and ["d", "2026-11-20"]; a map or a list is ["n", place].
 */

import {floatRepr} from '../../values/float-repr.ts';
import {Timestamp} from '../../values/timestamp.ts';
import type {Value, ValueMap} from '../context-values.ts';
import type {YamlScalar} from '../yaml-scalars.ts';

export type Encoded = null | boolean | string | readonly ['i' | 'f' | 'd', string] | readonly ['n', number];

/** Of a list its items, of a map its keys and values. */
export type EncodedNode = {readonly l: readonly Encoded[]} | {readonly m: readonly (readonly [Encoded, Encoded])[]};

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

/** The values of a table. Throws a plain Error for what no encoder writes. */
export function decoder(nodes: readonly EncodedNode[]): (encoded: Encoded) => Value {
  const done = new Map<number, Value>();
  const decode = (encoded: Encoded): Value => {
    if (!Array.isArray(encoded)) return encoded as YamlScalar;
    const [kind, what] = encoded as readonly [string, string | number];
    if (kind === 'i') return BigInt(what);
    if (kind === 'f') return floatOf(String(what));
    if (kind === 'd') return Timestamp.parse(String(what)) ?? String(what);
    return nodeAt(Number(what));
  };
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
    for (const [key, item] of node.m) map.set(decode(key) as YamlScalar, decode(item));
    return map;
  };
  return decode;
}

function scalar(value: YamlScalar): Encoded {
  if (typeof value === 'bigint') return ['i', String(value)];
  if (typeof value === 'number') return ['f', floatRepr(value)];
  return typeof value === 'object' && value !== null ? ['d', value.str()] : value;
}

function floatOf(text: string): number {
  const endless = /^(-?)inf$/.exec(text);
  if (endless) return endless[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
