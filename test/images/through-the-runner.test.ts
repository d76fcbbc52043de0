import {readFileSync} from 'node:fs';
import {mkdir, mkdtemp, open, readFile, rm, writeFile} from 'node:fs/promises';
import type {ServerResponse} from 'node:http';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {afterEach, expect, it} from 'vitest';
import type {ImageRequest, RunView} from '../../src/engine/index.ts';
import type {RunEvent} from '../../src/engine/run/events.ts';
import {type FakeEngine, type Fault, startFakeEngine} from '../docker/fake-engine.ts';
import {type ImageWorld, imageWorld, leavingSourceAlone, outcomes} from '../helpers/image-world.ts';

const gigabyte = 1024 ** 3;
const registryOldFormat =
  'cluster:\n  docker-registry-info:\n    docker-registry-domain: registry.test:5000\n    docker-namespace: openpai\n    docker-tag: v1\n    secret-name: s\n';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function worldOn(
  fault: Fault,
  environment: NodeJS.ProcessEnv = {},
): Promise<{world: ImageWorld; engine: FakeEngine}> {
  const engine = await startFakeEngine(fault);
  closing.push(() => engine.close());
  const world = await imageWorld({socket: engine.socket, environment});
  closing.push(() => world.remove());
  return {world, engine};
}

it('streams a context of gigabytes to the engine without holding it', {timeout: 300_000}, async () => {
  let received = 0;
  const built = {Id: `sha256:${'b'.repeat(64)}`, RepoTags: ['huge:latest'], RepoDigests: [], Size: 1};
  const {world} = await worldOn((request, response, path) => {
    if (path === '/images/huge/json' && received > 0) return json(response, built);
    if (path !== '/build') return false;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on('end', () => response.end(`${JSON.stringify({aux: {ID: built.Id}})}\r\n`));
    return true;
  });
  await world.write('src/huge/build/huge.dockerfile', 'FROM busybox:latest\nCOPY . /\n');
  const file = await open(join(world.source, 'src/huge/weights'), 'w');
  await file.truncate(Math.floor(2.1 * gigabyte));
  await file.close();

  const id = await world.engine.start(await world.build());
  const {folder} = (await world.engine.runs.show(id)).summary;
  const {pid} = JSON.parse(await readFile(join(folder, 'runner.json'), 'utf8')) as {pid: number};
  let mostBytes = 0;
  const run = await world.waitFor(id, ({summary}) => {
    mostBytes = Math.max(mostBytes, peakBytes(pid) ?? 0);
    return summary.status !== 'running' && summary.status !== 'waiting';
  });
  expect(run.state.problem).toBeUndefined();
  expect(outcomes(run)).toEqual({'build/huge': 'done, changed'});
  expect(received).toBeGreaterThan(2.1 * gigabyte);
  expect(mostBytes).toBeGreaterThan(0);
  expect(mostBytes).toBeLessThan(0.4 * gigabyte);
});

it('pushes again when the registry fails with 500, and says so in a sentence', async () => {
  let pushes = 0;
  const {world} = await worldOn((_request, response, path) => {
    if (!path.endsWith('/push') || ++pushes > 2) return false;
    const said = 'received unexpected HTTP status: 500 Internal Server Error';
    response.end(`${JSON.stringify({errorDetail: {message: said}, error: said})}\r\n`);
    return true;
  });
  await world.write('src/again/build/again.dockerfile', 'FROM busybox:latest\n');
  await world.carryOut(await world.build());
  const config = join(world.folder, 'config');
  await mkdir(config);
  await writeFile(join(config, 'services-configuration.yaml'), registryOldFormat);
  const request = {operation: 'image push', source: world.source, config, names: []} as unknown as ImageRequest;
  const proposal = await world.engine.propose(request);
  const run = await leavingSourceAlone(world, () => world.carryOut(proposal));
  expect(outcomes(run)).toEqual({'push/again': 'done, changed'});
  const retried = (await eventsOf(run)).filter((event) => event.type === 'task-retried');
  expect(retried).toMatchObject([
    {attempt: 1, problem: {code: 'registry-unreachable', message: expect.stringContaining('500')}},
    {attempt: 2, problem: {hint: expect.stringContaining('registry.test:5000')}},
  ]);
});

it.each([
  [
    'that is down',
    'dial tcp 10.0.0.1:5000: connect: connection refused',
    '',
    ' cannot be reached: connection refused.',
  ],
  ['that wants a login', 'no basic auth credentials', '', ' wants a login (openpai/fresh:v1).'],
  // Docker Hub says so of a repository that is not there yet.
  ['that does not speak of an image', 'unauthorized: denied', '    docker-username: u\n    docker-password: p\n', ''],
])('a plan to push for the first time to a registry %s', async (_what, said, login, notice) => {
  const {world} = await worldOn((_request, response, path) => {
    if (!path.startsWith('/distribution/')) return false;
    response.writeHead(500, {'Content-Type': 'application/json'}).end(JSON.stringify({message: said}));
    return true;
  });
  await world.write('src/fresh/build/fresh.dockerfile', 'FROM busybox:latest\n');
  await world.carryOut(await world.build());
  const config = join(world.folder, 'config');
  await mkdir(config);
  await writeFile(join(config, 'services-configuration.yaml'), registryOldFormat + login, {mode: 0o600});
  const request = {operation: 'image push', source: world.source, config, names: []} as unknown as ImageRequest;
  const {plan} = await world.engine.propose(request);
  expect(plan.notices.map(({message}) => message)).toEqual(
    notice === '' ? [] : [`The push would fail now. The registry registry.test:5000${notice}`],
  );
  expect(plan.tasks).toMatchObject([{id: 'push/fresh', expected: 'change'}]);
});

