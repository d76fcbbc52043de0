/** Which era a folder's tree is of, by what it holds and never by its name (behaviour 0.1). */

import {readdir, readFile, realpath, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Era, Layout} from './types.ts';

export interface Detected {
  readonly toolRoot: string;
  readonly era: Era;
  readonly layout: Layout;
}

/** What detectTrees looks for, for whoever has to say that it is not there. */
export const lookedFor = [
  'paictl.py and build/pai_build.py (v0.8 and later)',
  'paictl.py, src/<image>/image.yaml and bootstrap/<service>/service.yaml (v0.6, v0.7)',
  'k8sClusterManagement.py and a service.yaml with imagelist and servicelist (v0.4.1, v0.5)',
  'kubernetes-deployment/bootstrap.py or service-deployment/deploy.py (up to v0.4.0)',
  'or images alone: src/<component>/build/*.dockerfile, src/<image>/image.yaml, a service.yaml with imagelist',
];

/**
 * The trees a folder holds: the folder itself, else those among its immediate sub-directories. The marks of a whole
 * checkout count first; where there is none, images without the tools around them do. Several only when several
 * sub-directories are trees; one that is called twice, by a symbolic link, is one.
 */
export async function detectTrees(folder: string): Promise<Detected[]> {
  const {inside} = await realSubFolders(folder);
  for (const detect of [detectWhole, detectImages]) {
    const here = await detect(folder);
    if (here) return [here];
    const found = (await Promise.all(inside.map(detect))).filter((tree) => tree !== undefined);
    if (found.length > 0) return found;
  }
  return [];
}

/** The whole trees that symbolic links of a folder lead to beyond it. They are no part of it, but may be opened. */
export async function treesBehindLinks(folder: string): Promise<string[]> {
  const {outside} = await realSubFolders(folder);
  const isTree = await Promise.all(outside.map(detectWhole));
  return outside.filter((_, index) => isTree[index]);
}

async function realSubFolders(folder: string): Promise<{inside: string[]; outside: string[]}> {
  const names = await subFolders(folder);
  const paths = await Promise.all(names.map((name) => realpath(join(folder, name)).catch(() => undefined)));
  const real = [...new Set(paths.filter((path) => path !== undefined))].sort();
  const isInside = (path: string) => path.startsWith(join(folder, '/'));
  return {inside: real.filter(isInside), outside: real.filter((path) => !isInside(path) && path !== folder)};
}

/** By the tools of each era. */
export async function detectWhole(folder: string): Promise<Detected | undefined> {
  const has = (path: string) => isFile(join(folder, path));
  if (await has('paictl.py')) {
    if (await has('build/pai_build.py')) return componentTree(folder);
    const images = await has2(folder, 'src', 'image.yaml');
    if (images && (await has2(folder, 'bootstrap', 'service.yaml'))) {
      return {toolRoot: folder, era: 'D', layout: 'image-yaml'};
    }
  }
  const keys = await centralKeys(folder);
  const isCentral = keys.has('imagelist') && keys.has('servicelist');
  if (isCentral && (await has('k8sClusterManagement.py'))) return {toolRoot: folder, era: 'C', layout: 'central-list'};
  if (isCentral && ((await has('deploy.py')) || (await has('docker_build.py')))) return centralTree(folder, folder);
  const services = join(folder, 'service-deployment');
  if ((await isFile(join(services, 'deploy.py'))) || (await has('kubernetes-deployment/bootstrap.py'))) {
    return centralTree(services, folder);
  }
  return undefined;
}

/** By images alone, where the tools were taken away. */
async function detectImages(folder: string): Promise<Detected | undefined> {
  if ((await centralKeys(folder)).has('imagelist')) {
    const isC = await isFile(join(folder, 'k8sClusterManagement.py'));
    return isC ? {toolRoot: folder, era: 'C', layout: 'central-list'} : centralTree(folder, folder);
  }
  if (await has2(folder, 'src', 'image.yaml')) return {toolRoot: folder, era: 'D', layout: 'image-yaml'};
  const files = await buildFiles(folder);
  const isComponents = files.some((file) => file.endsWith('.dockerfile') || /^components?\.dep$/.test(file));
  return isComponents ? componentTree(folder) : undefined;
}

/** E to H are told apart by what came with each. */
async function componentTree(folder: string): Promise<Detected> {
  const files = await buildFiles(folder);
  if (
    files.some((file) => /\.(?:common|k8s)\.dockerfile$/.test(file)) ||
    (await isFile(join(folder, 'deployment/nodeCmd.py')))
  ) {
    return {toolRoot: folder, era: 'H', layout: 'component-typed'};
  }
  const hasLayout = await isFile(join(folder, 'deployment/layoutCmd.py'));
  const era = hasLayout ? 'G' : (await hasConfigModules(folder)) ? 'F' : 'E';
  return {toolRoot: folder, era, layout: 'component'};
}

/** A and B differ by the cluster object model and the folder of configuration files. */
async function centralTree(toolRoot: string, root: string): Promise<Detected> {
  const marks = [
    join(toolRoot, 'paiLibrary/clusterObjectModel'),
    join(toolRoot, 'clusterObjectModel'),
    join(dirname(toolRoot), 'kubernetes-deployment/clusterObjectModel'),
    join(dirname(toolRoot), 'cluster-configuration'),
    join(root, 'cluster-configuration'),
  ];
  const isB = (await Promise.all(marks.map(isFolder))).some(Boolean);
  return {toolRoot, era: isB ? 'B' : 'A', layout: 'central-list'};
}

async function has2(folder: string, above: string, file: string): Promise<boolean> {
  const names = await subFolders(join(folder, above));
  return (await Promise.all(names.map((name) => isFile(join(folder, above, name, file))))).some(Boolean);
}

async function hasConfigModules(folder: string): Promise<boolean> {
  const names = await subFolders(join(folder, 'src'));
  const lists = await Promise.all(names.map((name) => fileNames(join(folder, 'src', name, 'config'))));
  return lists.flat().some((file) => file.endsWith('.py'));
}

async function buildFiles(folder: string): Promise<string[]> {
  const names = await subFolders(join(folder, 'src'));
  return (await Promise.all(names.map((name) => fileNames(join(folder, 'src', name, 'build'))))).flat();
}

/** Top keys of service.yaml, read by their look: a file with a mistake in it still shows what tree this is. */
async function centralKeys(folder: string): Promise<Set<string>> {
  const path = join(folder, 'service.yaml');
  if (!(await isFile(path))) return new Set();
  const text = await readFile(path, 'utf8').catch(() => '');
  return new Set([...text.matchAll(/^["']?(imagelist|servicelist)["']?\s*:/gm)].map(([, key]) => key ?? ''));
}

async function subFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
  const names = entries.filter(
    (entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()),
  );
  const isReal = await Promise.all(names.map((entry) => entry.isDirectory() || isFolder(join(folder, entry.name))));
  return names
    .filter((_, index) => isReal[index])
    .map((entry) => entry.name)
    .sort();
}

async function fileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
