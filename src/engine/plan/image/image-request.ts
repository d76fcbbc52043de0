import {stat} from 'node:fs/promises';
import type {ImageBuildRequest, ImagePushRequest} from '../../api.ts';
import {openCatalog} from '../../catalog/open.ts';
import {type Selection, selectImages} from '../../catalog/select.ts';
import type {Catalog, Image} from '../../catalog/types.ts';
import {imageReferences} from '../../config/image-references.ts';
import {type RegistryReading, type RegistrySettings, readRegistrySettings} from '../../config/registry.ts';
import type {ClusterConfig} from '../../config/types.ts';
import {imageOf} from '../../images/inputs.ts';
import type {ImageTemplates} from '../../images/templates.ts';
import {displayText} from '../../names.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import type {Secret} from '../../secret.ts';
import {together} from '../together.ts';

/** A tree as a configuration names its images. */
export interface OpenTree {
  /** What is wrong with the registry is a warning among its problems: images are then known by their own names only. */
  readonly catalog: Catalog;
  readonly registry: RegistryReading;
}

/** Executes and writes nothing of the tree. Throws `no-tree`, and `config-missing` for a path where nothing is. */
export async function openTree(source: string, config: string | undefined): Promise<OpenTree> {
  const catalog = await openCatalog(source);
  if (config !== undefined && !(await stat(config).catch(() => undefined))) throw notThere(config);
  const registry = await readRegistrySettings(config, catalog);
  const {settings} = registry;
  if (settings && namesDependOnRegistry(catalog)) {
    return {catalog: await openCatalog(source, {registry: settings}), registry};
  }
  const warnings = registry.problems.filter(isError).map((problem): Problem => ({...problem, severity: 'warning'}));
  return {catalog: {...catalog, problems: [...catalog.problems, ...warnings]}, registry};
}

/**
 * Whether the tree has to be read again by the names of its registry: local names of A–C hold a namespace, and a FROM
 * with a namespace or a host (references.ts) may mean one of our images by one registry and none by another.
 */
function namesDependOnRegistry({layout, images}: Catalog): boolean {
  if (layout === 'central-list') return true;
  const ours = new Set(images.map(({name}) => name));
  const references = images.flatMap(({foreignBases, alsoCalled = []}) => [...foreignBases, ...alsoCalled]);
  return references.some((reference) => {
    const slash = reference.lastIndexOf('/');
    return slash >= 0 && ours.has(reference.slice(slash + 1).replace(/[:@].*$/, ''));
  });
}

function notThere(config: string): ProblemError {
  return new ProblemError({
    code: 'config-missing',
    message: `The configuration ${displayText(config)} does not exist.`,
    hint: 'Give the folder of the configuration files with --config DIR or PAI_CONFIG, or leave it out.',
    file: config,
  });
}

/** Throws `no-tree`, and `unknown-name` with the nearest ones. */
export async function openForBuild(
  request: Pick<ImageBuildRequest, 'source' | 'config' | 'names'>,
): Promise<{readonly catalog: Catalog; readonly selection: Selection}> {
  const {catalog} = await openTree(request.source, request.config);
  return {catalog, selection: selectImages(catalog, request.names)};
}

/** What images of A–D are rendered from. Throws what is wrong in the configuration, all at once. */
export async function openTemplates(config: string, catalog: Catalog): Promise<ImageTemplates> {
  // The template engine is loaded where there is a template.
  const {imageTemplates} = await import('../../images/templates.ts');
  return imageTemplates(await openConfigOf(config, catalog));
}

/** Secrets that may show in what a build prints, because templates may put them there. */
export async function secretsOfTemplates(
  request: Pick<ImageBuildRequest, 'source' | 'config' | 'names'>,
): Promise<ReadonlySet<string>> {
  const {catalog, selection} = await openForBuild(request);
  if (request.config === undefined || templated(catalog, selection).length === 0) return new Set();
  return (await openConfigOf(request.config, catalog)).views.services.secrets();
}

/** Those of the images that are made from templates. */
export function templated(catalog: Catalog, {images}: Selection): readonly Image[] {
  return images.map((name) => imageOf(catalog, name)).filter(({templates}) => templates.length > 0);
}

async function openConfigOf(config: string, tree: Catalog): Promise<ClusterConfig> {
  const {openConfig} = await import('../../config/open.ts');
  const {config: found, problems} = await openConfig(config, {tree});
  if (found) return found;
  const errors = problems.filter(isError);
  throw new ProblemError(
    together(errors) ?? {
      code: 'config-missing',
      message: `${displayText(config)} holds no configuration to render templates from.`,
      file: config,
    },
  );
}

/** An image and where it goes. */
export interface PushTarget {
  readonly image: string;
  /** DOMAIN/NAMESPACE/IMAGE:TAG, as the era names it. */
  readonly reference: string;
}

export interface PushTargets {
  readonly catalog: Catalog;
  readonly targets: readonly PushTarget[];
  readonly username?: string;
  readonly password?: Secret;
  /** What the operator should know of the configuration. */
  readonly notices: readonly Problem[];
}

/** Names are checked before anything else. Throws what is wrong in the configuration, all at once. */
export async function openForPush(request: ImagePushRequest): Promise<PushTargets> {
  const {catalog, registry} = await openTree(request.source, request.config);
  const {images} = selectImages(catalog, request.names, {prerequisites: false});
  const settings = settingsOf(registry, request.config);
  const {username, password} = settings;
  return {
    catalog,
    targets: images.map((image) => ({image, reference: referenceOf(catalog, settings, image)})),
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password}),
    notices: registry.problems,
  };
}

function settingsOf({settings, problems}: RegistryReading, config: string | undefined): RegistrySettings {
  if (settings) return settings;
  if (config === undefined) {
    throw new ProblemError({
      code: 'config-missing',
      message: 'Where images are pushed to is in the configuration, and none was named.',
      hint: 'Name its folder with -c DIR or PAI_CONFIG; services-configuration.yaml in it holds the registry.',
    });
  }
  const errors = problems.filter(isError);
  throw new ProblemError(
    together(errors) ?? {
      code: 'registry-setting-missing',
      message: 'The configuration does not say where images are pushed to.',
      file: config,
    },
  );
}

function referenceOf(catalog: Catalog, settings: RegistrySettings, image: string): string {
  const {pushed} = imageReferences(catalog.layout, settings, image);
  if (pushed === undefined) throw new Error(`No reference for ${image} although there are settings.`);
  return pushed;
}
