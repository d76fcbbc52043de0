import {basename, join} from 'node:path';
import type {Image} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {TaskContext} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import type {EngineImage} from '../tools.ts';
import {movedBases} from './bases.ts';
import {imagesOnEngine} from './facts.ts';
import {basesOf, digestsOf, imageOf, type Site} from './inputs.ts';
import {type JudgeWorld, presentOf} from './judge.ts';
import {reasons} from './reasons.ts';
import {contentKey, type ImageInputs, type ImageRecord, readRecord, writeRecord} from './record.ts';

/** The images of one component, where and how they are built. */
export interface BuildWork {
  readonly site: Site;
  /** Names, in build order. */
  readonly images: readonly string[];
  /** Paths in the component's folder that hooks wrote. */
  readonly hookWrote: readonly string[];
  /** As in Present: before this run built anything. */
  readonly missingLastHook: string | undefined;
  readonly engineId: string;
  readonly builder: JudgeWorld['builder'];
  readonly force: boolean;
  readonly noCache: boolean;
  /** False: the plan promised to build nothing here. */
  readonly mayBuild: boolean;
  /** Foreign bases whose registry had another digest when the plan was made. */
  readonly moved: ReadonlyMap<string, string>;
  /** As in JudgeWorld, when the plan was made. */
  readonly latest: ReadonlyMap<string, string>;
  /** Called before an image is built. */
  building(): Promise<void>;
}

export interface Built {
  /** Ids by image name. */
  readonly images: Readonly<Record<string, string>>;
  /** How many were built, also by an earlier runner of this run. */
  readonly built: number;
  /** Whether one of them is another image than before. */
  readonly changed: boolean;
  readonly note: string;
}

/** Ids of the images when all of them are current (or this run has built them); undefined when one is not. */
export async function currentImages(
  work: BuildWork,
  context: TaskContext,
): Promise<Record<string, string> | undefined> {
  const ids: Record<string, string> = {};
  for (const name of work.images) {
    const {record, why} = await judged(imageOf(work.site.catalog, name), work, context);
    const mustBuild = work.force && record?.run !== basename(context.runFolder);
    if (!record || why.length > 0 || mustBuild) return undefined;
    ids[name] = record.id;
  }
  return ids;
}

/** Builds those images of a component that are not current, in order, and records each. */
export async function buildImages(work: BuildWork, context: TaskContext): Promise<Built> {
  const images: Record<string, string> = {};
  let built = 0;
  let changed = false;
  let sizeBytes = 0;
  let last = '';
  for (const name of work.images) {
    const image = imageOf(work.site.catalog, name);
    const found = await judged(image, work, context);
    const {record, why, before} = found;
    const again = work.force && record?.run !== basename(context.runFolder);
    if (record && why.length === 0 && !again) {
      const earlier = record.run === basename(context.runFolder);
      context.output(`${displayText(name)} is ${earlier ? 'built already' : 'current'}.\r\n`);
      images[name] = record.id;
      if (earlier) {
        built++;
        changed = true;
        last = record.id;
        sizeBytes += before?.sizeBytes ?? 0;
      }
      continue;
    }
    if (!work.mayBuild) throw changedSince(name, why);
    const because = why.length > 0 ? why.join('; ') : 'asked for with --force';
    context.output(`Building ${displayText(name)}: ${because}\r\n`);
    const after = await buildOne(image, found.inputs, work, context);
    images[name] = after.id;
    built++;
    changed ||= before?.id !== after.id;
    sizeBytes += after.sizeBytes;
    last = after.id;
  }
  return {images, built, changed, note: noteOf(built, changed, last, sizeBytes)};
}

interface Judged {
  readonly record: ImageRecord | undefined;
  readonly why: readonly string[];
  readonly inputs: ImageInputs;
  /** What the engine has under the image's name. */
  readonly before: EngineImage | undefined;
}

/** Judged now, with what the engine has now: bases that are to be built have been. */
async function judged(image: Image, work: BuildWork, context: TaskContext): Promise<Judged> {
  const {site} = work;
  const engineImages = await imagesOnEngine([image], site.catalog, context.tools, context.signal);
  const record = await readRecord(context.stateFolder, work.engineId, image.name);
  const present = await presentOf(
    image,
    record,
    {
      site,
      engineImages,
      moved: stillMoved(work.moved, engineImages),
      latest: work.latest,
      stateFolder: context.stateFolder,
      engineId: work.engineId,
      builder: work.builder,
    },
    context.signal,
  );
  const why = reasons(record, {
    ...present,
    // What this run built has its hook still before it.
    missingLastHook: record?.run === basename(context.runFolder) ? undefined : work.missingLastHook,
    willRebuild: new Set(),
    rebuiltCopies: new Set(),
    hookWrote: work.hookWrote,
  });
  return {record, why, inputs: present.inputs, before: engineImages.get(image.localName)};
}

