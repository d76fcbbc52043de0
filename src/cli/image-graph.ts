import {type Catalog, imageOrder} from '../engine/index.ts';
import {imagesDocument} from './image-list.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';

/** `image graph`: each image below what it stands on; one that stands on several is drawn once and named again. */
export function showGraph(
  catalog: Catalog,
  output: Output,
  choice: {readonly dot: boolean; readonly ascii: boolean},
): void {
  if (output.json) output.data(imagesDocument(catalog));
  else if (choice.dot) output.print(dotGraph(catalog));
  else output.print(textGraph(catalog, choice.ascii ? asciiLines : lines));
}

const lines = {branch: '├─ ', last: '└─ ', through: '│  ', blank: '   ', turn: ' → '};
const asciiLines = {branch: '|- ', last: '`- ', through: '|  ', blank: '   ', turn: ' -> '};

/** An image to draw: what stands before its name and before those below it. */
interface Row {
  readonly name: string;
  readonly before: string;
  readonly below: string;
  readonly parent?: string;
}

function textGraph(catalog: Catalog, look: typeof lines): string {
  const {needs, rings} = imageOrder(catalog);
  const neededBy = new Map<string, string[]>();
  for (const [name, its] of needs) for (const need of its) neededBy.set(need, [...(neededBy.get(need) ?? []), name]);
  const drawn = new Set<string>();
  const rows: string[] = [];
  // A list and no recursion: a chain of images may be longer than the call stack.
  const next: Row[] = [...needs].filter(([, its]) => its.length === 0).map(([name]) => ({name, before: '', below: ''}));
  for (let row = next.shift(); row; row = next.shift()) {
    const {name, before, below, parent} = row;
    const others = needs.get(name)?.filter((need) => need !== parent) ?? [];
    const also = others.length > 0 ? `  (also needs ${others.map(plainLine).join(', ')})` : '';
    const dependents = neededBy.get(name) ?? [];
    const again = drawn.has(name) && dependents.length > 0 ? '  (drawn above)' : '';
    rows.push(`${before}${plainLine(name)}${also}${again}`);
    if (drawn.has(name)) continue;
    drawn.add(name);
    const children = dependents.map((dependent, index): Row => {
      const isLast = index === dependents.length - 1;
      return {
        name: dependent,
        before: below + (isLast ? look.last : look.branch),
        below: below + (isLast ? look.blank : look.through),
        parent: name,
      };
    });
    next.unshift(...children);
  }
  for (const ring of rings) rows.push(`ring: ${[...ring, ring[0] ?? ''].map(plainLine).join(look.turn)}`);
  const left = [...needs.keys()].filter((name) => !drawn.has(name));
  if (left.length > 0) rows.push(`on or behind a ring: ${left.map(plainLine).join(', ')}`);
  return rows.join('\n');
}

function dotGraph(catalog: Catalog): string {
  const {needs} = imageOrder(catalog);
  return [
    'digraph images {',
    '  rankdir=RL;',
    '  node [shape=box];',
    ...[...needs.keys()].map((name) => `  ${quoted(name)};`),
    ...[...needs].flatMap(([name, its]) => its.map((need) => `  ${quoted(name)} -> ${quoted(need)};`)),
    '}',
  ].join('\n');
}

function quoted(name: string): string {
  return `"${plainLine(name).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
