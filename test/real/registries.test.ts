// What registries do that do not simply take a push, through a real engine.
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {networkInterfaces, tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import type {ImageRequest} from '../../src/engine/index.ts';
import {Secret} from '../../src/engine/secret.ts';
import type {Credentials} from '../../src/engine/tools.ts';
import {never, watcher} from '../docker/contexts.ts';
import {problemFrom} from '../docker/contract.ts';
import {hasOpenssl} from '../helpers/certificates.ts';
import {allTexts, hasEnded, type ImageWorld, imageWorld, outcomes} from '../helpers/image-world.ts';
import {askEngine, startRealEngine} from '../helpers/real-engine.ts';
import {startTokenRegistry, type TokenRegistry} from '../helpers/token-registry.ts';

const found = inject('realEngine');
const socket = String(found?.socket);
const docker = createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${socket}`});

describe.skipIf(!found || !hasOpenssl)('a registry that hands out tokens', () => {
  const [password, identityToken] = ['pass:wörd', 'an-identity-token'];
  let registry: TokenRegistry;
  let reference: string;
  beforeAll(async () => {
    registry = await startTokenRegistry(password, identityToken);
    reference = `${registry.address}/team/app:v1`;
    await docker.tag('busybox:latest', reference);
  });
  afterAll(() => registry.stop());
  const as = (more: Partial<Credentials>): Credentials => ({registry: registry.address, ...more});

  it('takes a push by password and by identity token, and is asked for the digest with both', async () => {
    const byPassword = as({username: 'operator', password: new Secret(password)});
    expect(await docker.registryDigest(reference, byPassword)).toBeUndefined();
    const {digest} = await docker.push(reference, byPassword, watcher(), never);
    const byToken = as({identityToken: new Secret(identityToken)});
    expect(await docker.push(reference, byToken, watcher(), never)).toEqual({digest});
    for (const credentials of [byPassword, byToken])
      expect(await docker.registryDigest(reference, credentials)).toBe(digest);
    expect(new Set(registry.asked)).toEqual(new Set(['operator', 'refresh']));
  });

  it('refuses nobody, a wrong password and a wrong token, each in its own words', async () => {
    const refusals = [
      [undefined, 'wants a login'],
      [as({username: 'operator', password: new Secret('wrong-one')}), 'does not let operator in'],
      [as({identityToken: new Secret('wrong-one')}), 'does not accept the token it is given'],
    ] as const;
    for (const [credentials, words] of refusals) {
      for (const call of [
        () => docker.push(reference, credentials, watcher(), never),
        () => docker.registryDigest(reference, credentials),
      ]) {
        const problem = await problemFrom(call());
        expect(problem).toMatchObject({code: 'registry-login', message: expect.stringContaining(words)});
        expect(JSON.stringify(problem)).not.toContain('wrong-one');
      }
    }
  });

  it('gets the credentials of a helper program', async () => {
    const home = mkdtempSync(join(tmpdir(), 'pai-helper-'));
    try {
      mkdirSync(join(home, 'bin'));
      const program = join(home, 'bin/docker-credential-tests');
      const answer = JSON.stringify({ServerURL: '', Username: '<token>', Secret: identityToken});
      writeFileSync(program, `#!/bin/sh\nread -r server\nprintf '%s' "$server" > ${home}/asked\necho '${answer}'\n`);
      chmodSync(program, 0o755);
      writeFileSync(join(home, 'config.json'), JSON.stringify({credHelpers: {[registry.address]: 'tests'}}));
      const environment = {DOCKER_CONFIG: home, PATH: `${home}/bin:/usr/bin:/bin`};
      const own = createDocker({environment, endpoint: `unix://${socket}`});
      const credentials = await own.credentials(registry.address);
      expect(readFileSync(join(home, 'asked'), 'utf8')).toBe(registry.address);
      expect((await own.push(reference, credentials, watcher(), never)).digest).toMatch(/^sha256:/);
    } finally {
      rmSync(home, {recursive: true});
    }
  });
});

