import type {Problem, ValueNode} from '../../engine/index.ts';
import {matches} from '../../ui/widgets/list-state.ts';
import {searchTree, type TreeFound, type TreeItem, wayTo} from '../../ui/widgets/tree-lines.ts';

/** A value of the configuration as an item of a tree. */
export interface ConfigItem extends TreeItem<ConfigItem> {
  readonly node: ValueNode;
}

/** Makes nothing of what lies deeper until it is asked for. */
export function configItems(nodes: readonly ValueNode[], above = ''): readonly ConfigItem[] {
  const used = new Map<string, number>();
  return nodes.map((node) => {
    // Keys that differ in what cannot be shown look the same.
    const times = used.get(node.key) ?? 0;
    used.set(node.key, times + 1);
    const id = `${above}\0${node.key}${times === 0 ? '' : `\0${times}`}`;
    let children: readonly ConfigItem[] | undefined;
    return {
      id,
      node,
      get children() {
        if (node.children) children ??= configItems(node.children, id);
        return children;
      },
    };
  });
}

/** What has all words of a filter in its key or value; with a dot in it the whole path counts. Sees secrets as dots. */
export function findValues(items: readonly ConfigItem[], filter: string): TreeFound {
  const byPath = filter.includes('.');
  return searchTree(items, ({node}) => matches(filter, `${byPath ? node.path : node.key} ${node.text ?? ''}`));
}

/** The way to the value a problem is about: by its key in the file, else by its line. */
export function wayToProblem(items: readonly ConfigItem[], {file, line, key}: Problem): readonly ConfigItem[] {
  if (file === undefined) return [];
  const inFile = ({node: {origin}}: ConfigItem) =>
    origin?.from === 'file' && origin.file === file ? origin : undefined;
  const byKey = key === undefined ? [] : wayTo(items, (item) => inFile(item)?.key === key);
  if (byKey.length > 0 || line === undefined) return byKey;
  return wayTo(items, (item) => inFile(item)?.line === line);
}

/** The problems of one value. */
export function problemsOf({origin}: ValueNode, problems: readonly Problem[]): readonly Problem[] {
  if (origin?.from !== 'file') return [];
  return problems.filter(
    ({file, line, key}) => file === origin.file && (line === origin.line || (key !== undefined && key === origin.key)),
  );
}
