/** What A–D declare of an image in YAML: what is copied into it, what is rendered, what it needs. */

import {basename, join} from 'node:path';
import type {YamlPath, YamlValue} from '../../config/yaml.ts';
import {displayText} from '../../names.ts';
import type {ImageDraft, Written} from '../draft.ts';
import {isImageName} from '../image-name.ts';
import {kindOf, note, resolveName, shownPath, type Tree, toolPath} from '../tree.ts';
import type {Declarations} from './declared-yaml.ts';

/** Where the keys of one image are. */
export interface ListSource {
  readonly tree: Tree;
  readonly image: string;
  readonly file: string;
  readonly yaml: Declarations;
  readonly path: YamlPath;
}

/** Whether an image may have this name; if not, that is noted where the name is given. */
export function isNameOfImage(
  tree: Tree,
  name: string,
  written: {readonly file: string; readonly line?: number},
): boolean {
  if (isImageName(name)) return true;
  note(tree, {
    code: 'tree-invalid',
    message: `"${displayText(name)}" cannot be the name of an image: Docker does not allow it.`,
    hint: 'Image names are lower case letters and digits, with single . _ - between them.',
    ...written,
  });
  return false;
}

/** Names below src/<image>/, without .template; each must have its template there. */
export async function templateNames(source: ListSource, key: string): Promise<string[]> {
  const {tree, image} = source;
  // The tools look at the first word alone: behind None nothing counts.
  const value = source.yaml.at([...source.path, key]);
  if (Array.isArray(value) && value[0] === 'None') return [];
  const folder = join(tree.toolRoot, 'src', image);
  const names: string[] = [];
  for (const {name, line} of strings(source, key)) {
    const path = await resolveName(tree, folder, name, {file: source.file, line, what: `${key} of ${image}`});
    if (path === undefined) continue;
    names.push(name);
    if ((await kindOf(tree, `${path}.template`)) === 'file') continue;
    mistake(
      source,
      line,
      `${key} of ${image} names ${displayText(name)}, but there is no ${shownPath(tree, path)}.template.`,
    );
  }
  return names;
}

export function prerequisites(source: ListSource): Written[] {
  return strings(source, 'prerequisite').map(({name, line}) => ({name, file: source.file, line}));
}

/**
 * Folders and files that are copied for the build. A–C name sources alone, which go into `into`; D names pairs of
 * src and dst, both relative to the tool folder, and copies src into dst.
 */
export async function copiedFolders(
  source: ListSource,
  key: string,
  into: string | undefined,
): Promise<ImageDraft['copyList']> {
  const {tree, image, file} = source;
  const list: {from: string; to: string}[] = [];
  const entries =
    into === undefined
      ? pairs(source, key)
      : strings(source, key).map(({name, line}) => ({src: name, dst: into, line}));
  for (const {src, dst, line} of entries) {
    const written = {file, line, what: `${key} of ${image}`};
    const from = await resolveName(tree, tree.toolRoot, src, written);
    const to = await resolveName(tree, tree.toolRoot, dst, written);
    if (from === undefined || to === undefined) continue;
    if (['none', 'dangling'].includes(await kindOf(tree, from))) {
      const message = `${key} of ${image} copies ${displayText(src)}, which is not in the tree.`;
      note(tree, {code: 'tree-invalid', severity: 'warning', message, file, line});
    }
    // cp -r of a folder's own content ("src/.") puts no folder of that name into the destination.
    const isContent = /(?:^|\/)\.\/?$/.test(src);
    list.push({from: toolPath(tree, from), to: toolPath(tree, isContent ? to : join(to, basename(from)))});
  }
  return list;
}

/** The Dockerfile of the image: as it is, or as the template it is rendered from. */
export async function dockerfileOf(
  source: ListSource,
  templates: readonly string[],
): Promise<Pick<ImageDraft, 'dockerfile' | 'source'>> {
  const {tree, image, file} = source;
  const folder = join(tree.toolRoot, 'src', image);
  // Docker looks for Dockerfile, then for dockerfile.
  for (const name of ['Dockerfile', 'dockerfile']) {
    const path = join(folder, name);
    const dockerfile = toolPath(tree, path);
    const template = `${path}.template`;
    if (templates.includes(name)) {
      if ((await kindOf(tree, template)) === 'file') return {dockerfile, source: {path: template, isTemplate: true}};
    } else if ((await kindOf(tree, path)) === 'file') return {dockerfile, source: {path, isTemplate: false}};
  }
  mistake(
    source,
    source.yaml.line(source.path) ?? 1,
    `The image ${image} has no dockerfile in ${shownPath(tree, folder)}.`,
    file,
  );
  return {dockerfile: toolPath(tree, join(folder, 'dockerfile'))};
}

/** One name or a list of names; the word None (and nothing at all) stands for none. */
function strings(source: ListSource, key: string): {name: string; line: number}[] {
  const path = [...source.path, key];
  const value = source.yaml.at(path);
  const line = source.yaml.line(path) ?? 1;
  const items = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
  const found: {name: string; line: number}[] = [];
  for (const [index, item] of items.entries()) {
    if (item === null || item === undefined || item === 'None') continue;
    const itemLine = Array.isArray(value) ? (source.yaml.line([...path, index]) ?? line) : line;
    if (typeof item === 'string' && item !== '') found.push({name: item, line: itemLine});
    else mistake(source, itemLine, `${path.join('.')} must hold names.`);
  }
  return found;
}

function pairs(source: ListSource, key: string): {src: string; dst: string; line: number}[] {
  const path = [...source.path, key];
  const value = source.yaml.at(path);
  if (value === null || value === undefined || value === 'None') return [];
  if (!Array.isArray(value)) {
    mistake(source, source.yaml.line(path) ?? 1, `${path.join('.')} must be a list of {src, dst}.`);
    return [];
  }
  const found: {src: string; dst: string; line: number}[] = [];
  for (const [index, item] of (value as readonly YamlValue[]).entries()) {
    if (item === null || item === 'None') continue;
    const line = source.yaml.line([...path, index]) ?? 1;
    const src = item instanceof Map ? item.get('src') : undefined;
    const dst = item instanceof Map ? item.get('dst') : undefined;
    if (typeof src === 'string' && typeof dst === 'string') found.push({src, dst, line});
    else mistake(source, line, `${path.join('.')} must be a list of {src, dst}.`);
  }
  return found;
}

function mistake(source: ListSource, line: number, message: string, file = source.file): void {
  note(source.tree, {code: 'tree-invalid', message, file, line});
}
