import {type Catalog, imageOrder} from '../../engine/index.ts';

/** How images stand on each other, for drawing. Works on any tree, also one with rings. */
export interface ShownOrder {
  /** Groups of image names that could build at the same time, sorted by name. */
  readonly levels: readonly (readonly string[])[];
  /** Images on or behind a ring: they have no place in the order. */
  readonly unordered: readonly string[];
  /** Names of what an image stands on directly: by its Dockerfile, or because its component needs theirs. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Names of what stands directly on an image. */
  readonly neededBy: ReadonlyMap<string, readonly string[]>;
}

export function shownOrder(catalog: Catalog): ShownOrder {
  const {groups, needs} = imageOrder(catalog);
  const ordered = new Set(groups.flat());
  const neededBy = new Map<string, string[]>();
  for (const [name, its] of needs) {
    for (const need of its) neededBy.set(need, [...(neededBy.get(need) ?? []), name]);
  }
  for (const names of neededBy.values()) names.sort();
  return {levels: groups, unordered: [...needs.keys()].filter((name) => !ordered.has(name)).sort(), needs, neededBy};
}

/** One line of the graph: an image, what leads to it, and what else it stands on. */
export interface GraphLine {
  readonly name: string;
  /** Whether a branch goes on below, for each level above; empty for a root. */
  readonly trunk: readonly boolean[];
  readonly also: readonly string[];
}

/** The graph as a tree: each image once, below the deepest of what it stands on. */
export function graphTree({levels, unordered, needs}: ShownOrder): readonly GraphLine[] {
  const depth = new Map(levels.flatMap((names, level) => names.map((name) => [name, level] as const)));
  const parentOf = (name: string): string | undefined =>
    [...(needs.get(name) ?? [])].sort((a, b) => (depth.get(b) ?? -1) - (depth.get(a) ?? -1) || compare(a, b))[0];
  const children = new Map<string | undefined, string[]>();
  for (const name of levels.flat()) {
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  const lines: GraphLine[] = [];
  const visit = (name: string, trunk: readonly boolean[], parent: string | undefined): void => {
    lines.push({name, trunk, also: (needs.get(name) ?? []).filter((need) => need !== parent)});
    const below = children.get(name) ?? [];
    for (const [index, child] of below.entries()) visit(child, [...trunk, index < below.length - 1], name);
  };
  for (const root of children.get(undefined) ?? []) visit(root, [], undefined);
  for (const name of unordered) lines.push({name, trunk: [], also: needs.get(name) ?? []});
  return lines;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
