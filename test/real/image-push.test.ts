import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {type ImageRequest, ProblemError, type Proposal} from '../../src/engine/index.ts';
import {allTexts, type ImageWorld, imageWorld, outcomes} from '../helpers/image-world.ts';

const real = inject('realEngine');

describe.skipIf(!real)('pushing to a real registry', () => {
  let world: ImageWorld;
  let config: string;

  beforeEach(async () => {
    world = await imageWorld({socket: String(real?.socket)});
    config = join(world.folder, 'config');
    await mkdir(config);
    await world.write('src/push-base/build/push-base.dockerfile', 'FROM busybox:latest\nCOPY file /file\n');
    await world.write('src/push-base/file', 'one\n');
    await world.write('src/push-top/build/push-top.dockerfile', 'FROM push-base\nRUN true\n');
  });
  afterEach(() => world.remove());

  const configure = (domain: string, more = '') =>
    writeFile(
      join(config, 'services-configuration.yaml'),
      `cluster:\n  clusterid: push-lab\n  docker-registry-info:\n    docker-registry-domain: ${domain}\n    docker-namespace: openpai\n    docker-tag: v1\n    secret-name: s\n${more}`,
      {mode: 0o600},
    );
  const push = (...names: string[]): Promise<Proposal> =>
    world.engine.propose({operation: 'image push', source: world.source, config, names} as ImageRequest);
  const problemOf = async (doing: Promise<unknown>) => {
    const error: unknown = await doing.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ProblemError)) throw error ?? new Error('It did not fail.');
    return error.problem;
  };

  it('pushes in parallel, verifies, skips the second time, and pushes what was built again', async () => {
    await configure(String(real?.registry));
    await world.carryOut(await world.build([], {config}));
    const first = await push();
    expect(first.plan.tasks.map(({id, needs, expected}) => [id, needs, expected])).toEqual([
      ['push/push-base', [], 'change'],
      ['push/push-top', [], 'change'],
    ]);
    const run = await world.carryOut(first);
    expect(run.state.problem).toBeUndefined();
    expect(outcomes(run)).toEqual({'push/push-base': 'done, changed', 'push/push-top': 'done, changed'});
    expect(run.state.tasks[0]?.note).toMatch(/^sha256:[0-9a-f]{12}…, verified$/);

    const record = await recordOf(world, 'push-base');
    const there = await fetch(`http://${real?.registry}/v2/openpai/push-base/manifests/v1`, {
      headers: {Accept: 'application/vnd.docker.distribution.manifest.v2+json'},
    });
    expect(record.pushed).toMatchObject({
      as: `${real?.registry}/openpai/push-base:v1`,
      digest: there.headers.get('docker-content-digest'),
      id: record.id,
    });

    const second = await push();
    expect(second.nothingToDo).toBe(true);
    expect(second.plan.notices).toEqual([]);
    const status = await world.engine.imageStatus({source: world.source, config});
    expect(status.images.map(({pushedAs}) => pushedAs)).toEqual([
      `${real?.registry}/openpai/push-base:v1`,
      `${real?.registry}/openpai/push-top:v1`,
    ]);

    await world.write('src/push-base/file', `${Date.now()}\n`);
    expect((await push()).plan.notices.map(({severity, message}) => [severity, message])).toEqual([
      ['notice', 'A build would make another push-base (src/push-base/file changed); it is pushed as it was built.'],
      ['notice', 'A build would make another push-top (push-base will be rebuilt); it is pushed as it was built.'],
    ]);
    await world.carryOut(await world.build(['push-base'], {config}));
    const third = await push();
    expect(third.plan.tasks.map(({id, expected}) => [id, expected])).toEqual([
      ['push/push-base', 'change'],
      ['push/push-top', 'unchanged'],
    ]);
    const again = await world.carryOut(third);
    expect(outcomes(again)).toEqual({'push/push-base': 'done, changed', 'push/push-top': 'done'});
  });

  it('logs in with the cluster configuration, and leaves its password nowhere', async () => {
    const login = real?.loginRegistry;
    await configure(
      String(login?.address),
      `    docker-username: ${login?.username}\n    docker-password: ${login?.password}\n`,
    );
    await world.carryOut(await world.build(['push-base'], {config}));
    const proposal = await push('push-base');
    expect(JSON.stringify([proposal.facts, proposal.request])).not.toContain(login?.password);
    const run = await world.carryOut(proposal);
    expect(run.state.problem).toBeUndefined();
    expect(outcomes(run)).toEqual({'push/push-base': 'done, changed'});
    const password = String(login?.password);
    const encoded = Buffer.from(`${login?.username}:${password}`).toString('base64');
    const texts = await allTexts(world.stateHome);
    expect(texts.size).toBeGreaterThan(5);
    for (const [path, text] of texts) {
      expect(text.includes(password) || text.includes(encoded), path).toBe(false);
    }
  });

  it('says that the registry wants a login, and does not try again and again', async () => {
    await configure(String(real?.loginRegistry.address));
    await world.carryOut(await world.build(['push-base'], {config}));
    const run = await world.carryOut(await push('push-base'));
    expect(run.state.tasks[0]).toMatchObject({
      status: 'failed',
      attempt: 1,
      problem: {code: 'registry-login', hint: expect.stringContaining(`docker login ${real?.loginRegistry.address}`)},
    });
  });

  it('tries again with back-off when the registry cannot be reached', async () => {
    await configure('127.0.0.1:9');
    await world.carryOut(await world.build(['push-base'], {config}));
    const run = await world.carryOut(await push('push-base'));
    expect(run.state.tasks[0]).toMatchObject({status: 'failed', attempt: 4, problem: {code: 'registry-unreachable'}});
  });

  it('refuses unknown names, images that are not built, and a configuration that does not say where to', async () => {
    await configure(String(real?.registry));
    expect(await problemOf(push('push-topp'))).toMatchObject({
      code: 'unknown-name',
      hint: expect.stringContaining('push-top'),
    });
    await world.docker('DELETE', '/images/push-top?force=true');
    expect(await problemOf(push('push-top'))).toMatchObject({
      code: 'image-not-built',
      hint: 'Build first: pai-tui image build push-top',
    });
    const without = {operation: 'image push', source: world.source, names: []} as unknown as ImageRequest;
    expect(await problemOf(world.engine.propose(without))).toMatchObject({code: 'config-missing'});
    await writeFile(
      join(config, 'services-configuration.yaml'),
      'cluster:\n  docker-registry-info:\n    docker-tag: v1\n',
    );
    expect(await problemOf(push())).toMatchObject({code: 'registry-setting-missing'});
  });

  it('pulls a base that moved in its registry, and says so', async () => {
    const reference = `${real?.registry}/bases/moving-${Date.now()}:1`;
    const docker = createDocker({environment: {HOME: world.folder}, endpoint: `unix://${real?.socket}`});
    const {signal} = new AbortController();
    const publish = async (local: string) => {
      await docker.tag(local, reference);
      return docker.push(reference, undefined, {output: () => {}, progress: () => {}}, signal);
    };
    await publish('busybox:latest');
    await world.write('src/on-moving/build/on-moving.dockerfile', `FROM ${reference}\nRUN true\n`);
    await world.carryOut(await world.build(['on-moving']));
    expect((await world.build(['on-moving'])).nothingToDo).toBe(true);

    await world.carryOut(await world.build(['push-base']));
    const {digest} = await publish('push-base:latest');
    // This engine still has the former image under the name.
    await docker.tag('busybox:latest', reference);

    const asked = await world.engine.imageStatus({source: world.source, names: ['on-moving'], checkBases: true});
    expect(asked.images[0]).toMatchObject({state: 'stale', reasons: [`${reference} moved to ${digest.slice(0, 19)}…`]});
    const proposal = await world.build(['on-moving']);
    expect(proposal.plan.tasks.map(({title, expected}) => [title, expected])).toEqual([
      [`Pull ${reference}`, 'change'],
      ['Build on-moving', 'change'],
    ]);
    const run = await world.carryOut(proposal);
    expect(run.state.problem).toBeUndefined();
    expect((await docker.image(reference))?.id).toBe((await docker.image('push-base'))?.id);
    expect((await world.build(['on-moving'])).nothingToDo).toBe(true);
  });

  it('builds on an image of the tree that a Dockerfile calls by registry and tag', async () => {
    await configure(String(real?.registry));
    await world.write(
      'src/push-top/build/push-top.dockerfile',
      `FROM ${real?.registry}/openpai/push-base:v1\nRUN true\n`,
    );
    const proposal = await world.build(['push-top'], {config});
    expect(proposal.plan.tasks.find(({id}) => id === 'build/push-top')?.does).toContainEqual({
      kind: 'docker',
      call: 'tag',
      image: `${real?.registry}/openpai/push-base:v1`,
    });
    expect((await world.carryOut(proposal)).state.problem).toBeUndefined();
  });
});

async function recordOf(
  world: ImageWorld,
  image: string,
): Promise<{readonly id: string; readonly pushed?: {readonly as: string; readonly digest: string}}> {
  const all = [...(await allTexts(world.stateHome))];
  const [, text] = all.find(([path]) => path.endsWith(`/${image}.json`) && path.includes('/images/')) ?? [];
  if (text === undefined) throw new Error(`${image} has no record.`);
  return JSON.parse(text);
}
