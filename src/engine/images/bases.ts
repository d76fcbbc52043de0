import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {anything, fits, fittingJson, list, maybe, number, type Of, record, text} from '../json.ts';
import {displayText} from '../names.ts';
import {type Problem, problemOf} from '../problem.ts';
import {type EngineImage, registryOf, type Tools} from '../tools.ts';
import {digestsOf} from './inputs.ts';
import {loginFor, withLogin} from './login.ts';

const askedBase = record({
  reference: text,
  /** sha256:… the registry has for it. */
  digest: text,
  /** Epoch milliseconds. */
  at: number,
  /** Id of the image the engine had then: an answer says nothing of an image that was pulled later. */
  engineId: maybe(text),
});
const unansweredBase = record({
  reference: text,
  /** A sentence. */
  because: text,
  /** Epoch milliseconds. */
  at: number,
});
/** As it lies on the disk: one entry that is none costs the others nothing. */
const baseMemory = record({asked: maybe(list(anything)), unanswered: maybe(list(anything))});

/** What a registry said of a foreign base. */
export type AskedBase = Of<typeof askedBase>;
/** A question to a registry that got no answer. */
type UnansweredBase = Of<typeof unansweredBase>;

/** What is kept of questions to registries. */
export interface BaseMemory {
  readonly asked: readonly AskedBase[];
  readonly unanswered: readonly UnansweredBase[];
}

export interface BaseAnswers extends BaseMemory {
  /** Registries that gave no answer, with the age of what is known. */
  readonly problems: readonly Problem[];
}

/** Relative to the cluster's state folder. */
const rememberedBasesPath = 'images/bases.json';

/** All registries together may take this long. */
const deadlineMs = 4_000;

/** What was asked so recently need not be asked again by a runner that makes the same plan. */
const stillFreshMs = 60_000;

/**
 * Asks registries for the present digest of foreign bases, all at once and with a deadline. Where there is no answer,
 * the last known one counts and a notice says how old it is. Never rejects for a registry's sake. Unless `anew`,
 * answers of the last minute count, and registries that were silent then are not waited for again.
 */
export async function askForBases(
  references: readonly string[],
  engineImages: ReadonlyMap<string, EngineImage | undefined>,
  remembered: BaseMemory,
  {tools, anew}: {readonly tools: Pick<Tools, 'docker' | 'clock'>; readonly anew: boolean},
  signal: AbortSignal,
): Promise<BaseAnswers> {
  const isFresh = ({at}: {readonly at: number}) => {
    const age = tools.clock.now() - at;
    return !anew && age >= 0 && age < stillFreshMs;
  };
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const asked: AskedBase[] = [];
  const problems: Problem[] = [];
  const unanswered: (UnansweredBase & {readonly known: AskedBase | undefined})[] = [];
  await Promise.all(
    references
      .filter((reference) => canMove(reference, engineImages.get(reference)))
      .map(async (reference) => {
        const engineId = engineImages.get(reference)?.id;
        const known = remembered.asked.find((each) => each.reference === reference && each.engineId === engineId);
        const silent = remembered.unanswered.find((each) => each.reference === reference);
        if (known && isFresh(known)) {
          asked.push(known);
          return;
        }
        if (silent && isFresh(silent)) {
          if (known) asked.push(known);
          unanswered.push({...silent, known});
          return;
        }
        try {
          const login = await loginFor(registryOf(reference), tools, deadline);
          const digest = await withLogin(login, (credentials) =>
            tools.docker.registryDigest(reference, credentials, deadline),
          );
          if (digest !== undefined)
            asked.push({reference, digest, at: tools.clock.now(), ...(engineId === undefined ? {} : {engineId})});
          else if (engineId === undefined) problems.push(nowhere(reference));
        } catch (error) {
          signal.throwIfAborted();
          const because = deadline.aborted ? `no answer within ${deadlineMs / 1000} s` : problemOf(error).message;
          if (known) asked.push(known);
          unanswered.push({reference, because, at: tools.clock.now(), known});
        }
      }),
  );
  for (const each of unanswered) problems.push(notAnswered(each, tools.clock.now()));
  asked.sort((a, b) => (a.reference < b.reference ? -1 : 1));
  problems.sort((a, b) => (a.message < b.message ? -1 : 1));
  return {asked, unanswered: unanswered.map(({known: _known, ...each}) => each), problems};
}

/** Foreign bases whose registry has another digest than the engine, with that digest. */
export function movedBases(
  asked: readonly AskedBase[],
  engineImages: ReadonlyMap<string, EngineImage | undefined>,
): Map<string, string> {
  const moved = new Map<string, string>();
  for (const {reference, digest} of asked) {
    const here = digestsOf(engineImages.get(reference), reference);
    if (here.length > 0 && !here.includes(digest)) moved.set(reference, digest);
  }
  return moved;
}

/** Foreign bases that the engine did not have when their registry was asked, with the digest there. */
export function latestOf(asked: readonly AskedBase[]): Map<string, string> {
  return new Map(
    asked.filter(({engineId}) => engineId === undefined).map(({reference, digest}) => [reference, digest]),
  );
}

/** What registries said earlier; nothing when that was never asked or cannot be read. */
export async function rememberedBases(stateFolder: string): Promise<BaseMemory> {
  let json: string;
  try {
    json = await readFile(join(stateFolder, rememberedBasesPath), 'utf8');
  } catch {
    return {asked: [], unanswered: []};
  }
  const {asked = [], unanswered = []} = fittingJson(baseMemory, json) ?? {};
  return {
    asked: asked.filter((each) => fits(askedBase, each)),
    unanswered: unanswered.filter((each) => fits(unansweredBase, each)),
  };
}

/** Writes down what registries said, beside what is known of other bases. */
export async function rememberBases(
  stateFolder: string,
  {asked, unanswered}: BaseMemory,
  files: Tools['files'],
): Promise<void> {
  if (asked.length === 0 && unanswered.length === 0) return;
  const before = await rememberedBases(stateFolder);
  const answered = new Set(asked.map(({reference}) => reference));
  const all = new Set([...answered, ...unanswered.map(({reference}) => reference)]);
  const memory: BaseMemory = {
    asked: [...before.asked.filter(({reference}) => !answered.has(reference)), ...asked],
    unanswered: [...before.unanswered.filter(({reference}) => !all.has(reference)), ...unanswered],
  };
  await files.makeFolder(join(stateFolder, 'images'));
  await files.writeFile(join(stateFolder, rememberedBasesPath), `${JSON.stringify(memory)}\n`, 0o600);
}

/** A digest never moves, and an image that was made or loaded here has no registry to ask. */
function canMove(reference: string, onEngine: EngineImage | undefined): boolean {
  if (reference.includes('@')) return false;
  return onEngine === undefined || digestsOf(onEngine, reference).length > 0;
}

function nowhere(reference: string): Problem {
  return {
    code: 'not-found',
    severity: 'warning',
    message: `Neither the engine nor ${displayText(registryOf(reference))} has the base ${displayText(reference)}.`,
    hint: 'Correct the FROM line, or load the image into the engine.',
  };
}

function notAnswered(
  {reference, because, known}: UnansweredBase & {readonly known: AskedBase | undefined},
  now: number,
): Problem {
  const judged = known
    ? `its digest of ${ago(now - known.at)} counts`
    : 'what the engine has counts, whatever the registry has by now';
  return {
    code: 'registry-unreachable',
    severity: 'notice',
    message: `${displayText(registryOf(reference))} could not be asked for ${displayText(reference)} (${because.replace(/\.$/, '')}); ${judged}.`,
  };
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 2) return 'a minute ago';
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`;
}
