/** A view of a configuration as a tree for people: each value as Python prints it, secrets as dots, with where it comes from. */

import {displayText} from '../names.ts';
import {repr} from '../values/repr.ts';
import {nameOfKey} from './context-values.ts';
import type {Guarded} from './guarded.ts';
import type {Origin} from './origins.ts';
import type {ClusterConfig} from './types.ts';
import type {YamlValue} from './yaml.ts';
import type {YamlScalar} from './yaml-scalars.ts';

/** Which view of the object model: what templates of services see, or those of Kubernetes. */
export type ViewName = 'services' | 'kubernetes';

export interface ValueNode {
  /** The key, or the number in a list; safe to show. */
  readonly key: string;
  /** Dotted, from the top of the view. */
  readonly path: string;
  /** As Python prints it; of a map or a list only when it is empty ({} or []). */
  readonly text?: string;
  /** Looked up when it is asked for. */
  readonly origin?: Origin | undefined;
  /** Of a map or a list that is not empty; made when they are asked for. */
  readonly children?: readonly ValueNode[] | undefined;
}

/** The top level of a view, in its order. Makes nothing of what lies deeper until it is asked for. */
export function valueTree(config: ClusterConfig, view: ViewName): readonly ValueNode[] {
  const values = config.views[view];
  return childrenOf(values.reveal(), values.shown(), '', (holder, key) => config.originOf(holder, key));
}

/** The leaves of a tree, in its order. */
export function* leavesOf(nodes: readonly ValueNode[]): Generator<ValueNode> {
  for (const node of nodes) {
    if (node.children) yield* leavesOf(node.children);
    else yield node;
  }
}

/** A view as plain JSON, secrets as dots. Whole numbers too large for JSON become texts. */
export function viewDocument(values: Guarded): unknown {
  return plain(values.shown());
}

type OriginOf = (holder: object, key: unknown) => Origin | undefined;

/** `real` holds the values whose origins are known, `shown` the same with dots. */
function childrenOf(real: YamlValue, shown: YamlValue, above: string, originOf: OriginOf): readonly ValueNode[] {
  if (Array.isArray(real) && Array.isArray(shown)) {
    return real.map((item, index) => node(String(index), item, shown[index] ?? null, above, originOf, real, index));
  }
  if (!(real instanceof Map && shown instanceof Map)) return [];
  return [...real].map(([key, item]) =>
    node(nameOfKey(key as YamlScalar), item, shown.get(key) ?? null, above, originOf, real, key),
  );
}

function node(
  key: string,
  real: YamlValue,
  shown: YamlValue,
  above: string,
  originOf: OriginOf,
  holder: object,
  heldAs: unknown,
): ValueNode {
  const name = displayText(key);
  const path = above === '' ? name : `${above}.${name}`;
  const size = Array.isArray(real) ? real.length : real instanceof Map ? real.size : 0;
  let children: readonly ValueNode[] | undefined;
  return {
    key: name,
    path,
    get origin() {
      return originOf(holder, heldAs);
    },
    ...(size === 0 ? {text: displayText(repr(shown))} : {}),
    get children() {
      if (size > 0) children ??= childrenOf(real, shown, path, originOf);
      return children;
    },
  };
}

function plain(value: YamlValue): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [nameOfKey(key as YamlScalar), plain(item)]));
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'object' && value !== null ? repr(value) : value;
}
