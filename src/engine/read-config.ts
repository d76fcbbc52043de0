import {hasErrors} from './config/problems.ts';
import type {SourceFile} from './config/source-file.ts';
import type {ClusterConfig} from './config/types.ts';
import {displayText} from './names.ts';
import {together} from './plan/together.ts';
import {type Problem, ProblemError} from './problem.ts';

interface ReadConfigOptions {
  /** Absolute. */
  readonly nodeList?: string | undefined;
  /** A file of it as it would be. */
  readonly instead?: SourceFile;
}

/**
 * The configuration of a folder, read by the release of its tree, with warnings and notices; with a node list, as if the
 * machines of that were in it too. Throws what is wrong with any of them.
 */
export async function readConfig(
  folder: string,
  source: string | undefined,
  {nodeList, instead}: ReadConfigOptions = {},
): Promise<{readonly config: ClusterConfig; readonly problems: readonly Problem[]}> {
  const [{openConfig}, tree] = await Promise.all([import('./config/open.ts'), treeOf(source)]);
  const {config, problems} = await openConfig(folder, {...(tree ? {tree} : {}), ...(instead ? {instead} : {})});
  if (!config) throw new ProblemError(together(problems.filter(isMistake)) ?? nothingThere(folder));
  if (nodeList === undefined) return {config, problems};
  const {withNodeList} = await import('./config/with-node-list.ts');
  const listed = await withNodeList(config, nodeList);
  if (listed.config) return {config: listed.config, problems: [...problems, ...listed.problems]};
  throw new ProblemError(together(listed.problems.filter(isMistake)) ?? nothingThere(nodeList));
}

function isMistake(problem: Problem): boolean {
  return hasErrors([problem]);
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
