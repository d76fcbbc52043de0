/** The packages that a tree brings for machines, rendered by its own templates with the names of its era. */

import {stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {detectTrees} from '../../catalog/detect.ts';
import type {ClusterConfig} from '../../config/types.ts';
import {buildPackage, type PackageReading} from '../../package/build-package.ts';
import {type PackageEntry, type PackageManifest, readManifests} from '../../package/manifest.ts';
import {roleManifest} from '../../package/role-manifest.ts';
import type {Package} from '../../package/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import type {Files} from '../../tools.ts';
import type {ClusterMachine} from '../layout/types.ts';
import {jobOf, roleOf, type TreeOperation, type TreeTools} from './scripts.ts';

/** A tree and the configuration that is for it. */
export interface TreeSet {
  readonly config: ClusterConfig;
  readonly tools: TreeTools;
  /** The folder that manifests count from, absolute. */
  readonly toolRoot: string;
  /** The folder of the manifests; absent up to v0.4.0, where the configuration has them. */
  readonly manifests?: string;
}

/** Throws what is wrong with the configuration or the tree; `no-tree` where none was given. */
export async function openTreeSet(folder: string, source: string | undefined): Promise<TreeSet> {
  const [tree] = source === undefined ? [] : await detectTrees(source);
  if (!tree) {
    throw new ProblemError({
      code: 'no-tree',
      message: 'Scripts of a tree were asked for, and no tree is given.',
      hint: 'Name it with --source DIR, or leave --package-set tree out.',
    });
  }
  const {config} = await readConfig(folder, source);
  const {era, release} = config;
  const tools = {era, release};
  if (era < 'C') return {config, tools, toolRoot: join(dirname(tree.toolRoot), 'kubernetes-deployment')};
  const library = join(tree.toolRoot, era < 'E' ? '' : 'deployment', 'k8sPaiLibrary');
  const manifests = join(library, 'maintainconf');
  if (!(await isThere(manifests))) {
    throw new ProblemError({
      code: 'tree-invalid',
      message: 'The tree has no k8sPaiLibrary/maintainconf, so it brings nothing for machines.',
      hint: 'Leave --package-set tree out, or name another tree with --source DIR.',
      file: library,
    });
  }
  return {config, tools, toolRoot: tree.toolRoot, manifests};
}

/** What a machine is sent. Templates see the configuration with its secrets, so the package may hold some. */
export async function treePackage(
  set: TreeSet,
  machine: ClusterMachine,
  operation: TreeOperation,
  files: Pick<Files, 'resolveInside'>,
): Promise<PackageReading> {
  const {config, toolRoot} = set;
  const {manifest, problems} = await manifestOf(set, machine, operation);
  if (!manifest) return {problems};
  const reading = await buildPackage({manifest, toolRoot, config, host: machine.name, files});
  return {...reading, problems: [...problems, ...reading.problems]};
}

/** Throws `tree-invalid` for a script that would be run and is not in the package. */
export function checkScripts(pack: Package, scripts: readonly string[], set: TreeSet): void {
  const missing = scripts.find((script) => !pack.files.some(({path}) => path === script));
  if (missing === undefined) return;
  throw new ProblemError({
    code: 'tree-invalid',
    message: `The package ${pack.job} of the tree has no ${missing}, which the tools of ${set.tools.release} run.`,
    hint: 'Put it into the file-list of that job, or use another tree.',
    file: set.manifests ?? set.toolRoot,
  });
}

interface ManifestFound {
  readonly manifest?: PackageManifest;
  readonly problems: readonly Problem[];
}

async function manifestOf(set: TreeSet, machine: ClusterMachine, operation: TreeOperation): Promise<ManifestFound> {
  const {tools, toolRoot, manifests: folder} = set;
  const role = roleOf(machine);
  const job = jobOf(tools, operation, role);
  if (folder === undefined) return {manifest: await oldManifest(set, machine, operation, job), problems: []};
  const file = join(folder, `${operation}.yaml`);
  const {manifests, problems} = await readManifests(file, toolRoot);
  const manifest = manifests.find((one) => one.job === job);
  if (manifest || problems.some(isError)) return {...(manifest ? {manifest} : {}), problems};
  const message = `${operation}.yaml has no job ${job}, and ${machine.name} is a ${role}.`;
  const missing: Problem = {code: 'tree-invalid', message, hint: 'Write what such a machine is sent.', file};
  return {problems: [...problems, missing]};
}

/** Up to v0.4.0: the components of a role, and the scripts beside the templates. */
async function oldManifest(
  {config, toolRoot}: TreeSet,
  machine: ClusterMachine,
  operation: TreeOperation,
  job: string,
): Promise<PackageManifest> {
  const copied = (script: string): PackageEntry => {
    const file = join(toolRoot, script);
    return {path: script, src: script, how: 'copied', file, line: 1, key: ''};
  };
  if (operation === 'clean') return {job, entries: [copied('cleanup.sh')]};
  const role = roleOf(machine);
  const first = config.machines.find(({roles}) => roles.includes(role));
  const view = config.views.kubernetes.reveal();
  const {entries} = roleManifest({view, role, isFirst: first?.hostname === machine.name, file: config.folder});
  // The first releases clean a machine before they start it.
  const cleanup = (await isThere(join(toolRoot, 'cleanup.sh'))) ? [copied('cleanup.sh')] : [];
  return {job, entries: [...entries, copied('start.sh'), ...cleanup]};
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