it('plans a build with a configuration that names no registry, and says so', async () => {
  const {world} = await worldOn(() => false);
  await world.write('src/named/build/named.dockerfile', 'FROM busybox:latest\n');
  const config = join(world.folder, 'config');
  await mkdir(config);
  const {plan} = await world.build([], {config});
  expect(plan.tasks).toMatchObject([{id: 'build/named', expected: 'change'}]);
  expect(plan.notices).toMatchObject([
    {code: 'config-missing', severity: 'warning', message: expect.stringContaining('services-configuration.yaml')},
  ]);
});

it('plans where nothing can be kept, and refuses to start there', async () => {
  const {world} = await worldOn(() => false);
  await world.write('src/kept/build/kept.dockerfile', 'FROM busybox:latest\n');
  await writeFile(world.stateHome, 'no folder');
  closing.push(() => rm(world.stateHome));
  const proposal = await world.build();
  expect(proposal.plan.tasks).toMatchObject([{id: 'build/kept', expected: 'change'}]);
  const {images} = await world.engine.imageStatus({source: world.source, checkBases: true});
  expect(images).toMatchObject([{name: 'kept', state: 'never'}]);
  await expect(world.engine.start(proposal)).rejects.toMatchObject({
    problem: {code: 'file-unwritable', message: expect.stringContaining(`${world.stateHome} is no folder`)},
  });
});

it('finds the engine and its credentials by paths that are relative to where the command was given', async () => {
  const auths: unknown[] = [];
  const engine = await startFakeEngine((request, _response, path) => {
    const header = request.headers['x-registry-auth'];
    if (path.endsWith('/push')) auths.push(JSON.parse(Buffer.from(String(header), 'base64url').toString()));
    return false;
  });
  closing.push(() => engine.close());
  const config = await mkdtemp(join(tmpdir(), 'pai-relative-'));
  closing.push(() => rm(config, {recursive: true}));
  const fromHere = (path: string) => relative(process.cwd(), path);
  const environment = {DOCKER_HOST: `unix://${fromHere(engine.socket)}`, DOCKER_CONFIG: fromHere(config)};
  const world = await imageWorld({socket: engine.socket, environment});
  closing.push(() => world.remove());
  await world.write('src/near/build/near.dockerfile', 'FROM busybox:latest\n');
  await world.carryOut(await world.build());
  const auth = Buffer.from('ann:word').toString('base64');
  await writeFile(join(config, 'config.json'), JSON.stringify({auths: {'registry.test:5000': {auth}}}));
  await writeFile(join(config, 'services-configuration.yaml'), registryOldFormat);
  const request = {operation: 'image push', source: world.source, config, names: []} as unknown as ImageRequest;
  expect(outcomes(await world.carryOut(await world.engine.propose(request)))).toEqual({'push/near': 'done, changed'});
  expect(auths).toMatchObject([{username: 'ann', password: 'word'}]);
});

it('asks a registry once for a proposal and the run that follows it', async () => {
  const asked: string[] = [];
  let isDown = false;
  const {world} = await worldOn((_request, response, path) => {
    if (!path.startsWith('/distribution/')) return false;
    asked.push(path);
    if (!isDown) return false;
    response.writeHead(500, {'Content-Type': 'application/json'});
    response.end(JSON.stringify({message: 'Get "https://base.test/v2/": dial tcp: no such host'}));
    return true;
  });
  await world.write('src/on-base/build/on-base.dockerfile', 'FROM base.test/base:1\n');
  isDown = true;
  const proposal = await world.build();
  expect(proposal.plan.notices).toMatchObject([{code: 'registry-unreachable', severity: 'notice'}]);
  expect(asked).toHaveLength(1);
  const run = await world.carryOut(proposal);
  // The base is nowhere, so that the build fails; what counts is that nobody asked again for the plan.
  expect(outcomes(run)).toEqual({'build/on-base': 'failed'});
  expect(asked).toHaveLength(1);
  await world.build();
  expect(asked).toHaveLength(2);
});

it.each([
  ['1', 'buildkit'],
  ['0', 'classic'],
  ['', 'auto'],
])('takes DOCKER_BUILDKIT=%s for the choice of a builder where nothing else was chosen', async (setting, builder) => {
  const {world} = await worldOn(() => false, {DOCKER_BUILDKIT: setting});
  await world.write('src/plain/build/plain.dockerfile', 'FROM busybox:latest\n');
  await world.carryOut(await world.build([], {builder: 'classic'}));
  const [status] = (await world.engine.imageStatus({source: world.source})).images;
  expect(status?.reasons).toEqual(builder === 'buildkit' ? ['the builder changed from classic to BuildKit'] : []);
  const proposal = await world.build();
  expect(proposal.request).toMatchObject({builder});
  expect(proposal.plan.tasks[0]?.why).toEqual(status?.reasons);
});

it('starts no runner when nothing has to be decided', async () => {
  const {world, engine} = await worldOn(() => false);
  await world.write('src/plain/build/plain.dockerfile', 'FROM busybox:latest\n');
  await world.carryOut(await world.build());
  const before = engine.requests.filter(({what}) => what === 'POST /build').length;
  expect(await world.build()).toMatchObject({
    nothingToDo: true,
    plan: {title: 'Build nothing: every image is current'},
  });
  expect(engine.requests.filter(({what}) => what === 'POST /build')).toHaveLength(before);
});

function json(response: ServerResponse, body: unknown): true {
  response.writeHead(200, {'Content-Type': 'application/json'}).end(JSON.stringify(body));
  return true;
}

/** The most memory a process ever had; undefined once it is gone. */
function peakBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function eventsOf(run: RunView): Promise<RunEvent[]> {
  const journal = await readFile(join(run.summary.folder, 'journal.jsonl'), 'utf8');
  return journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}
