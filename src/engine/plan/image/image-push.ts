import type {ImagePushRequest} from '../../api.ts';
import {selectImages} from '../../catalog/select.ts';
import type {Catalog} from '../../catalog/types.ts';
import {withDeadline} from '../../images/deadline.ts';
import {engineInfo, type FactsWanted, imagesOnEngine, readImageFacts} from '../../images/facts.ts';
import {digestsOf, imageOf} from '../../images/inputs.ts';
import {isRefusal, type Login, loginFor, withLogin} from '../../images/login.ts';
import {mapParallel} from '../../images/parallel.ts';
import {alreadyPushed, type PushWork, pushImage} from '../../images/push.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import {shortHash} from '../../safe-name.ts';
import {type Docker, type EngineImage, type EngineInfo, registryOf} from '../../tools.ts';
import {plainId} from '../task-id.ts';
import type {FactWorld, Operation, Plan, Task} from '../types.ts';
import {openForPush, type PushTarget} from './image-request.ts';

/** Plain JSON; never holds a password. */
export interface ImagePushFacts {
  readonly engine: EngineInfo & {readonly endpoint: string};
  readonly username?: string;
  readonly images: readonly PushFact[];
  readonly notices: readonly Problem[];
}

interface PushFact {
  readonly name: string;
  readonly localName: string;
  readonly reference: string;
  /** Of the image on the engine; absent: not built. */
  readonly id?: string;
  /** By which the engine knows it in that registry. */
  readonly digest?: string;
  /** What the registry has under the reference; absent: nothing, or it could not be asked. */
  readonly registryDigest?: string;
}

/** Pushes images under the names their era gives them. */
export const imagePush: Operation<ImagePushRequest, ImagePushFacts> = {
  name: 'image push',
  locks: (request, facts) => [{scope: 'images', of: shortHash(`${request.source}\0${facts.engine.endpoint}`)}],
  readFacts,
  plan: planImagePush,
};

async function readFacts(request: ImagePushRequest, world: FactWorld, signal: AbortSignal): Promise<ImagePushFacts> {
  const {catalog, targets, username, password, notices: advice} = await openForPush(request);
  const {docker} = world.tools;
  const engine = await engineInfo(world.tools, signal);
  const notices: Problem[] = [];
  const logins = new Map<string, Promise<Login>>();
  const login = (registry: string) => {
    const known = logins.get(registry);
    if (known !== undefined) return known;
    const ofCluster = username !== undefined && password ? {registry, username, password} : undefined;
    const asking = loginFor(registry, {docker, ofCluster}, signal);
    logins.set(registry, asking);
    return asking;
  };
  const onEngine = await imagesOnEngine(
    targets.map(({image}) => imageOf(catalog, image)),
    catalog,
    world.tools,
    signal,
  );
  const limit = {clock: world.tools.clock, milliseconds: deadlineMs, late: noAnswer};
  const images = await withDeadline(limit, signal, (deadline) =>
    mapParallel(targets, 8, (target) => factOf(target, catalog, {docker, onEngine, login, notices}, deadline)),
  );
  signal.throwIfAborted();
  const stale = await staleImages(
    {catalog, config: request.config},
    images.filter(({id}) => id !== undefined).map(({name}) => name),
    world,
    signal,
  );
  return {
    engine: {...engine, endpoint: docker.endpoint},
    ...(username === undefined ? {} : {username}),
    images,
    notices: [...advice, ...stale, ...notices.slice(0, 1)],
  };
}

/** How many stale images are named one by one. */
const listed = 5;

/** What is pushed is what the engine has: that the tree is further on by now is only said. */
async function staleImages(
  {catalog, config}: Pick<FactsWanted, 'catalog' | 'config'>,
  built: readonly string[],
  world: FactWorld,
  signal: AbortSignal,
): Promise<Problem[]> {
  if (built.length === 0) return [];
  const selection = selectImages(catalog, built);
  const wanted = {catalog, config, selection, builder: 'auto', checkBases: false} as const;
  const {images} = await readImageFacts(wanted, world, signal);
  const stale = images.filter(({name, state}) => built.includes(name) && state === 'stale');
  const notices = stale.slice(0, listed).map(
    ({name, reasons}): Problem => ({
      code: 'image-not-built',
      severity: 'notice',
      message: `A build would make another ${displayText(name)} (${reasons.join('; ')}); it is pushed as it was built.`,
      hint: `To push what the tree holds now, build first: pai-tui image build ${displayText(name)}`,
    }),
  );
  if (stale.length <= listed) return notices;
  const more = stale.slice(listed).map(({name}) => displayText(name));
  const message = `A build would make ${more.length} more images anew, which are pushed as they were built: ${more.join(', ')}.`;
  return [
    ...notices,
    {code: 'image-not-built', severity: 'notice', message, hint: 'Build first to push what it holds.'},
  ];
}

