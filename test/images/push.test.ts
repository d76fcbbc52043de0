import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {alreadyPushed, pushImage} from '../../src/engine/images/push.ts';
import type {TaskContext} from '../../src/engine/plan/types.ts';
import {type Problem, type ProblemCode, ProblemError} from '../../src/engine/problem.ts';
import {Secret} from '../../src/engine/secret.ts';
import type {Credentials} from '../../src/engine/tools.ts';
import {problemFrom} from '../docker/contract.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const reference = 'registry.example:5000/ns/x:v1';
const work = {image: 'x', localName: 'x', reference, engineId: 'E'};
const refused = (code: ProblemCode, message = 'No.') => new ProblemError({code, message, hint: 'Of the engine.'});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-push-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

interface Answers {
  /** By which the engine knows the image. */
  readonly repoDigests?: readonly string[];
  /** What docker keeps for the registry. */
  credentials?(): Credentials | undefined;
  /** What the registry says, before and after the push. */
  registryDigest?(pushed: boolean, credentials: Credentials | undefined): string | undefined;
  push?(): void;
}

/** A task on an engine that has the image; what is done is written down. */
function task({repoDigests = [], credentials, registryDigest, push}: Answers, password?: string) {
  const done: string[] = [];
  const as = (given: Credentials | undefined) => given?.username ?? 'nobody';
  const docker = {
    image: async () => ({id: 'sha256:i', repoDigests, repoTags: [], sizeBytes: 1, created: ''}),
    credentials: async () => credentials?.(),
    async registryDigest(_reference: string, given?: Credentials) {
      done.push(`ask as ${as(given)}`);
      const pushed = done.some((each) => each.startsWith('push'));
      return registryDigest ? registryDigest(pushed, given) : pushed ? digest : undefined;
    },
    async tag() {
      done.push('tag');
    },
    async push(_reference: string, given?: Credentials) {
      done.push(`push as ${as(given)}`);
      push?.();
      return {digest};
    },
  };
  let output = '';
  const context = {
    tools: {docker},
    signal: new AbortController().signal,
    stateFolder: folder,
    output: (text: string) => {
      output += text;
    },
    progress: () => {},
    secret: () => (password === undefined ? undefined : new Secret(password)),
  } as unknown as TaskContext;
  const named = password === undefined ? work : {...work, username: 'cluster'};
  const there = () => alreadyPushed(named, context);
  return {run: () => pushImage(named, context), there, done, output: () => output};
}

it('asks the registry, tags, pushes, and asks the registry again', async () => {
  const {run, done, output} = task({});
  expect(await run()).toMatchObject({changed: true, result: {digest}});
  expect(done).toEqual(['ask as nobody', 'tag', 'push as nobody', 'ask as nobody']);
  expect(output()).toContain(`The registry has ${reference} as ${digest}`);
});

it.each(['registry-unreachable', 'push-failed', 'registry-login'] as const)(
  'changes nothing when the registry answers with %s before the push',
  async (code) => {
    const failing = () => {
      throw refused(code);
    };
    const {run, done} = task({registryDigest: failing});
    expect((await problemFrom(run())).code).toBe(code);
    expect(done).toEqual(['ask as nobody']);
  },
);

it('pushes with credentials although the registry does not speak of what it does not have yet, as Docker Hub', async () => {
  const shy = (pushed: boolean) => {
    if (!pushed) throw refused('registry-login');
    return digest;
  };
  const {run, done} = task({registryDigest: shy}, 'secret');
  expect(await run()).toMatchObject({result: {digest}});
  expect(done).toEqual(['ask as cluster', 'tag', 'push as cluster', 'ask as cluster']);
});

it('is not done when the registry has something else, or nothing, after the push', async () => {
  for (const there of [`sha256:${'e'.repeat(64)}`, undefined]) {
    const {run} = task({registryDigest: () => there});
    expect(await problemFrom(run())).toMatchObject({
      code: 'push-not-verified',
      message: expect.stringContaining(there ?? 'has nothing under that name'),
    });
  }
});

it('is there already under any digest the engine knows it by in that registry, and under no other', async () => {
  const [first, second, other] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`);
  const repoDigests = [
    `registry.example:5000/ns/x@${first}`,
    `elsewhere.example/ns/x@${other}`,
    `registry.example:5000/ns/x@${second}`,
  ];
  const thereAs = (registryDigest: string | undefined) =>
    task({repoDigests, registryDigest: () => registryDigest}).there();
  expect(await thereAs(first)).toEqual({digest: first});
  expect(await thereAs(second)).toEqual({digest: second});
  expect(await thereAs(other)).toBeUndefined();
  expect(await thereAs(undefined)).toBeUndefined();
  const never = task({});
  expect(await never.there()).toBeUndefined();
  expect(never.done).toEqual([]);
});

it('takes the credentials that docker keeps before those of the cluster configuration', async () => {
  const {run, done} = task({credentials: () => ({registry: 'registry.example:5000', username: 'docker'})}, 'secret');
  await run();
  expect(done).toContain('push as docker');
});

it('says which credentials to mend', async () => {
  const locked = () => {
    throw refused('registry-login');
  };
  const kept = () => ({registry: 'registry.example:5000', username: 'docker'});
  const hint = async (answers: Answers, password?: string) =>
    (await problemFrom(task({push: locked, ...answers}, password).run())).hint;
  expect(await hint({}, 'secret')).toMatch(/^Correct the user name and password in the cluster configuration/);
  expect(await hint({credentials: kept}, 'secret')).toBe('Of the engine.');
});

it('goes on without a credential helper that does not work, as the docker command does, and says so', async () => {
  const helper: Problem = {code: 'registry-login', message: 'The helper cannot be started.', hint: 'Mend the helper.'};
  const broken = () => {
    throw new ProblemError(helper);
  };
  const open = task({credentials: broken});
  expect(await open.run()).toMatchObject({result: {digest}});
  expect(open.output()).toMatch(/^The helper cannot be started\. Going on without a login\.\r\n/);
  const configured = task({credentials: broken}, 'secret');
  await configured.run();
  expect(configured.done).toContain('push as cluster');
  const locked = () => {
    throw refused('registry-login');
  };
  expect(await problemFrom(task({credentials: broken, registryDigest: locked}).run())).toEqual(helper);
});
