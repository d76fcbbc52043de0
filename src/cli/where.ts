import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {type Catalog, type Engine, ProblemError} from '../engine/index.ts';
import type {Options} from './flags.ts';
import type {World} from './world.ts';

/** The tree and the configuration a command works on, and how they were come by. */
export interface Where {
  /** Absolute. */
  readonly source: string;
  readonly config?: string;
  /** Said on stderr or on screen when nobody named a tree and the sample tree stands in. */
  readonly note?: string;
  /** Of the source, where finding it meant reading it. */
  readonly catalog?: Catalog;
}

/**
 * Flags first, then PAI_SOURCE and PAI_CONFIG, then the current folder when it is a tree or a configuration, else
 * the sample tree. The sample never meets a real configuration: who names a configuration must name a tree. With
 * `treeIsHere` there is no sample (old spellings, and what goes unasked). Throws `no-tree`.
 */
export async function findWhere(
  engine: Engine,
  world: World,
  options: Options,
  choice: {readonly treeIsHere?: boolean} = {},
): Promise<Where> {
  const {PAI_SOURCE, PAI_CONFIG} = world.environment;
  const source = namedFolder(world, options.source, PAI_SOURCE);
  const config = namedFolder(world, options.config, PAI_CONFIG) ?? (isConfiguration(world.cwd) ? world.cwd : undefined);
  const withConfig = config === undefined ? {} : {config};
  if (source !== undefined) return {source, ...withConfig};

  const here = await treeAt(engine, world.cwd, config);
  if (here) return {source: world.cwd, catalog: here, ...withConfig};
  if (choice.treeIsHere || config !== undefined) {
    throw new ProblemError({
      code: 'no-tree',
      message: `No source tree was named, and ${world.cwd} is none.`,
      hint: 'Name it with --source DIR or PAI_SOURCE, or go to its folder.',
    });
  }
  return {
    ...world.sample,
    note: `No source tree was named, so this is the sample tree (${world.sample.source}). Open yours with --source DIR, PAI_SOURCE, or from its folder.`,
  };
}

/** The configuration a command works on, and the tree it is for where one is named or here. */
export interface WhereConfig {
  /** Absolute. */
  readonly config: string;
  readonly tree?: Catalog;
  /** Said on stderr when nobody named a configuration and that of the sample stands in. */
  readonly note?: string;
}

/** As `findWhere`, for what needs a configuration and can do without a tree. */
export async function findConfig(engine: Engine, world: World, options: Options): Promise<WhereConfig> {
  const {PAI_SOURCE, PAI_CONFIG} = world.environment;
  const config = namedFolder(world, options.config, PAI_CONFIG);
  const source = namedFolder(world, options.source, PAI_SOURCE);
  const here = config ?? (isConfiguration(world.cwd) ? world.cwd : undefined);
  const tree = source === undefined ? await treeAt(engine, world.cwd, undefined) : await engine.openTree(source);
  if (here !== undefined) return {config: here, ...(tree ? {tree} : {})};
  if (tree) {
    throw new ProblemError({
      code: 'config-missing',
      message: `No configuration was named, and ${world.cwd} is none.`,
      hint: 'Name it with --config DIR or PAI_CONFIG, or go to its folder.',
    });
  }
  return {
    config: world.sample.config,
    tree: await engine.openTree(world.sample.source),
    note: `No configuration was named, so this is that of the sample (${world.sample.config}). Read yours with --config DIR, PAI_CONFIG, or from its folder.`,
  };
}

/** What a flag names, else what the environment does; absolute. */
function namedFolder(world: World, flag: string | true | undefined, variable: string | undefined): string | undefined {
  const named = flag ?? (variable || undefined);
  return typeof named === 'string' ? resolve(world.cwd, named) : undefined;
}

/** Names of files that only a configuration folder has, in one era or another. */
const configurationFiles = [
  'services-configuration.yaml',
  // As the tools of v0.8 wrote it.
  'serivces-configuration.yaml',
  'cluster-configuration.yaml',
  'kubernetes-configuration.yaml',
  'layout.yaml',
  'clusterconfig.yaml',
];

function isConfiguration(folder: string): boolean {
  return configurationFiles.some((name) => existsSync(join(folder, name)));
}

async function treeAt(engine: Engine, folder: string, config: string | undefined): Promise<Catalog | undefined> {
  try {
    return await engine.openTree(folder, config);
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'no-tree') return undefined;
    throw error;
  }
}
