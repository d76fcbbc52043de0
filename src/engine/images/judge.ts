import {posix} from 'node:path';
import type {Selection} from '../catalog/select.ts';
import type {Catalog, Component, Image} from '../catalog/types.ts';
import {orderGroups} from '../graph.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {EngineImage} from '../tools.ts';
import {missingLastHook} from './generated.ts';
import {basesOf, componentOf, filesOf, imageOf, type Site, shownPath, unhashedIn} from './inputs.ts';
import {type Present, reasons} from './reasons.ts';
import {type ImageRecord, readRecord} from './record.ts';

/** What is found out about one image before anything runs. Plain JSON. */
export interface ImageJudgement {
  readonly name: string;
  readonly state: 'current' | 'stale' | 'never' | 'unknown';
  /** Why it would be built, or why that cannot be said yet. */
  readonly reasons: readonly string[];
  readonly builder: 'classic' | 'buildkit';
  readonly id?: string;
  readonly sizeBytes?: number;
  readonly builtAt?: number;
  readonly pushedAs?: string;
}

export interface JudgeWorld {
  readonly site: Site;
  readonly stateFolder: string;
  readonly engineId: string;
  /** By local name and by reference of foreign bases. */
  readonly engineImages: ReadonlyMap<string, EngineImage | undefined>;
  /** Foreign bases whose registry has another digest than the engine. */
  readonly moved: ReadonlyMap<string, string>;
  /** Foreign bases that only their registry has (pruned, or kept by BuildKit to itself), with their digest. */
  readonly latest: ReadonlyMap<string, string>;
  readonly builder: 'auto' | 'classic' | 'buildkit';
}

export interface Judgements {
  /** In build order. */
  readonly images: readonly ImageJudgement[];
  /** Inputs that could not be read: their images are unknown. */
  readonly problems: readonly Problem[];
}

/** Judges images in build order; the selection holds everything they stand on. */
export async function judgeImages(selection: Selection, world: JudgeWorld, signal: AbortSignal): Promise<Judgements> {
  const {catalog} = world.site;
  const chosen = new Map(selection.components.map((name) => [name, componentOf(catalog, name).needs]));
  const {groups} = orderGroups(chosen);
  const known = new Map<string, ImageJudgement>();
  const problems: Problem[] = [];
  for (const group of groups) {
    const judged = await Promise.all(
      group.map((name) => judgeComponent(componentOf(catalog, name), selection, known, problems, world, signal)),
    );
    // After the group, so that what its members see does not depend on who is first.
    for (const image of judged.flat()) known.set(image.name, image);
  }
  return {images: [...known.values()], problems};
}

/**
 * What the operator chose; else BuildKit where the Dockerfile needs it; else what built the image last, so that a
 * choice once made holds; else classic.
 */
export function builderOf(
  image: Image,
  wanted: JudgeWorld['builder'],
  record: ImageRecord | undefined,
): 'classic' | 'buildkit' {
  if (wanted !== 'auto') return wanted;
  return image.needsBuildkit ? 'buildkit' : (record?.inputs.builder ?? 'classic');
}

/** Components whose folder ends up in this one's, directly or not. */
export function allCopies(catalog: Catalog, component: Component): Component[] {
  const found = new Set(component.copies);
  // A Set may grow while it is walked.
  for (const name of found) for (const other of componentOf(catalog, name).copies) found.add(other);
  found.delete(component.name);
  return [...found].map((name) => componentOf(catalog, name));
}

/** What can change a component's folder while it runs: its own first hook, and any hook of what is copied into it. */
export function hooksBefore(catalog: Catalog, component: Component): string[] {
  const copied = allCopies(catalog, component)
    .filter(({preHook, postHook}) => preHook !== undefined || postHook !== undefined)
    .map(({name, preHook, postHook}) => `${posix.basename(preHook ?? postHook ?? '')} of ${displayText(name)}`);
  return component.preHook === undefined ? copied : [posix.basename(component.preHook), ...copied];
}

/** What is written by a component without a hook of its own was written by one of what is copied into it. */
function hookName({preHook, postHook}: Component): string {
  const hooks = [preHook, postHook].filter((hook) => hook !== undefined).map((hook) => posix.basename(hook));
  return hooks.length > 0 ? hooks.join(' or ') : 'rendering';
}

