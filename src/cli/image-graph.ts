import type {Catalog, Image} from '../engine/index.ts';
import {imagesDocument} from './image-list.ts';
import {buildOrder} from './order.ts';
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

function textGraph(catalog: Catalog, look: typeof lines): string {
  const drawn = new Set<string>();
  const rows: string[] = [];
  const draw = (image: Image, before: string, below: string, parent?: string) => {
    const others = image.needs.filter((need) => need !== parent);
    const also = others.length > 0 ? `  (also needs ${others.map(plainLine).join(', ')})` : '';
    const dependents = catalog.images.filter(({needs}) => needs.includes(image.name));
    const again = drawn.has(image.name) && dependents.length > 0 ? '  (drawn above)' : '';
    rows.push(`${before}${plainLine(image.name)}${also}${again}`);
    if (drawn.has(image.name)) return;
    drawn.add(image.name);
    dependents.forEach((dependent, index) => {
      const last = index === dependents.length - 1;
      draw(dependent, below + (last ? look.last : look.branch), below + (last ? look.blank : look.through), image.name);
    });
  };
  for (const image of catalog.images) if (image.needs.length === 0) draw(image, '', '');
  for (const ring of ringsOf(catalog)) rows.push(`ring: ${[...ring, ring[0] ?? ''].map(plainLine).join(look.turn)}`);
  const left = catalog.images.filter(({name}) => !drawn.has(name));
  if (left.length > 0) rows.push(`on or behind a ring: ${left.map(({name}) => plainLine(name)).join(', ')}`);
  return rows.join('\n');
}

function ringsOf(catalog: Catalog): readonly (readonly string[])[] {
  return buildOrder(catalog).cycles;
}

function dotGraph(catalog: Catalog): string {
  const edges = catalog.images.flatMap((image) =>
    image.needs.map((need) => `  ${quoted(image.name)} -> ${quoted(need)};`),
  );
  return [
    'digraph images {',
    '  rankdir=RL;',
    '  node [shape=box];',
    ...catalog.images.map(({name}) => `  ${quoted(name)};`),
    ...edges,
    '}',
  ].join('\n');
}

function quoted(name: string): string {
  return `"${plainLine(name).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