async function buildOne(
  image: Image,
  inputs: ImageInputs,
  work: BuildWork,
  context: TaskContext,
): Promise<EngineImage> {
  const {site} = work;
  const {docker, files} = context.tools;
  await nameBases(image, site, context);
  await work.building();
  const folder = join(site.toolRoot, image.context);
  const entries = await files.listContext(folder, inputs.dockerfile, context.signal, inputs.builder);
  const {id} = await named(image, site, () =>
    docker.build(
      {
        context: () => files.packContext(folder, entries),
        dockerfile: inputs.dockerfile,
        tag: image.localName,
        builder: inputs.builder,
        noCache: work.noCache,
      },
      {output: context.output, progress: context.progress},
      context.signal,
    ),
  );
  // Asked again: a base the engine did not have came with the build.
  const engineImages = await imagesOnEngine([image], site.catalog, context.tools, context.signal);
  const after = engineImages.get(image.localName);
  if (!after) throw vanished(image.localName, id);
  const complete: ImageInputs = {...inputs, bases: basesOf(image, engineImages, site.catalog, work.latest)};
  const former = await readRecord(context.stateFolder, work.engineId, image.name);
  await writeRecord(files, context.stateFolder, work.engineId, {
    version: 1,
    image: image.name,
    component: image.component,
    key: contentKey(complete),
    inputs: complete,
    hookWrote: work.hookWrote,
    id: after.id,
    builtAt: context.tools.clock.now(),
    run: basename(context.runFolder),
    ...(former?.pushed ? {pushed: former.pushed} : {}),
  });
  return after;
}

/** Dockerfiles may name our images by registry, namespace or tag; then the engine must know them so. */
async function nameBases(image: Image, {catalog}: Site, {tools, signal}: TaskContext): Promise<void> {
  for (const base of image.needs.map((name) => imageOf(catalog, name))) {
    for (const other of base.alsoCalled ?? []) await tools.docker.tag(base.localName, other, signal);
  }
}

/** What a build complains of, with the image and the Dockerfile it is about. */
async function named<Result>(image: Image, site: Site, build: () => Promise<Result>): Promise<Result> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof ProblemError) || !['build-failed', 'dockerfile-invalid'].includes(error.problem.code))
      throw error;
    const {problem} = error;
    const file = join(site.catalog.toolRoot, image.dockerfile);
    throw new ProblemError(
      {...problem, message: `${displayText(image.name)}: ${problem.message}`, file},
      {cause: error},
    );
  }
}

/** Without those that were pulled since. */
function stillMoved(
  moved: ReadonlyMap<string, string>,
  engineImages: ReadonlyMap<string, EngineImage | undefined>,
): ReadonlyMap<string, string> {
  const asked = [...moved].map(([reference, digest]) => ({reference, digest, at: 0}));
  return movedBases(
    asked.filter(({reference}) => digestsOf(engineImages.get(reference), reference).length > 0),
    engineImages,
  );
}

function changedSince(name: string, why: readonly string[]): ProblemError {
  return new ProblemError({
    code: 'plan-changed',
    message: `${displayText(name)} was current when the plan was made, and no longer is: ${why.join('; ')}.`,
    hint: 'Build again, with a plan of what there is now.',
  });
}

function vanished(localName: string, id: string): ProblemError {
  return new ProblemError({
    code: 'build-failed',
    message: `The engine built ${displayText(localName)} (${displayText(id).slice(0, 19)}…) but has no image of that name now.`,
    hint: 'Something else removed it at the same moment. Build again.',
  });
}

function noteOf(built: number, changed: boolean, id: string, sizeBytes: number): string {
  if (built === 0) return 'nothing changed';
  const size = `${(sizeBytes / 1e6).toFixed(sizeBytes < 1e7 ? 1 : 0)} MB`;
  const what = built === 1 ? `${id.slice(0, 19)}…` : `${built} images`;
  return changed ? `${what}, ${size}` : `${what}, the same as before`;
}