async function judgeComponent(
  component: Component,
  {images}: Selection,
  known: ReadonlyMap<string, ImageJudgement>,
  problems: Problem[],
  world: JudgeWorld,
  signal: AbortSignal,
): Promise<ImageJudgement[]> {
  const judged = new Map(known);
  const own: ImageJudgement[] = [];
  for (const name of component.images.filter((each) => images.includes(each))) {
    const image = imageOf(world.site.catalog, name);
    const judgement = await judgeImage(image, component, judged, world, signal).catch((error: unknown) => {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(error.problem);
      return unknown(image, world, [error.problem.message]);
    });
    judged.set(name, judgement);
    own.push(judgement);
  }
  return own;
}

async function judgeImage(
  image: Image,
  component: Component,
  known: ReadonlyMap<string, ImageJudgement>,
  world: JudgeWorld,
  signal: AbortSignal,
): Promise<ImageJudgement> {
  const {catalog} = world.site;
  const record = await readRecord(world.stateFolder, world.engineId, image.name);
  if (image.templates.length > 0) {
    // Their files are not in the source, so that what they are made of cannot be told before.
    if (record && world.engineImages.get(image.localName)?.id === record.id)
      return unknown(image, world, [
        `${image.templates.map((name) => `${displayText(name)}.template`).join(', ')} is rendered first`,
      ]);
    const why = record ? ['the image is not on the engine as it was built'] : ['never built here'];
    return {...unknown(image, world, why), state: record ? 'stale' : 'never'};
  }
  const hooks = hooksBefore(catalog, component);
  const why = reasons(record, {
    ...(await presentOf(image, record, world, signal)),
    ...rebuilt(image, component, known, catalog),
    hookWrote: hooks.length > 0 ? undefined : [],
  });
  const facts = {...onEngine(image, record, world), name: image.name, builder: builderOf(image, world.builder, record)};
  if (why.length > 0) return {...facts, state: record ? 'stale' : 'never', reasons: why};
  const undecided = [
    ...hooks.map((hook) => `${hook} runs first`),
    ...image.needs
      .filter((name) => known.get(name)?.state === 'unknown')
      .map((name) => `${displayText(name)} is not decided`),
  ];
  return {...facts, state: undecided.length > 0 ? 'unknown' : 'current', reasons: undecided.slice(0, 1)};
}

/** What an image is made of now, as far as it does not depend on what else is built. */
export async function presentOf(
  image: Image,
  record: ImageRecord | undefined,
  world: JudgeWorld,
  signal: AbortSignal,
): Promise<Omit<Present, 'willRebuild' | 'rebuiltCopies' | 'hookWrote'>> {
  const {site, stateFolder} = world;
  const {catalog, files} = site;
  const component = componentOf(catalog, image.component);
  const builder = builderOf(image, world.builder, record);
  return {
    inputs: {
      dockerfile: posix.relative(image.context, image.dockerfile),
      builder,
      buildArgs: {},
      files: await filesOf(world.site, image, builder, signal),
      bases: basesOf(image, world.engineImages, catalog, world.latest),
    },
    onEngine: world.engineImages.get(image.localName)?.id,
    missingLastHook: await missingLastHook(component, {files, stateFolder}),
    moved: world.moved,
    copies: component.copies,
    hookOf: (copied) => hookName(componentOf(catalog, copied ?? image.component)),
    secretFiles: [...unhashedIn(site, image)].sort(),
    shown: (path) => shownPath(catalog, image, path),
  };
}

function rebuilt(
  image: Image,
  component: Component,
  known: ReadonlyMap<string, ImageJudgement>,
  catalog: Catalog,
): Pick<Present, 'willRebuild' | 'rebuiltCopies'> {
  const willRebuild = new Set(image.needs.filter((name) => ['stale', 'never'].includes(known.get(name)?.state ?? '')));
  const owners = new Set([...willRebuild].map((name) => imageOf(catalog, name).component));
  return {willRebuild, rebuiltCopies: new Set(component.copies.filter((name) => owners.has(name)))};
}

function onEngine(
  image: Image,
  record: ImageRecord | undefined,
  world: JudgeWorld,
): Pick<ImageJudgement, 'id' | 'sizeBytes' | 'builtAt' | 'pushedAs'> {
  const found = world.engineImages.get(image.localName);
  const pushed = found && record?.pushed?.id === found.id ? record.pushed.as : undefined;
  return {
    ...(found ? {id: found.id, sizeBytes: found.sizeBytes} : {}),
    ...(record ? {builtAt: record.builtAt} : {}),
    ...(pushed === undefined ? {} : {pushedAs: pushed}),
  };
}

function unknown(image: Image, world: JudgeWorld, why: readonly string[]): ImageJudgement {
  return {
    ...onEngine(image, undefined, world),
    name: image.name,
    state: 'unknown',
    reasons: why,
    builder: builderOf(image, world.builder, undefined),
  };
}
