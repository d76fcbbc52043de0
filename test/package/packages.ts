/** Packages for tests: of manifests written into a tree of the test's own. */

import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {ClusterConfig} from '../../src/engine/config/types.ts';
import {resolveInside} from '../../src/engine/files/inside.ts';
import {buildPackage, type PackageReading} from '../../src/engine/package/build-package.ts';
import {type ManifestReading, readManifests} from '../../src/engine/package/manifest.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {modelOf} from '../config/configs.ts';

export const files = {resolveInside};

/** A folder with these files, removed after the test. Those that begin with #! may be executed. */
export async function treeOf(texts: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-package-'));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), text);
    if (text.startsWith('#!')) await chmod(join(folder, path), 0o755);
  }
  return folder;
}

/** What `deploy.yaml` in that folder says. */
export function manifestsIn(tree: string, name = 'deploy.yaml'): Promise<ManifestReading> {
  return readManifests(join(tree, name), tree);
}

/** The package of a job of `deploy.yaml`, for gpu-01 of the configuration of v0.14. */
export async function packageIn(tree: string, job: string, config?: ClusterConfig): Promise<PackageReading> {
  const {manifests, problems} = await manifestsIn(tree);
  const manifest = manifests.find((one) => one.job === job);
  if (!manifest) throw new Error(problems.map(({message}) => message).join('\n'));
  return buildPackage({manifest, toolRoot: tree, config: config ?? (await modelOf('g')), host: 'gpu-01', files});
}

/** The same, of files that are copied: as a machine is sent it. */
export async function packageOf(texts: Readonly<Record<string, string>>): Promise<Package> {
  const entries = Object.keys(texts).map((path) => `    - {name: ${path}, src: files/${path}, dst: .}\n`);
  const sources = Object.fromEntries(Object.entries(texts).map(([path, text]) => [`files/${path}`, text]));
  const tree = await treeOf({...sources, 'deploy.yaml': `job:\n  file-list:\n${entries.join('')}`});
  const {package: built, problems} = await packageIn(tree, 'job');
  if (!built) throw new Error(problems.map(({message}) => message).join('\n'));
  return built;
}
