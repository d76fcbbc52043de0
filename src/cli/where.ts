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
  const named = options.source ?? (PAI_SOURCE || undefined);
  const namedConfig = options.config ?? (PAI_CONFIG || undefined);
  const config =
    typeof namedConfig === 'string'
      ? resolve(world.cwd, namedConfig)
      : isConfiguration(world.cwd)
        ? world.cwd
        : undefined;
  const withConfig = config === undefined ? {} : {config};
  if (typeof named === 'string') return {source: resolve(world.cwd, named), ...withConfig};

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
