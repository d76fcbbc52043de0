/**
 * E–G: every folder of src/ is a component; its images are build/<image>.dockerfile, and build/component.dep names
 * the components it needs.
 */

import {basename, join} from 'node:path';
import {displayText} from '../../names.ts';
import type {ComponentDraft, ImageDraft, Written} from '../draft.ts';
import {isComponentName, isImageName} from '../image-name.ts';
import {
  type Entry,
  isRegularFile,
  kindOf,
  listFolder,
  note,
  readText,
  shownPath,
  type Tree,
  toolPath,
} from '../tree.ts';

/** Which image a file in build/ declares, as each layout names them. */
export type ImageNaming = (file: string) => {readonly image?: string; readonly ignoredBecause?: string};

export function readComponents(tree: Tree): Promise<ComponentDraft[]> {
  return readComponentsNamed(tree, (file) =>
    file.endsWith('.dockerfile') ? {image: file.slice(0, -'.dockerfile'.length)} : {},
  );
}

/** The same for other names of Dockerfiles. */
export async function readComponentsNamed(tree: Tree, naming: ImageNaming): Promise<ComponentDraft[]> {
  const src = join(tree.toolRoot, 'src');
  const entries = await listFolder(tree, src);
  for (const {name, kind} of entries) if (kind !== 'folder') noteStray(tree, join(src, name), naming);
  const folders = entries.filter(({name, kind, isLink}) => {
    if (kind !== 'folder' || name.startsWith('.')) return false;
    // The tools search without following links; what it points to would be there twice.
    if (isLink) noteIgnored(tree, join(src, name), 'it is a symbolic link, and images are only in real folders');
    return !isLink;
  });
  const components = folders.map(async ({name}) => {
    const folder = join(src, name);
    if (!isComponentName(name)) {
      note(tree, {
        code: 'tree-invalid',
        message: `${shownPath(tree, folder)} cannot be a component: its name has other characters than letters, digits, . _ -`,
        hint: 'Rename the folder.',
        file: folder,
      });
      return undefined;
    }
    return readComponent(tree, name, folder, naming);
  });
  return (await Promise.all(components)).filter((component) => component !== undefined);
}

async function readComponent(tree: Tree, name: string, folder: string, naming: ImageNaming): Promise<ComponentDraft> {
  const build = join(folder, 'build');
  const entries = await listFolder(tree, build);
  const images: ImageDraft[] = [];
  for (const entry of entries) {
    const path = join(build, entry.name);
    const named = naming(entry.name);
    if (named.image === undefined) {
      if (named.ignoredBecause) noteIgnored(tree, path, named.ignoredBecause);
    } else if (entry.kind !== 'folder' && checkImageName(tree, named.image, path)) {
      images.push({
        name: named.image,
        dockerfile: toolPath(tree, path),
        source: {path, isTemplate: false},
        context: toolPath(tree, folder),
        needs: [],
        copyList: [],
        templates: [],
      });
    }
  }
  // Written into for the build (4.4): a link there would lead our own writing out of the tree.
  await kindOf(tree, join(folder, 'dependency'));
  await kindOf(tree, join(folder, 'generated'));
  await noteStrays(tree, folder, naming);
  // Only what is listed is looked for: of a folder that cannot be read that alone is told.
  const has = (file: string) => entries.some((entry) => entry.name === file);
  const hook = async (file: string) =>
    has(file) && (await isRegularFile(tree, join(build, file))) ? toolPath(tree, join(build, file)) : undefined;
  const preHook = await hook('build-pre.sh');
  const postHook = await hook('build-post.sh');
  return {
    name,
    folder: toolPath(tree, folder),
    images,
    needs: await readDependencies(tree, build, dependencyFiles.filter(has)),
    ...(preHook ? {preHook} : {}),
    ...(postHook ? {postHook} : {}),
  };
}

/** Whether an image may have this name; if not, that is noted at the file that gives it. */
function checkImageName(tree: Tree, name: string, file: string): boolean {
  if (isImageName(name)) return true;
  note(tree, {
    code: 'tree-invalid',
    message: `${shownPath(tree, file)} gives an image the name "${displayText(name)}", which Docker does not allow.`,
    hint: 'Image names are lower case letters and digits, with single . _ - between them: rename the file.',
    file,
  });
  return false;
}

function noteIgnored(tree: Tree, file: string, because: string): void {
  const message = `${shownPath(tree, file)} is ignored: ${because}.`;
  note(tree, {code: 'tree-invalid', severity: 'warning', message, file});
}

/** component.dep is what the tools read, components.dep what their documents say (B5): both count here. */
const dependencyFiles = ['component.dep', 'components.dep'];

async function readDependencies(tree: Tree, build: string, files: readonly string[]): Promise<Written[]> {
  const needs: Written[] = [];
  for (const file of files) {
    const path = join(build, file);
    const text = await readText(tree, path);
    if (text === undefined) continue;
    if (file === 'components.dep') {
      note(tree, {
        code: 'tree-invalid',
        severity: 'warning',
        message: `${shownPath(tree, path)} is read here, but the original tools only read component.dep.`,
        hint: 'Rename it to component.dep.',
        file: path,
      });
    }
    const lines = text.replace(/^\ufeff/, '').split('\n');
    for (const [index, line] of lines.entries()) {
      const name = line.trim();
      if (name !== '' && !name.startsWith('#')) needs.push({name, file: path, line: index + 1});
    }
  }
  return needs;
}

/** Left by a build that was stopped (1.7), or not of this tree: never searched. */
const notSearched = new Set(['dependency', 'generated', 'node_modules', '.git']);

/** Farther down than any tree goes. */
const deepestSearch = 12;

/**
 * The tools search all of src/ for Dockerfiles and dependencies and take the owner from the folder above, which fails
 * for any that is not in a component's own build/. Such a file does not count here; whoever put it there is told. On the
 * way, symbolic links that lead out of the tree are noted: they go into the build as links and are never followed.
 */
async function noteStrays(tree: Tree, component: string, naming: ImageNaming): Promise<void> {
  const search = async (folder: string, depth: number): Promise<void> => {
    const entries: Entry[] = await listFolder(tree, folder, 'warning');
    await Promise.all(
      entries.map(async ({name, kind, isLink}) => {
        const path = join(folder, name);
        if (kind === 'folder') {
          if (!isLink && depth < deepestSearch && !notSearched.has(name)) await search(path, depth + 1);
        } else if (folder !== join(component, 'build')) noteStray(tree, path, naming);
      }),
    );
  };
  await search(component, 0);
}

function noteStray(tree: Tree, path: string, naming: ImageNaming): void {
  const name = basename(path);
  if (naming(name).image !== undefined) noteIgnored(tree, path, 'images are only those in src/<component>/build/');
  else if (dependencyFiles.includes(name)) noteIgnored(tree, path, 'it is only read in src/<component>/build/');
}
