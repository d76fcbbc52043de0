import type {Selection} from '../catalog/select.ts';
import type {Catalog, Image} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {FactWorld} from '../plan/types.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {EngineImage, EngineInfo, Tools} from '../tools.ts';
import {type AskedBase, askForBases, type BaseMemory, latestOf, movedBases, rememberedBases} from './bases.ts';
import {engineDeadlineMs, withDeadline} from './deadline.ts';
import {type GivenFile, type HadoopFacts, readHadoopFacts} from './hadoop-binary.ts';
import {imageOf, type Site} from './inputs.ts';
import {type ImageJudgement, type JudgeWorld, judgeImages} from './judge.ts';
import {mapParallel} from './parallel.ts';
import type {TemplateFacts} from './templates.ts';

/** What is found out about images before a plan is made. Plain JSON; what registries said now or, without an answer, earlier. */
export interface ImageFacts extends BaseMemory {
  readonly engine: EngineInfo & {readonly endpoint: string};
  /** In build order: the images of the components asked for and of what they stand on. */
  readonly images: readonly ImageJudgement[];
  /** Foreign bases whose registry has another digest than the engine: reference and that digest. */
  readonly moved: readonly (readonly [string, string])[];
  /** Inputs that could not be read. */
  readonly unreadable: readonly Problem[];
  /** Registries that did not answer. */
  readonly notices: readonly Problem[];
  /** Of the image hadoop-run of A–D. */
  readonly hadoop?: HadoopFacts;
}

/** What a plan to build is made of. Plain JSON. */
export interface ImageBuildFacts extends ImageFacts {
  readonly catalog: Catalog;
  /** Asked for, with everything needed. */
  readonly selection: Selection;
  /** What the templates of these images become; absent where there are none, or no configuration to render them from. */
  readonly templates?: TemplateFacts;
}

export interface FactsWanted {
  readonly catalog: Catalog;
  readonly selection: Selection;
  /** The configuration, which may name files that belong to images. */
  readonly config?: string | undefined;
  readonly builder: JudgeWorld['builder'];
  /** Ask registries for foreign bases. */
  readonly checkBases: boolean;
}

/** Reads only. Throws `engine-unreachable` without an engine. */
export async function readImageFacts(wanted: FactsWanted, world: FactWorld, signal: AbortSignal): Promise<ImageFacts> {
  const {catalog, selection} = wanted;
  const {docker} = world.tools;
  const engine = await engineInfo(world.tools, signal);
  const images = selection.images.map((name) => imageOf(catalog, name));
  const engineImages = await imagesOnEngine(images, catalog, world.tools, signal);
  const foreign = [...new Set(images.flatMap((image) => image.foreignBases))].sort();
  const remembered = await rememberedBases(world.stateFolder);
  const {asked, unanswered, problems} = wanted.checkBases
    ? await askForBases(foreign, engineImages, remembered, {tools: world.tools, anew: world.anew ?? false}, signal)
    : {asked: stillTrue(remembered.asked, foreign, engineImages), unanswered: [], problems: []};
  const moved = movedBases(asked, engineImages);
  const hadoop = await readHadoopFacts(wanted.config, catalog, selection, world.tools.files, signal);
  const judged = await judgeImages(
    selection,
    {
      site: sourceSite(catalog, world.tools, givenIn(hadoop)),
      stateFolder: world.stateFolder,
      engineId: engine.id,
      engineImages,
      moved,
      latest: latestOf(asked),
      builder: wanted.builder,
    },
    signal,
  );
  return {
    engine: {...engine, endpoint: docker.endpoint},
    images: judged.images,
    asked,
    unanswered,
    moved: [...moved],
    unreadable: judged.problems,
    notices: problems,
    ...(hadoop ? {hadoop} : {}),
  };
}

/** The source tree as it lies there. */
export function sourceSite(catalog: Catalog, {files}: Pick<Tools, 'files'>, given: readonly GivenFile[]): Site {
  return {catalog, root: catalog.root, toolRoot: catalog.toolRoot, kind: 'source', files, given, read: new Map()};
}

export function givenIn(hadoop: HadoopFacts | undefined): readonly GivenFile[] {
  return hadoop?.given ? [hadoop.given] : [];
}

/** What the engine has of these images and of all they stand on, by local name and reference. */
export async function imagesOnEngine(
  images: readonly Image[],
  catalog: Catalog,
  {docker, clock}: Pick<Tools, 'docker' | 'clock'>,
  signal: AbortSignal,
): Promise<Map<string, EngineImage | undefined>> {
  const names = new Set(
    images.flatMap((image) => [
      image.localName,
      ...image.needs.map((name) => imageOf(catalog, name).localName),
      ...image.foreignBases,
    ]),
  );
  const ask = (deadline: AbortSignal) =>
    mapParallel(
      [...names],
      8,
      async (name) => [name, isReference(name) ? await docker.image(name, deadline) : undefined] as const,
    );
  const limit = {clock, milliseconds: engineDeadlineMs, late: () => silentEngine(docker)};
  const found = await withDeadline(limit, signal, ask);
  return new Map(found);
}

/** Throws `engine-unreachable`. */
export async function engineInfo(
  {docker, clock}: Pick<Tools, 'docker' | 'clock'>,
  signal: AbortSignal,
): Promise<EngineInfo> {
  const limit = {clock, milliseconds: engineDeadlineMs, late: () => silentEngine(docker)};
  try {
    return await withDeadline(limit, signal, (deadline) => docker.info(deadline));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'engine-unreachable') throw error;
    const message = `${error.problem.message} Even a plan needs the engine: only it knows what is built.`;
    throw new ProblemError({...error.problem, message}, {cause: error});
  }
}

function silentEngine({endpoint}: Tools['docker']): ProblemError {
  return new ProblemError({
    code: 'engine-unreachable',
    message: `The Docker engine at ${displayText(endpoint)} did not answer within ${engineDeadlineMs / 1000} s.`,
    hint: 'Is its host busy, or its disk? Try: docker version',
  });
}

/** FROM may hold a variable without a value, and A–C names lack the namespace until there is a configuration. */
function isReference(name: string): boolean {
  return !/[<>$\s]/.test(name);
}

/** Without asking, what registries said counts as long as the engine has the image it had then. */
function stillTrue(
  remembered: readonly AskedBase[],
  foreign: readonly string[],
  engineImages: ReadonlyMap<string, EngineImage | undefined>,
): AskedBase[] {
  return remembered.filter(
    ({reference, engineId}) => foreign.includes(reference) && engineImages.get(reference)?.id === engineId,
  );
}
