import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {createKubeAccess} from '../../src/engine/kube/create-kube.ts';
import type {Kube} from '../../src/engine/kube-tools.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import {Secret} from '../../src/engine/secret.ts';

const never = new AbortController().signal;
const token = 'not-to-be-shown-anywhere';
const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

describe('an API server that is not well', () => {
  it('is unreachable where nobody listens, for questions and for changes', async () => {
    const kube = await kubeOf(() => {});
    await closings.splice(0)[1]?.();
    for (const asked of [kube.version(never), kube.remove(configMap, never)]) {
      const problem = await problemOf(asked);
      expect(problem.code).toBe('api-unreachable');
      expect(problem.message).toContain('the connection was refused');
    }
    await kube.close();
  });

  it('is unreachable when it does not answer a question in time', async () => {
    const kube = await kubeOf(() => {}, 50);
    expect(await problemOf(kube.version(never))).toMatchObject({
      code: 'api-unreachable',
      message: expect.stringContaining('no whole answer came within 0.05 s'),
    });
  });

  it.each(['cuts the connection', 'cuts its answer'])(
    'leaves open whether a change was made when it %s',
    async (how) => {
      const kube = await kubeOf((request, response) => {
        if (request.method === 'GET') return discovery(response);
        if (how === 'cuts its answer') {
          response.writeHead(200, {'content-length': '100'});
          response.write('{"kind":', () => request.socket.destroy());
        } else request.socket.destroy();
      });
      const problem = await problemOf(kube.remove(configMap, never));
      expect(problem.code).toBe('api-lost');
      expect(problem.message).toContain('was asked to remove ConfigMap default/x, and did not say whether it did');
    },
  );

  it('leaves open whether a change was made when no answer to it came in time', async () => {
    const kube = await kubeOf((request, response) => {
      if (request.method === 'GET') discovery(response);
    }, 2000);
    expect(await problemOf(kube.remove(configMap, never))).toMatchObject({code: 'api-lost'});
  });

  it.each([
    [403, 'api-refused'],
    [401, 'api-refused'],
    [429, 'api-failed'],
    [500, 'api-failed'],
    [503, 'api-failed'],
  ])('tells its own words with status %i, without what a terminal would obey', async (status, code) => {
    const message = 'etcdserver: \u001b[31mleader changed';
    const kube = await kubeOf((_, response) => reply(response, status, JSON.stringify({kind: 'Status', message})));
    const problem = await problemOf(kube.version(never));
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(`tell its version: etcdserver: leader changed (HTTP ${status}).`);
  });

  it.each(['<html>hello</html>', '{"kind":', '[]', '"v1.20.2"', '{"gitVersion":7}', ''])(
    'cannot be read when it answers %j',
    async (text) => {
      const kube = await kubeOf((_, response) => reply(response, 200, text));
      expect(await problemOf(kube.version(never))).toMatchObject({code: 'api-unreadable'});
      expect(await problemOf(kube.notReady(never))).toMatchObject({code: 'api-unreadable'});
    },
  );

  it('names the checks that fail while it is not ready', async () => {
    const text = '[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/rbac failed: x\nreadyz check failed\n';
    const kube = await kubeOf((_, response) => reply(response, 500, text));
    expect(await kube.notReady(never)).toEqual(['etcd', 'poststarthook/rbac']);
  });

  it('ends a question with the reason it was aborted for', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const kube = await kubeOf(() => abort.abort(reason));
    await expect(kube.version(abort.signal)).rejects.toBe(reason);
  });

  it('gives the pages of a list one after the other, and the whole when it forgot where it was', async () => {
    const asked: string[] = [];
    const kube = await kubeOf((request, response) => {
      const {searchParams, pathname} = new URL(request.url ?? '', 'http://x');
      if (!pathname.endsWith('/pods')) return reply(response, 404, '{}');
      const next = searchParams.get('continue');
      asked.push(next ?? searchParams.get('limit') ?? 'whole');
      if (next === 'b') return reply(response, 410, '{}');
      const names = searchParams.has('limit') ? [next ?? 'first'] : ['first', 'a', 'b'];
      const metadata = next === 'a' ? {continue: 'b'} : searchParams.has('limit') ? {continue: 'a'} : {};
      reply(response, 200, JSON.stringify({metadata, items: names.map(podNamed)}));
    });
    expect((await kube.pods({}, never)).map(({name}) => name)).toEqual(['a', 'b', 'first']);
    expect(asked).toEqual(['500', 'a', 'b', 'whole']);
  });

  it('keeps the end of a log that is too long', async () => {
    const kube = await kubeOf((_, response) => reply(response, 200, `${'x'.repeat(3 * 1024 * 1024)}the end`));
    const log = await kube.podLog({namespace: 'default', pod: 'p'}, never);
    expect(log.length).toBe(1024 * 1024);
    expect(log.endsWith('xthe end')).toBe(true);
  });
});

const configMap = {apiVersion: 'v1', kind: 'ConfigMap', name: 'x', namespace: 'default'};
const podNamed = (name: string) => ({metadata: {name, namespace: 'default'}, spec: {}, status: {}});

function discovery(response: ServerResponse): void {
  reply(response, 200, JSON.stringify({resources: [{name: 'configmaps', kind: 'ConfigMap', namespaced: true}]}));
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {'content-type': 'application/json'});
  response.end(text);
}

async function kubeOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  deadlineMs = 30_000,
): Promise<Kube> {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const {port} = server.address() as AddressInfo;
  const kubeconfig = `{current-context: c, contexts: [{name: c, context: {cluster: c, user: u}}],
    clusters: [{name: c, cluster: {server: 'http://127.0.0.1:${port}'}}], users: [{name: u, user: {token: ${token}}}]}`;
  const kube = createKubeAccess({deadlineMs}).open(new Secret(kubeconfig));
  closings.push(
    () => kube.close(),
    async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  );
  return kube;
}

/** The problem that a call ends with, which never shows the token. */
async function problemOf(asked: Promise<unknown>): Promise<Problem> {
  const thrown = await asked.then(
    (value) => new Error(`nothing was thrown, but ${JSON.stringify(value)} came`),
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProblemError)) throw thrown;
  expect(JSON.stringify(thrown.problem)).not.toContain(token);
  return thrown.problem;
}
