/** Something with others below it. */
export interface TreeItem<Item> {
  /** Like no other of the tree, and the same when the tree is made anew. */
  readonly id: string;
  /** Made when they are asked for; absent for a leaf. */
  readonly children?: readonly Item[] | undefined;
}

/** One line of a tree that is partly unfolded. */
export interface TreeLine<Item> {
  readonly item: Item;
  readonly depth: number;
  /** Whether what is below is shown; undefined for a leaf. */
  readonly isOpen: boolean | undefined;
}

/** What a search in a tree found. */
export interface TreeFound {
  readonly found: ReadonlySet<string>;
  /** What was found, and all above it. */
  readonly leads: ReadonlySet<string>;
}

/**
 * The lines of a tree from its top. With a search only what was found and what leads there; below something that was
 * found everything can be unfolded.
 */
export function treeLines<Item extends TreeItem<Item>>(
  roots: readonly Item[],
  unfolded: ReadonlySet<string>,
  search?: TreeFound,
): readonly TreeLine<Item>[] {
  const lines: TreeLine<Item>[] = [];
  const add = (items: readonly Item[], depth: number, all: boolean): void => {
    for (const item of items) {
      const isFound = all || search?.found.has(item.id) === true;
      if (!isFound && !search?.leads.has(item.id)) continue;
      const {children} = item;
      const leadsOn = !isFound || (!all && children?.some(({id}) => search?.leads.has(id)) === true);
      const isOpen = children && (unfolded.has(item.id) || leadsOn);
      lines.push({item, depth, isOpen});
      if (children && isOpen) add(children, depth + 1, isFound && (all || unfolded.has(item.id)));
    }
  };
  add(roots, 0, search === undefined);
  return lines;
}

/** Looks at every item of a tree. */
export function searchTree<Item extends TreeItem<Item>>(
  roots: readonly Item[],
  answers: (item: Item) => boolean,
): TreeFound {
  const found = new Set<string>();
  const leads = new Set<string>();
  const look = (item: Item): boolean => {
    let leadsOn = answers(item);
    if (leadsOn) found.add(item.id);
    for (const child of item.children ?? []) leadsOn = look(child) || leadsOn;
    if (leadsOn) leads.add(item.id);
    return leadsOn;
  };
  for (const root of roots) look(root);
  return {found, leads};
}

/** The way from the top to the first item that answers, itself included; empty when there is none. */
export function wayTo<Item extends TreeItem<Item>>(
  roots: readonly Item[],
  answers: (item: Item) => boolean,
): readonly Item[] {
  for (const item of roots) {
    if (answers(item)) return [item];
    const below = wayTo(item.children ?? [], answers);
    if (below.length > 0) return [item, ...below];
  }
  return [];
}
