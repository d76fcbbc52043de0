/**
 * D: every folder of src/ with an image.yaml is an image. v0.6 reads prerequisite and template-list, v0.7 the FROM
 * line: both count here.
 */

import {join} from 'node:path';
import type {ComponentDraft, ImageDraft} from '../draft.ts';
import {isRegularFile, listFolder, note, type Tree} from '../tree.ts';
import {copiedFolders, dockerfileOf, isNameOfImage, type ListSource, prerequisites, templateNames} from './declared.ts';
import {readDeclarations} from './declared-yaml.ts';

export async function readImageFolders(tree: Tree): Promise<ComponentDraft[]> {
  const src = join(tree.toolRoot, 'src');
  const components: ComponentDraft[] = [];
  for (const {name, kind} of await listFolder(tree, src)) {
    const file = join(src, name, 'image.yaml');
    if (kind !== 'folder' || !(await isRegularFile(tree, file))) continue;
    if (!isNameOfImage(tree, name, {file: join(src, name)})) continue;
    components.push({name, folder: `src/${name}`, images: [await readImage(tree, name, file)], needs: []});
  }
  return components;
}

async function readImage(tree: Tree, name: string, file: string): Promise<ImageDraft> {
  const source: ListSource = {tree, image: name, file, yaml: await readDeclarations(tree, file), path: []};
  for (const key of source.yaml.keys([])) {
    if (['copy-list', 'template-list', 'prerequisite'].includes(key)) continue;
    note(tree, {
      code: 'tree-invalid',
      severity: 'warning',
      message: `${key} is not a key of image.yaml (copy-list, template-list, prerequisite) and is ignored.`,
      file,
      line: source.yaml.line([key]) ?? 1,
      key,
    });
  }
  const templates = await templateNames(source, 'template-list');
  return {
    name,
    ...(await dockerfileOf(source, templates)),
    context: `src/${name}`,
    needs: prerequisites(source),
    copyList: await copiedFolders(source, 'copy-list', undefined),
    templates,
  };
}
