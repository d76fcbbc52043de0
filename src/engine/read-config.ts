import {hasErrors} from './config/problems.ts';
import type {ClusterConfig} from './config/types.ts';
import {displayText} from './names.ts';
import {together} from './plan/together.ts';
import {type Problem, ProblemError} from './problem.ts';

/** The configuration of a folder, read by the release of its tree, with warnings and notices. Throws what is wrong with either. */
export async function readConfig(
  folder: string,
  source: string | undefined,
): Promise<{readonly config: ClusterConfig; readonly problems: readonly Problem[]}> {
  const [{openConfig}, tree] = await Promise.all([import('./config/open.ts'), treeOf(source)]);
  const {config, problems} = await openConfig(folder, tree ? {tree} : {});
  if (config) return {config, problems};
  throw new ProblemError(together(problems.filter((problem) => hasErrors([problem]))) ?? nothingThere(folder));
}

async function treeOf(source: string | undefined) {
  if (source === undefined) return undefined;
  const {openCatalog} = await import('./catalog/open.ts');
  return openCatalog(source);
}

function nothingThere(folder: string): Problem {
  return {
    code: 'config-missing',
    message: `${displayText(folder)} holds no configuration.`,
    hint: 'Give the folder of the configuration files with --config DIR or PAI_CONFIG.',
    file: folder,
  };
}
