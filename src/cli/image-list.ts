import {type Catalog, imageOrder, type Problem} from '../engine/index.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {table} from './table.ts';

/** `image list`: the images of a tree and their order. */
export function showImages(catalog: Catalog, output: Output): void {
  if (output.json) {
    output.data(imagesDocument(catalog));
    return;
  }
  output.print(`${treeInWords(catalog)}\n`);
  if (catalog.images.length === 0) {
    output.print('The tree has no images.');
    return;
  }
  const {groups, needs} = imageOrder(catalog);
  output.print(
    table(
      ['NAME', 'COMPONENT', 'NEEDS', 'DOCKERFILE'],
      catalog.images.map(({name, component, dockerfile}) => [
        name,
        component,
        needs.get(name)?.join(', ') || '-',
        dockerfile,
      ]),
    ),
  );
  output.print('\nBuild order (images of one line can build at the same time):');
  output.print(
    groups.map((group, index) => `${String(index + 1).padStart(3)}  ${group.map(plainLine).join(', ')}`).join('\n'),
  );
}

/** The JSON of `image list` and `image graph`; problems only where there are some. */
export function imagesDocument(catalog: Catalog): {
  readonly images: readonly object[];
  readonly order: readonly (readonly string[])[];
  readonly problems?: readonly Problem[];
} {
  const {groups, needs} = imageOrder(catalog);
  return {
    images: catalog.images.map(({name, component, dockerfile, layout}) => ({
      name,
      component,
      dockerfile,
      layout,
      needs: needs.get(name) ?? [],
    })),
    order: groups,
    ...(catalog.problems.length > 0 ? {problems: catalog.problems} : {}),
  };
}

function treeInWords(catalog: Catalog): string {
  const version = catalog.version ? `, version ${plainLine(catalog.version)}` : '';
  const images = `${catalog.images.length} ${catalog.images.length === 1 ? 'image' : 'images'}`;
  const components = `${catalog.components.length} ${catalog.components.length === 1 ? 'component' : 'components'}`;
  return `${plainLine(catalog.root)}: era ${catalog.era}${version}, ${images} in ${components}`;
}
