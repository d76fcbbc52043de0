import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {ProblemError} from '../../src/engine/problem.ts';
import type {Docker} from '../../src/engine/tools.ts';
import {buildOf, never, watcher} from './contexts.ts';

/** An engine that has busybox:latest, and a registry it may push to. */
export interface ContractWorld {
  readonly docker: Docker;
  readonly registry: string;
  close(): Promise<void>;
}

/** What every engine does that we build on; the fake one is held to it so that tests on faults can be believed. */
export function describeContract(name: string, open: () => Promise<ContractWorld>): void {
  describe(`the contract with ${name}`, () => {
    let world: ContractWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world?.close());
    const build = (dockerfile: string, tag: string, watch = watcher()) =>
      world.docker.build(buildOf(dockerfile, {tag}), watch, never);

    it('says what engine it is', async () => {
      const info = await world.docker.info();
      expect(info.version).toMatch(/^\d+\./);
      expect(info.apiVersion).toMatch(/^1\.\d+$/);
      expect(info.platform).toMatch(/^linux\//);
      expect(info.id).not.toBe('');
      expect(info.cpus).toBeGreaterThan(0);
      expect(info.buildkit).toBe(true);
    });

    it('builds an image, tells its steps, and has it under its tag', async () => {
      const watch = watcher();
      const {id} = await build('FROM busybox:latest\nCOPY app.txt /app.txt\nRUN echo said\n', 'contract/ok:1', watch);
      expect(watch.text()).toMatch(/Step 3\/3 : RUN echo said.*said\n.*Successfully tagged contract\/ok:1/s);
      expect(watch.steps).toEqual([
        [0, 3],
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      const image = await world.docker.image('contract/ok:1');
      expect(image).toMatchObject({id, repoTags: ['contract/ok:1']});
      expect(image?.sizeBytes).toBeGreaterThan(0);
      expect(Date.parse(image?.created ?? '')).toBeGreaterThan(0);
    });

    it('says step, exit code and last lines of a command that fails', async () => {
      const problem = await problemFrom(build('FROM busybox:latest\nRUN echo bad; exit 7\n', 'contract/bad:1'));
      expect(problem).toMatchObject({code: 'build-failed', exitCode: 7});
      expect(problem.message).toBe('Step 2/2 (RUN echo bad; exit 7) ended with exit code 7.');
      expect(problem.detail).toMatch(/^bad$/m);
      expect(await world.docker.image('contract/bad:1')).toBeUndefined();
    });

    it('names file and line of a Dockerfile that does not parse', async () => {
      const problem = await problemFrom(build('FROM busybox:latest\n\nRUNN x\n', 'contract/parse:1'));
      expect(problem).toMatchObject({code: 'dockerfile-invalid', file: 'Dockerfile', line: 3});
      expect(problem.message).toContain('RUNN');
    });

    it('names a base image that is nowhere', async () => {
      const base = `${world.registry}/nowhere:1`;
      const problem = await problemFrom(build(`FROM ${base}\nRUN true\n`, 'contract/base:1'));
      expect(problem.code).toBe('build-failed');
      expect(problem.message).toContain(`(FROM ${base}) needs a base image that cannot be had`);
    });

    it('has no image of a name nobody built, and tags and pushes none', async () => {
      expect(await world.docker.image('contract/none:1')).toBeUndefined();
      const reference = `${world.registry}/contract/none:1`;
      expect((await problemFrom(world.docker.tag('contract/none:1', reference))).code).toBe('image-not-built');
      const push = world.docker.push(reference, undefined, watcher(), never);
      expect((await problemFrom(push)).code).toBe('image-not-built');
    });

    it('pushes a tag, and the registry then has that digest', async () => {
      await build('FROM busybox:latest\nRUN echo pushed > /pushed\n', 'contract/push:1');
      const reference = `${world.registry}/contract/push:v1`;
      expect(await world.docker.registryDigest(reference, undefined)).toBeUndefined();
      await world.docker.tag('contract/push:1', reference);
      const watch = watcher();
      const {digest} = await world.docker.push(reference, undefined, watch, never);
      expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(watch.text()).toMatch(/: (Pushed|Mounted from .*|Layer already exists)\n/);
      expect(watch.steps.at(-1)?.[0]).toBe(watch.steps.at(-1)?.[1]);
      expect(await world.docker.registryDigest(reference, undefined)).toBe(digest);
      const image = await world.docker.image(reference);
      expect(image?.repoDigests).toContain(`${world.registry}/contract/push@${digest}`);
      const again = watcher();
      expect(await world.docker.push(reference, undefined, again, never)).toEqual({digest});
      expect(again.text()).toMatch(/: Layer already exists\n/);
    });

    it('brings an image of the registry to the engine, and says when there is none', async () => {
      const reference = `${world.registry}/contract/pull:v1`;
      await build('FROM busybox:latest\nRUN echo pulled > /pulled\n', reference);
      const {digest} = await world.docker.push(reference, undefined, watcher(), never);
      const watch = watcher();
      expect(await world.docker.pull(reference, undefined, watch, never)).toEqual({digest});
      expect(watch.text()).toContain(`Digest: ${digest}\n`);
      const none = world.docker.pull(`${world.registry}/contract/none:v1`, undefined, watcher(), never);
      expect((await problemFrom(none)).code).toBe('not-found');
    });

    it('stops a build with the reason of whoever stopped it', async () => {
      const controller = new AbortController();
      const reason = new Error('the operator said so');
      const watch = {
        output: (bytes: Uint8Array) => {
          if (Buffer.from(bytes).includes('asleep')) controller.abort(reason);
        },
        progress: () => {},
      };
      const request = buildOf('FROM busybox:latest\nRUN echo a"s"leep; sleep 600\n', {
        tag: 'contract/stop:1',
        noCache: true,
      });
      await expect(world.docker.build(request, watch, controller.signal)).rejects.toBe(reason);
      expect(await world.docker.image('contract/stop:1')).toBeUndefined();
    });

    it('refuses names that are none before it asks anybody', async () => {
      for (const bad of ['../../containers/json', 'A/b', 'x:y:z', 'x?all=1', '', '-x', 'a b', 'x@sha256:12'])
        expect((await problemFrom(world.docker.image(bad))).code, bad).toBe('unknown-name');
    });
  });
}

/** The Problem something fails with; the test fails when it does not, or with something else. */
export async function problemFrom(promise: Promise<unknown>): Promise<ProblemError['problem']> {
  const error = await promise.then(
    (value) => new Error(`It did not fail, but gave ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}
