import {isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap} from 'yaml';

/** Names of keys as they are written, and numbers of entries. */
export type YamlPath = readonly (string | number)[];

export interface Places {
  /** The key or entry at a path, or the nearest above it that is there. */
  nearest(path: YamlPath): Node;
  /** The text of a scalar; undefined for what is no scalar or not there. */
  text(path: YamlPath): string | undefined;
}

/** Where the parts of a document are. `targets`: what each alias stands for. */
export function placesOf(root: Node, targets: ReadonlyMap<Node, Node>): Places {
  /** Looking for a key in a long map again and again would take time that grows with its square. */
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair<Node, Node | null>>>();
  const behind = (node: Node | null | undefined) => (isAlias(node) ? targets.get(node) : (node ?? undefined));

  function indexOf(map: YAMLMap): ReadonlyMap<string, Pair<Node, Node | null>> {
    const known = indexes.get(map);
    if (known) return known;
    const pairs = new Map<string, Pair<Node, Node | null>>();
    const merged: YAMLMap[] = [];
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      if (!isScalar(pair.key)) continue;
      if (pair.key.value === '<<' && pair.key.type === 'PLAIN') merged.push(...mapsIn(behind(pair.value)));
      // The last of two counts, as in the value.
      else pairs.set(String(pair.key.value), pair);
    }
    // What is merged into a map is written where it was taken from; of several the first named counts.
    for (const other of merged) for (const [key, pair] of indexOf(other)) if (!pairs.has(key)) pairs.set(key, pair);
    indexes.set(map, pairs);
    return pairs;
  }

  function mapsIn(node: Node | undefined): YAMLMap[] {
    if (isMap(node)) return [node];
    return isSeq(node) ? node.items.flatMap((item) => mapsIn(behind(item as Node))) : [];
  }

  function find(path: YamlPath): {exact: Node | undefined; nearest: Node} {
    let nearest = root;
    let value: Node | undefined = root;
    for (const part of path) {
      if (isMap(value)) {
        const pair: Pair<Node, Node | null> | undefined = indexOf(value).get(String(part));
        if (!pair) return {exact: undefined, nearest};
        nearest = pair.key;
        value = behind(pair.value);
      } else if (isSeq(value)) {
        const item = value.items[Number(part)] as Node | undefined;
        if (!item) return {exact: undefined, nearest};
        nearest = item;
        value = behind(item);
      } else return {exact: undefined, nearest};
    }
    return {exact: value, nearest};
  }

  return {
    nearest: (path) => find(path).nearest,
    text(path) {
      const {exact} = find(path);
      return isScalar(exact) && typeof exact.value === 'string' ? exact.value : undefined;
    },
  };
}
