import type {Catalog} from '../../engine/index.ts';

/** How images stand on each other, for drawing. Works on any tree, also one with cycles or unknown names. */
export interface ImageOrder {
  /** Groups of image names that could build at the same time, sorted by name. */
  readonly levels: readonly (readonly string[])[];
  /** Images that are part of a cycle or stand on one: they have no place in the order. */
  readonly unordered: readonly string[];
  /** Names of what stands directly on an image. */
  readonly neededBy: ReadonlyMap<string, readonly string[]>;
}

/** The order by FROM and by what each component needs. */
export function imageOrder(catalog: Catalog): ImageOrder {
  const needs = directNeeds(catalog);
  const level = new Map<string, number>();
  let left = [...needs.keys()];
  for (let depth = 0; left.length > 0; depth += 1) {
    const ready = left.filter((name) => [...(needs.get(name) ?? [])].every((need) => level.has(need)));
    if (ready.length === 0) break;
    for (const name of ready) level.set(name, depth);
    left = left.filter((name) => !level.has(name));
  }
  const levels: string[][] = [];
  for (const [name, depth] of level) {
    levels[depth] ??= [];
    levels[depth]?.push(name);
  }
  const neededBy = new Map<string, string[]>();
  for (const [name, its] of needs) {
    for (const need of its) neededBy.set(need, [...(neededBy.get(need) ?? []), name]);
  }
  for (const names of neededBy.values()) names.sort();
  return {levels: levels.map((names) => names.sort()), unordered: left.sort(), neededBy};
}

/** Known images each image stands on: by its Dockerfile, or because its component needs theirs. */
function directNeeds(catalog: Catalog): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Set(catalog.images.map((image) => image.name));
  const components = new Map(catalog.components.map((component) => [component.name, component]));
  return new Map(
    catalog.images.map((image) => {
      const ofComponent = (components.get(image.component)?.needs ?? []).flatMap(
        (name) => components.get(name)?.images ?? [],
      );
      const needs = [...image.needs, ...ofComponent].filter((name) => known.has(name) && name !== image.name);
      return [image.name, new Set(needs)];
    }),
  );
}

/** One line of the graph: an image, what leads to it, and what else it stands on. */
export interface GraphLine {
  readonly name: string;
  /** Whether a branch goes on below, for each level above; empty for a root. */
  readonly trunk: readonly boolean[];
  readonly also: readonly string[];
}

/** The graph as a tree: each image once, below the deepest of what it stands on. */
export function graphTree(catalog: Catalog, order: ImageOrder): readonly GraphLine[] {
  const needs = directNeeds(catalog);
  const depth = new Map(order.levels.flatMap((names, level) => names.map((name) => [name, level] as const)));
  const parentOf = (name: string): string | undefined =>
    [...(needs.get(name) ?? [])].sort((a, b) => (depth.get(b) ?? -1) - (depth.get(a) ?? -1) || compare(a, b))[0];
  const children = new Map<string | undefined, string[]>();
  for (const name of order.levels.flat()) {
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  const lines: GraphLine[] = [];
  const visit = (name: string, trunk: readonly boolean[], parent: string | undefined): void => {
    lines.push({name, trunk, also: [...(needs.get(name) ?? [])].filter((need) => need !== parent).sort()});
    const below = children.get(name) ?? [];
    for (const [index, child] of below.entries()) visit(child, [...trunk, index < below.length - 1], name);
  };
  for (const root of children.get(undefined) ?? []) visit(root, [], undefined);
  for (const name of order.unordered) lines.push({name, trunk: [], also: [...(needs.get(name) ?? [])].sort()});
  return lines;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
