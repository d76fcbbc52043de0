/** A configuration folder of any era as one checked model. */

import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Era} from '../catalog/types.ts';
import type {Problem} from '../problem.ts';
import {eraOf} from './era-of.ts';
import {readFourFiles} from './eras/four-files.ts';
import {readLayout} from './eras/layout.ts';
import type {Reading, Said} from './eras/reading.ts';
import {readSingleFiles} from './eras/single-files.ts';
import {ranModules} from './object-model/module-calls.ts';
import {treeModules} from './object-model/tree-modules.ts';
import {buildViews} from './object-model/views.ts';
import {type Origin, Origins} from './origins.ts';
import {hasErrors, inOrder} from './problems.ts';
import type {RunModules} from './python/types.ts';
import {readRegistry} from './registry.ts';
import {releaseOf, type TreeVersion, usual} from './release.ts';
import {checkRules} from './rules/check-rules.ts';
import {isSecretKey, isSecretText} from './secret-keys.ts';
import type {SourceFile} from './source-file.ts';
import {readSources, type Sources} from './sources.ts';
import type {ClusterConfig, ConfigFile, Views} from './types.ts';
import type {YamlMap, YamlValue} from './yaml.ts';

export interface OpenConfigOptions {
  /** The tree the configuration is for: its era and release decide what templates see, its modules bring defaults. */
  readonly tree?: TreeVersion;
  /** What it is read as where there is no tree; absent: what its files look like. */
  readonly era?: Era;
}

/** What a reader of a configuration may be given besides. */
interface ReadOptions extends OpenConfigOptions {
  /** A file as it would be, in the place of the one of its name. */
  readonly instead?: SourceFile;
  /** Runs the modules of the tree, whose results then count in the view of services; absent: none of it is executed. */
  readonly runModules?: RunModules;
}

export interface ConfigReading {
  /** Only when no problem is an error. */
  readonly config?: ClusterConfig;
  /** What could be read, mistakes or not: for showing it. Never to act on. */
  readonly draft?: ClusterConfig;
  /** Everything at once; sorted by file and line. */
  readonly problems: readonly Problem[];
}

function withFile(sources: Sources, instead: SourceFile): Sources {
  const files = [...sources.files].map(([role, file]) => [role, file.file === instead.file ? instead : file] as const);
  return {...sources, files: new Map(files)};
}

/**
 * Reads a configuration folder, or the one file of era A. Executes nothing unasked and writes nothing; never throws.
 * A thousand machines take the better part of a second: between its parts keys and frames have their turn.
 */
export async function openConfig(folder: string, {tree, ...options}: ReadOptions = {}): Promise<ConfigReading> {
  const problems: Problem[] = [];
  const wanted = tree?.era ?? options.era;
  const found = await readSources(folder, wanted, problems);
  if (!found) return {problems};
  const sources = options.instead ? withFile(found, options.instead) : found;
  const era = eraOf(sources, wanted, problems);
  const release = tree && tree.era === era ? await releaseOf(tree) : usual[era];
  const origins = new Origins();
  const reading: Reading = {sources, era, release, problems, origins};
  await nextTurn();
  const said = readEra(reading);
  await nextTurn();
  const modules = tree && era >= 'F' ? await treeModules(tree.toolRoot, problems) : [];
  // A tree without modules is one of images alone.
  const present = modules.length > 0 ? modules : undefined;
  const {runModules: run} = options;
  const views = buildViews(reading, present, run ? await ranModules(reading, modules, tree, run) : undefined);
  const registry = await registryOf(sources, era, tree, problems);
  const clusterId = findClusterId(said, views, origins);
  const draft: ClusterConfig = {
    folder: sources.folder,
    format: sources.format,
    era,
    release,
    files: [...sources.files.values()].map(fileFacts),
    ...said,
    ...(clusterId ? {clusterId: clusterId.id} : {}),
    ...(registry ? {registry} : {}),
    views,
    originOf: (holder, key) => origins.of(holder, key),
  };
  if (clusterId) origins.note(draft, 'clusterId', clusterId.origin);
  problems.push(...(await checkRules(draft, sources)));
  const sorted = inOrder(problems);
  return {draft, ...(hasErrors(sorted) ? {} : {config: draft}), problems: sorted};
}

function readEra(reading: Reading): Said {
  switch (reading.sources.format) {
    case 'cluster-configuration':
      return readFourFiles(reading);
    case 'layout':
    case 'layout-and-config':
      return readLayout(reading);
    case 'single-files':
      return readSingleFiles(reading);
  }
}

/** As written, else from the defaults that F and later have. */
function findClusterId({services}: Said, views: Views, origins: Origins): {id: string; origin: Origin} | undefined {
  const view = views.services.reveal();
  const candidates: (readonly [YamlValue | undefined, string])[] = [
    [view, 'clusterID'],
    [commonOf(view), 'cluster-id'],
    [commonOf(services.sections.reveal()), 'cluster-id'],
  ];
  for (const [holder, key] of candidates) {
    const id = holder instanceof Map ? holder.get(key) : undefined;
    if (typeof id !== 'string' && typeof id !== 'bigint') continue;
    return {
      id: String(id),
      origin: origins.of(holder as object, key) ?? {from: 'default', which: 'as the tools have it'},
    };
  }
  return undefined;
}

function commonOf(sections: YamlMap): YamlValue | undefined {
  const cluster = sections.get('cluster');
  return cluster instanceof Map ? (cluster as YamlMap).get('common') : undefined;
}

async function registryOf(sources: Sources, era: Era, tree: TreeVersion | undefined, problems: Problem[]) {
  const source = sources.files.get('services') ?? sources.files.get('single-services');
  if (!source || source.yaml.value === undefined) return undefined;
  const place = {era, ...(tree ? {toolRoot: tree.toolRoot} : {})};
  const {settings, problems: found} = await readRegistry(source.yaml, source.file, place);
  // The shape of the file has said it already where the section is no section.
  const said = new Set(problems.map(({file, message}) => `${file}\n${message}`));
  problems.push(...found.filter(({file, message}) => !said.has(`${file}\n${message}`)));
  return settings;
}

function fileFacts({file, name, mode, yaml}: SourceFile): ConfigFile {
  return {file, name, mode, hasSecret: holdsSecret(yaml.value ?? null)};
}

function holdsSecret(value: YamlValue): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!(value instanceof Map)) return false;
  return [...value].some(
    ([key, item]) => (isSecretKey(String(key)) && typeof item === 'string' && isSecretText(item)) || holdsSecret(item),
  );
}
