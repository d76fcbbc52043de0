import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {imageBuild} from '../../src/engine/plan/image/image-build.ts';
import {imagePush} from '../../src/engine/plan/image/image-push.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import type {Docker, Tools} from '../../src/engine/tools.ts';
import {request} from '../plan/image/image-facts.ts';
import {createFakeClock, type FakeClock} from '../run/fake-clock.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const never = new AbortController().signal;
let folder: string;
let clock: FakeClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-deadlines-'));
  clock = createFakeClock();
});
afterEach(() => rm(folder, {recursive: true, force: true}));

/** Answers that never come; like the real ones they end with the reason of the signal. */
const silent = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    else signal?.addEventListener('abort', () => reject(signal.reason));
  });

function worldWith(docker: Partial<Docker>) {
  const engine = {version: '20.10', apiVersion: '1.41', name: 'e', id: 'E', platform: 'linux/amd64', cpus: 2};
  const answers: Partial<Docker> = {
    endpoint: 'unix:///docker.sock',
    info: async () => ({...engine, buildkit: true}),
    image: async (name) => ({
      id: `id of ${name}`,
      repoDigests: [`registry.example.com:5000/openpai/${name}@sha256:1`],
      repoTags: [],
      sizeBytes: 1,
      created: '',
    }),
    credentials: async () => undefined,
    ...docker,
  };
  const tools = {docker: answers, clock, files: createFiles({cacheFile: join(folder, 'cache')})} as unknown as Tools;
  return {tools, stateFolder: folder};
}

/** Lets time pass until the work is done, and gives its result or its problem. */
async function inTime<Result>(work: Promise<Result>): Promise<Result | Problem> {
  let isDone = false;
  const outcome = work
    .catch((error: unknown) => {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    })
    .finally(() => {
      isDone = true;
    });
  while (!isDone) await clock.pass(1_000);
  return outcome;
}

it.each([
  ['does not even say what it is', {info: silent}],
  ['does not say what images it has', {image: (_name: string, signal?: AbortSignal) => silent(signal)}],
] as const)('says that the engine is silent when it %s', async (_what, docker) => {
  const problem = await inTime(imageBuild.readFacts(request({source: fixture('sample')}), worldWith(docker), never));
  expect(problem).toMatchObject({
    code: 'engine-unreachable',
    message: expect.stringContaining('The Docker engine at unix:///docker.sock did not answer within 30 s.'),
  });
});

it('plans a push of many images though their registry is silent, and says that', async () => {
  const world = worldWith({registryDigest: (_reference, _credentials, signal) => silent(signal)});
  const asked = {
    operation: 'image push',
    source: fixture('sample'),
    config: fixture('config-sample'),
    names: [],
  } as const;
  const facts = await inTime(imagePush.readFacts(asked, world, never));
  if ('code' in facts) throw new ProblemError(facts);
  expect(facts.images).toHaveLength(12);
  expect(facts.images.every(({digest, registryDigest}) => digest === 'sha256:1' && registryDigest === undefined)).toBe(
    true,
  );
  expect(facts.notices.map(({message}) => message)).toContainEqual(
    expect.stringMatching(/^Whether \S+ is in the registry could not be found out: There was no answer within 10 s\.$/),
  );
  expect(imagePush.plan(asked, facts).tasks.map(({expected}) => expected)).toEqual(facts.images.map(() => 'change'));
  expect(clock.sleepers).toBe(0);
});