describe.skipIf(!found)('a registry that fails', () => {
  let world: ImageWorld;
  let server: Server;
  let address: string;
  let requests: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    world = await imageWorld({socket});
    requests = [];
    server = createServer((request, response) => {
      request.resume();
      requests.push(`${request.method} ${request.url}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    mkdirSync(join(world.folder, 'config'));
    writeFileSync(
      join(world.folder, 'config/services-configuration.yaml'),
      `cluster:\n  docker-registry-info:\n    docker-registry-domain: ${address}\n    docker-namespace: openpai\n    docker-tag: v1\n    secret-name: s\n`,
    );
    await world.write('src/failing/build/failing.dockerfile', 'FROM busybox:latest\nRUN true\n');
    await world.carryOut(await world.build());
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await world.remove();
  });

  const push = async () => {
    const config = join(world.folder, 'config');
    const request = {operation: 'image push', source: world.source, config, names: []} as unknown as ImageRequest;
    return world.waitFor(await world.engine.start(await world.engine.propose(request)), hasEnded);
  };
  /** A registry without any image, until something is uploaded to it. */
  const empty = (then: (response: ServerResponse) => void) => (request: IncomingMessage, response: ServerResponse) => {
    const json = {'Content-Type': 'application/json'};
    if (request.url === '/v2/') response.writeHead(200, json).end('{}');
    else if (request.url?.includes('/manifests/'))
      response.writeHead(404, json).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    else if (request.method === 'HEAD') response.writeHead(404).end();
    else then(response);
  };

  it('with every answer, is given up after four questions, without a push that the engine would try for a minute', async () => {
    answer = (_request, response) => response.writeHead(503).end('<html>down</html>');
    const run = await push();
    expect(run.state.tasks[0]).toMatchObject({
      status: 'failed',
      attempt: 4,
      problem: {code: 'registry-unreachable', message: expect.stringMatching(/answers with an error: 503/)},
    });
    expect(requests.filter((each) => each.startsWith('POST'))).toEqual([]);
    // Nothing was changed: the image was not even tagged.
    expect(await docker.image(`${address}/openpai/failing:v1`)).toBeUndefined();
  });

  it('with every upload, is given up when the engine has tried five times, and not begun anew', async () => {
    answer = empty((response) => response.writeHead(503).end());
    const run = await push();
    expect(run.state.tasks[0]).toMatchObject({
      status: 'failed',
      attempt: 1,
      problem: {
        code: 'push-failed',
        message: expect.stringMatching(/answers with an error: 503.*\. The engine has tried five times\.$/),
      },
    });
    expect(requests.filter((each) => each.startsWith('POST'))).toHaveLength(5);
    const output =
      [...(await allTexts(run.summary.folder))].find(([path]) => /\/output\/.*\.log$/.test(path))?.[1] ?? '';
    expect(output.match(/Retrying in \d+ seconds/g)).toEqual(
      [5, 10, 15, 20].map((seconds) => `Retrying in ${seconds} seconds`),
    );
  });

  it('to answer an upload is given up after a while, which is told before', async () => {
    answer = empty(() => {});
    const impatient = createDocker({
      environment: {HOME: '/nonexistent'},
      endpoint: `unix://${socket}`,
      deadlines: {silence: 2_000},
    });
    const reference = `${address}/openpai/failing:v1`;
    await impatient.tag('failing', reference);
    const watch = watcher();
    const problem = await problemFrom(impatient.push(reference, undefined, watch, never));
    expect(problem).toMatchObject({code: 'deadline-passed', message: expect.stringContaining(address)});
    expect(watch.text()).toMatch(/ has been silent for .*; the push is given up after 2 s\./);
  });

  it('because it is none is told apart', async () => {
    answer = (_request, response) => response.writeHead(404).end('<html>nothing here</html>');
    const run = await push();
    expect(run.state.tasks[0]).toMatchObject({
      attempt: 1,
      problem: {code: 'push-failed', hint: `What answers at ${address} is no registry: check its name and port.`},
    });
    expect(outcomes(run)).toEqual({'push/failing': 'failed'});
  });
});

const outward = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === 'IPv4' && !each.internal)?.address;

describe.skipIf(!found || !outward)('a registry of plain HTTP that is not on this computer', () => {
  it('is pushed to where the engine allows it, and elsewhere the hint says how it would', async () => {
    const {createServer: listen, connect} = await import('node:net');
    const [host = '', port = ''] = String(found?.registry).split(':');
    const relay = listen((near) => {
      const far = connect(Number(port), host).on('error', () => near.destroy());
      near.on('error', () => far.destroy()).pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve) => relay.listen(0, outward, resolve));
    const registry = `${outward}:${(relay.address() as AddressInfo).port}`;
    const reference = `${registry}/plain/app:v1`;
    const allowing = await startRealEngine({arguments: ['--insecure-registry', registry]});
    try {
      await docker.tag('busybox:latest', reference);
      expect(await problemFrom(docker.push(reference, undefined, watcher(), never))).toMatchObject({
        code: 'push-failed',
        hint: `${registry} speaks plain HTTP: add it to "insecure-registries" in the engine's daemon.json and reload the engine.`,
      });
      await allowing.importBusybox(reference);
      const own = createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${allowing.socket}`});
      const {digest} = await own.push(reference, undefined, watcher(), never);
      expect(await own.registryDigest(reference, undefined)).toBe(digest);
    } finally {
      await askEngine(socket, 'DELETE', `/images/${reference}`);
      await allowing.stop();
      relay.close();
    }
  });
});