/** Registries together may take this long to say what they have; the run asks again. */
const deadlineMs = 10_000;

function noAnswer(): ProblemError {
  const message = `There was no answer within ${deadlineMs / 1000} s.`;
  return new ProblemError({code: 'registry-unreachable', message});
}

interface Asking {
  readonly docker: Docker;
  readonly onEngine: ReadonlyMap<string, EngineImage | undefined>;
  login(registry: string): Promise<Login>;
  readonly notices: Problem[];
}

async function factOf(
  {image: name, reference}: PushTarget,
  catalog: Catalog,
  {docker, onEngine, login, notices}: Asking,
  signal: AbortSignal,
): Promise<PushFact> {
  const {localName} = imageOf(catalog, name);
  const found = onEngine.get(localName);
  const known = digestsOf(found, reference);
  const [digest] = known;
  const fact = {
    name,
    localName,
    reference,
    ...(found ? {id: found.id} : {}),
    ...(digest === undefined ? {} : {digest}),
  };
  const registry = await login(registryOf(reference));
  try {
    const there = await withLogin(registry, (credentials) => docker.registryDigest(reference, credentials, signal));
    // What was never pushed from here is pushed, whatever the registry has: it was only asked whether it answers.
    if (digest === undefined || there === undefined) return fact;
    return {...fact, digest: known.includes(there) ? there : digest, registryDigest: there};
  } catch (error) {
    // Docker Hub, for one, refuses to speak of a repository that the push is about to make.
    if (digest === undefined && registry.credentials && isRefusal(error)) return fact;
    const {message, hint} = problemOf(error);
    notices.push({
      code: 'registry-unreachable',
      severity: 'notice',
      message:
        digest === undefined
          ? `The push would fail now. ${message}`
          : `Whether ${displayText(reference)} is in the registry could not be found out: ${message}`,
      ...(hint === undefined ? {} : {hint}),
    });
    return fact;
  }
}

/** Pure. Throws `image-not-built` when the engine lacks one of the images. */
export function planImagePush(_request: ImagePushRequest, facts: ImagePushFacts): Plan {
  const missing = facts.images.filter(({id}) => id === undefined);
  if (missing.length > 0) throw notBuilt(missing);
  const waiting = facts.images.filter((image) => !isThere(image));
  return {
    operation: 'image push',
    title:
      waiting.length === 0
        ? 'Push nothing: the registry has every image'
        : `Push ${waiting.length === 1 ? '1 image' : `${waiting.length} images`}`,
    tasks: facts.images.map((image) => pushTask(image, facts)),
    notices: facts.notices,
  };
}

function pushTask(image: PushFact, facts: ImagePushFacts): Task {
  const {name, localName, reference} = image;
  const work: PushWork = {
    image: name,
    localName,
    reference,
    engineId: facts.engine.id,
    ...(facts.username === undefined ? {} : {username: facts.username}),
  };
  const there = isThere(image);
  return {
    id: `push/${plainId(name)}`,
    title: `Push ${displayText(name)}`,
    needs: [],
    touches: 'the cluster',
    does: [
      {kind: 'docker', call: 'tag', image: reference},
      {kind: 'docker', call: 'push', image: reference},
      {kind: 'file', path: '$STATE/images/**'},
    ],
    expected: there ? 'unchanged' : 'change',
    why: there ? [] : [whyPushed(image)],
    retry: {attempts: 4, on: ['registry-unreachable'], waitMs: 1_000, maxWaitMs: 15_000},
    resource: 'upload',
    undo: 'Push the former image under the same name again.',
    satisfied: (context) => alreadyPushed(work, context),
    run: (context) => pushImage(work, context),
  };
}

function isThere({digest, registryDigest}: PushFact): boolean {
  return digest !== undefined && digest === registryDigest;
}

function whyPushed({reference, digest, registryDigest}: PushFact): string {
  if (digest === undefined) return `this image was not pushed as ${displayText(reference)} yet`;
  return registryDigest === undefined
    ? `the registry is not known to have ${displayText(reference)}`
    : `the registry has another image as ${displayText(reference)}`;
}

function notBuilt(missing: readonly PushFact[]): ProblemError {
  const names = missing.map(({name}) => displayText(name));
  return new ProblemError({
    code: 'image-not-built',
    message:
      names.length === 1
        ? `The engine has no image ${names[0]} to push.`
        : `The engine lacks ${names.length} of the images to push: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`,
    hint: `Build first: pai-tui image build ${names.join(' ')}`,
  });
}
