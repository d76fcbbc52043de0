/**
 * A–C: service.yaml in the tool folder lists every image under imagelist. The word None stands for "none" there; it
 * is a string to YAML.
 */

import {join} from 'node:path';
import type {ComponentDraft} from '../draft.ts';
import {kindOf, note, type Tree} from '../tree.ts';
import {copiedFolders, dockerfileOf, isNameOfImage, type ListSource, prerequisites, templateNames} from './declared.ts';
import {readDeclarations} from './declared-yaml.ts';

export async function readCentralList(tree: Tree): Promise<ComponentDraft[]> {
  const file = join(tree.toolRoot, 'service.yaml');
  if ((await kindOf(tree, file)) === 'none') {
    note(tree, {
      code: 'tree-invalid',
      severity: 'warning',
      message: 'service.yaml, which lists the images of such a tree, is not there: the tree has no images.',
      file,
    });
    return [];
  }
  const yaml = await readDeclarations(tree, file, 'imagelist');
  const components: ComponentDraft[] = [];
  for (const name of yaml.keys(['imagelist'])) {
    const line = yaml.line(['imagelist', name]) ?? 1;
    if (!isNameOfImage(tree, name, {file, line})) continue;
    yaml.expectMap(['imagelist', name]);
    const source: ListSource = {tree, image: name, file, yaml, path: ['imagelist', name]};
    const templates = await templateNames(source, 'templatelist');
    components.push({
      name,
      folder: `src/${name}`,
      needs: [],
      images: [
        {
          name,
          ...(await dockerfileOf(source, templates)),
          context: `src/${name}`,
          needs: prerequisites(source),
          copyList: await copiedFolders(source, 'copy', `src/${name}/copied_file`),
          templates,
        },
      ],
    });
  }
  return components.sort((a, b) => (a.name < b.name ? -1 : 1));
}
