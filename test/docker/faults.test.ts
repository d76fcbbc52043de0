import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer} from 'node:net';
import {Readable} from 'node:stream';
import {afterEach, describe, expect, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import type {Docker} from '../../src/engine/tools.ts';
import {buildOf, never, watcher} from './contexts.ts';
import {problemFrom} from './contract.ts';
import {type FakeEngine, type Fault, startFakeEngine} from './fake-engine.ts';

let engine: FakeEngine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

async function dockerWith(fault: Fault, answer = 20_000, silence = 20_000): Promise<Docker> {
  engine = await startFakeEngine(fault);
  return createDocker({
    environment: {HOME: '/nonexistent'},
    endpoint: `unix://${engine.socket}`,
    deadlines: {connect: 20_000, answer, registry: answer, silence},
  });
}

/** Reads the request to its end, then answers a build with these pieces and ends as told. */
function answering(at: string, pieces: readonly (string | Buffer)[], end: 'well' | 'cut' | 'never'): Fault {
  return (request: IncomingMessage, response: ServerResponse, path) => {
    if (!path.startsWith(at)) return false;
    request.resume().on('end', () => {
      response.writeHead(200, {'Content-Type': 'application/json'});
      const send = (index: number) => {
        const piece = pieces[index];
        if (piece !== undefined) response.write(piece, () => setImmediate(send, index + 1));
        else if (end === 'well') response.end();
        else if (end === 'cut') response.destroy();
      };
      send(0);
    });
    return true;
  };
}

const build = (docker: Docker, watch = watcher()) => docker.build(buildOf('FROM busybox\n'), watch, never);
const step = '{"stream":"Step 1/2 : FROM busybox"}\r\n';
const id = `sha256:${'a'.repeat(64)}`;

describe('a build whose engine fails', () => {
  it('is an error when the answer is cut, also between two lines', async () => {
    for (const pieces of [[step], [step, '{"stream":"half'], [step, `{"aux":{"ID":"${id}"}}\n`]]) {
      const docker = await dockerWith(answering('/build', pieces, 'cut'));
      const problem = await problemFrom(build(docker));
      expect(problem.code).toBe('engine-unreachable');
      expect(problem.message).toMatch(/broke during the build/);
      await engine?.close();
    }
  });

  it('is an error when the answer ends well before an image was named', async () => {
    const docker = await dockerWith(answering('/build', [step], 'well'));
    expect((await problemFrom(build(docker))).message).toMatch(/broke during the build/);
  });

  it('is an error when the last line has no end', async () => {
    const docker = await dockerWith(answering('/build', [step, '{"aux":{"ID"'], 'well'));
    expect((await problemFrom(build(docker))).message).toMatch(/broke during the build/);
  });

  it('reads lines wherever they are cut, and large ones', async () => {
    const large = 'x'.repeat(3_000_000);
    const bytes = Buffer.from(`${step}{"stream":"größer ${large}\\n"}\n\r\n{"aux":{"ID":"${id}"}}`);
    const inUmlaut = bytes.indexOf(0xc3) + 1;
    const docker = await dockerWith(
      answering('/build', [bytes.subarray(0, 9), bytes.subarray(9, inUmlaut), bytes.subarray(inUmlaut)], 'well'),
    );
    const watch = watcher();
    expect(await build(docker, watch)).toEqual({id});
    expect(watch.text()).toBe(`Step 1/2 : FROM busyboxgrößer ${large}\n`);
  });

  it('refuses what is not the protocol, without its control characters', async () => {
    for (const garbage of ['<html>\u001b[31m\u0007hello</html>\n', '[1]\n', '"text"\n']) {
      const docker = await dockerWith(answering('/build', [garbage], 'well'));
      const problem = await problemFrom(build(docker));
      expect(problem.code).toBe('engine-refused');
      expect(problem.message).toMatch(/does not speak as a Docker engine does/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
      expect(problem.message).not.toMatch(/[\u0000-\u001f]/);
      await engine?.close();
    }
  });

  it('refuses a line without end instead of filling the memory', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const docker = await dockerWith(answering('/build', Array<Buffer>(18).fill(piece), 'never'));
    expect((await problemFrom(build(docker))).code).toBe('engine-refused');
  });

  it('tells what the engine said even when the connection breaks after it', async () => {
    const said = '{"errorDetail":{"code":3,"message":"returned a non-zero code: 3"},"error":"x"}\n{"str';
    const docker = await dockerWith(answering('/build', [step, said], 'cut'));
    expect(await problemFrom(build(docker))).toMatchObject({code: 'build-failed', exitCode: 3});
  });

  it('tells a full disk of the engine, said in a refusal or in the stream', async () => {
    const text = 'Error processing tar file(exit status 1): write /big: no space left on device';
    const refusing = await dockerWith((request, response, path) => {
      if (path !== '/build') return false;
      request.resume().on('end', () => response.writeHead(500).end(JSON.stringify({message: text})));
      return true;
    });
    expect((await problemFrom(build(refusing))).code).toBe('disk-full');
    await engine?.close();
    const line = `${JSON.stringify({errorDetail: {message: text}, error: text})}\n`;
    const failing = await dockerWith(answering('/build', [step, line], 'well'));
    expect(await problemFrom(build(failing))).toMatchObject({code: 'disk-full', hint: expect.stringMatching(/df/)});
  });

  it('fails with the reason of its own context when that cannot be read', async () => {
    const docker = await dockerWith(answering('/build', [], 'never'));
    const unreadable = new ProblemError({code: 'file-unreadable', message: 'src/app/key cannot be read.'});
    const context = () =>
      Readable.from(
        (async function* () {
          yield Buffer.alloc(1024);
          throw unreadable;
        })(),
      );
    const request = {...buildOf('FROM busybox\n'), context};
    await expect(docker.build(request, watcher(), never)).rejects.toBe(unreadable);
  });

  it('gives back the context when it was stopped before or while it was sent', async () => {
    const docker = await dockerWith(answering('/build', [], 'never'));
    const controller = new AbortController();
    const reason = new Error('enough');
    const endless = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(65_536)));
        if (engine?.requests.some(({what}) => what === 'POST /build')) controller.abort(reason);
      },
    });
    const request = {...buildOf('FROM busybox\n'), context: () => endless};
    await expect(docker.build(request, watcher(), controller.signal)).rejects.toBe(reason);
    expect(endless.destroyed).toBe(true);
    await expect(docker.build(request, watcher(), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('does not take a line that a command prints for a step', async () => {
    const lines = [
      step,
      '{"stream":"Step 2/9 : forged\\n"}\n',
      '{"stream":"Step 1/2 : forged\\n"}\n',
      '{"stream":"Step 2/2 : RUN x"}\n',
      `{"aux":{"ID":"${id}"}}\n`,
    ];
    const docker = await dockerWith(answering('/build', lines, 'well'));
    const watch = watcher();
    await build(docker, watch);
    expect(watch.steps).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });
});

describe('an engine that does not answer', () => {
  it('is given up after the deadline, for each call', async () => {
    const docker = await dockerWith(() => true, 200);
    const calls: (() => Promise<unknown>)[] = [
      () => docker.info(),
      () => docker.image('busybox'),
      () => docker.tag('busybox', 'other'),
      () => docker.registryDigest('registry.example/x', undefined),
      () => build(docker),
      () => docker.push('registry.example/x:1', undefined, watcher(), never),
    ];
    for (const call of calls) {
      const problem = await problemFrom(call());
      expect(problem).toMatchObject({
        code: 'engine-unreachable',
        message: expect.stringMatching(/did not answer in time/),
      });
    }
  });

  it('is left at once when the operator stops', async () => {
    const docker = await dockerWith(() => true);
    const reason = new Error('enough');
    const controller = new AbortController();
    const asked = [docker.info(controller.signal), docker.image('busybox', controller.signal)];
    controller.abort(reason);
    for (const call of asked) await expect(call).rejects.toBe(reason);
    expect(engine?.requests).toEqual([]);
  });

  it('is told apart from one that closes the connection or answers in the middle', async () => {
    const closing = await dockerWith((_, response) => {
      response.destroy();
      return true;
    });
    expect((await problemFrom(closing.info())).message).toMatch(/closed without an answer/);
    await engine?.close();
    const cutting = await dockerWith((_, response) => {
      response.writeHead(200, {'Content-Length': '100'}).write('{"Name":');
      setImmediate(() => response.destroy());
      return true;
    });
    expect((await problemFrom(cutting.info())).message).toMatch(/closed without an answer/);
  });

  it('may be something else altogether', async () => {
    const docker = await dockerWith((_, response) => {
      response.writeHead(200).end('<html>hello</html>');
      return true;
    });
    expect((await problemFrom(docker.info())).code).toBe('engine-refused');
    expect((await problemFrom(docker.image('x'))).code).toBe('engine-refused');
  });
});

describe('where nobody listens', () => {
  const info = (endpoint: string) => problemFrom(createDocker({environment: {HOME: '/nonexistent'}, endpoint}).info());

  it('says what was tried, why it failed and what to check', async () => {
    expect(await info('unix:///nowhere/docker.sock')).toEqual({
      code: 'engine-unreachable',
      message: 'No Docker engine answers at unix:///nowhere/docker.sock (given): there is no such socket file.',
      hint: expect.stringMatching(/systemctl status docker.*DOCKER_HOST/),
    });
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const {port} = free.address() as {port: number};
    await new Promise((resolve) => free.close(resolve));
    expect((await info(`tcp://127.0.0.1:${port}`)).message).toContain(
      `tcp://127.0.0.1:${port} (given): the connection was refused`,
    );
    expect((await info('unix:///etc/hosts')).code).toBe('engine-unreachable');
    expect((await info('tcp://no-such-host.invalid:1')).message).toMatch(/no host of that name|cannot be looked up/);
  });

  it('finds an engine by the address it is given, whatever the environment of this process says', async () => {
    engine = await startFakeEngine();
    const before = {...process.env};
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    process.env['DOCKER_CERT_PATH'] = '/nowhere';
    process.env['DOCKER_TLS_VERIFY'] = '1';
    try {
      const docker = createDocker({environment: process.env, endpoint: `unix://${engine.socket}`});
      expect((await docker.info()).name).toBe('fake');
      expect(process.env['DOCKER_HOST']).toBe('tcp://127.0.0.1:1');
    } finally {
      process.env = before;
    }
  });
});

describe('a push', () => {
  const push = (docker: Docker) => docker.push('registry.example:5000/x:1', undefined, watcher(), never);

  it('sorts failures of a registry by what can be done about them', async () => {
    const cases = {
      'Get "https://registry.example:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused':
        'registry-unreachable',
      'received unexpected HTTP status: 502 Bad Gateway': 'registry-unreachable',
      'net/http: TLS handshake timeout': 'registry-unreachable',
      'write tcp 10.0.0.2:1->10.0.0.1:5000: write: connection reset by peer': 'registry-unreachable',
      'toomanyrequests: slow down': 'registry-unreachable',
      'no basic auth credentials': 'registry-login',
      'unauthorized: authentication required': 'registry-login',
      'error parsing HTTP 403 response body: invalid character': 'registry-login',
      'Get "https://registry.example:403/v2/": dial tcp 10.0.0.1:403: connect: connection refused':
        'registry-unreachable',
      'unexpected status from PUT request to https://registry.example:401/v2/x: 503 Service Unavailable':
        'registry-unreachable',
      'manifest of 512 bytes refused': 'push-failed',
      'error parsing HTTP 404 response body: invalid character': 'push-failed',
      'denied: requested access to the resource is denied': 'registry-login',
      'http: server gave HTTP response to HTTPS client': 'push-failed',
      'x509: certificate signed by unknown authority': 'push-failed',
      'invalid reference format': 'push-failed',
    };
    for (const [said, code] of Object.entries(cases)) {
      const line = `${JSON.stringify({errorDetail: {message: said}, error: said})}\n`;
      const docker = await dockerWith(answering('/images/', [line], 'well'));
      const problem = await problemFrom(push(docker));
      expect({said, code: problem.code}).toEqual({said, code});
      expect(problem.hint).toBeTruthy();
      await engine?.close();
    }
  });

  it('succeeds only with a digest', async () => {
    const lines = ['{"status":"Pushed","id":"a"}\n', '{"status":"done"}\n'];
    for (const end of ['well', 'cut'] as const) {
      const docker = await dockerWith(answering('/images/', lines, end));
      expect((await problemFrom(push(docker))).message).toMatch(/broke during the push/);
      await engine?.close();
    }
  });

  const retrying = (seconds: number) => `{"status":"Retrying in ${seconds} seconds","progressDetail":{},"id":"aa"}\n`;
  const unavailable = 'received unexpected HTTP status: 503 Service Unavailable';
  const failure = `${JSON.stringify({errorDetail: {message: unavailable}, error: unavailable})}\n`;

  it('is told of in one sentence, with all the engine said as detail', async () => {
    const told = {
      'Get "https://registry.example:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused':
        'The registry registry.example:5000 cannot be reached: connection refused.',
      'Head "https://registry.example:5000/v2/": EOF':
        'The registry registry.example:5000 cannot be reached: it closed the connection without an answer (EOF).',
      'dial tcp: lookup registry.example on 10.0.0.2:53: no such host':
        'The registry registry.example:5000 cannot be reached: lookup registry.example on 10.0.0.2:53: no such host.',
      'received unexpected HTTP status: 502 Bad Gateway':
        'The registry registry.example:5000 answers with an error: 502 Bad Gateway.',
      'toomanyrequests: slow down':
        'The registry registry.example:5000 is asked too often: toomanyrequests: slow down.',
      'Get "https://registry.example:5000/v2/": no basic auth credentials':
        'The registry registry.example:5000 wants a login (x:1).',
    };
    for (const [said, message] of Object.entries(told)) {
      const line = `${JSON.stringify({errorDetail: {message: said}, error: said})}\n`;
      const docker = await dockerWith(answering('/images/', [line], 'well'));
      expect(await problemFrom(push(docker))).toMatchObject({
        message,
        ...(message.includes('login') ? {} : {detail: said}),
      });
      await engine?.close();
    }
  });

  it('that the engine has tried again by itself is not worth another try, and each wait is told once', async () => {
    const waits = [5, 4, 3, 2, 1, 10, 9, 8].map(retrying);
    const docker = await dockerWith(answering('/images/', [...waits, failure], 'well'));
    const watch = watcher();
    const problem = await problemFrom(docker.push('registry.example:5000/x:1', undefined, watch, never));
    expect(problem).toMatchObject({code: 'push-failed', hint: expect.stringContaining('registry.example:5000')});
    expect(problem.message).toMatch(
      /^The registry registry\.example:5000 answers with an error: 503 Service Unavailable\. .*five times/,
    );
    expect(watch.text()).toBe(
      [
        'aa: Retrying in 5 seconds',
        'The engine tries five times by itself, which takes about a minute.',
        'aa: Retrying in 10 seconds',
        unavailable,
        '',
      ].join('\n'),
    );
    await engine?.close();
    const once = await dockerWith(answering('/images/', [failure], 'well'));
    expect((await problemFrom(push(once))).code).toBe('registry-unreachable');
  });

  it('and a pull of which nothing is heard are given up, which is told before', async () => {
    const lines = ['{"status":"Preparing","progressDetail":{},"id":"aa"}\n'];
    const docker = await dockerWith(answering('/images/', lines, 'never'), 20_000, 500);
    for (const [word, call] of [
      ['push', docker.push],
      ['pull', docker.pull],
    ] as const) {
      const watch = watcher();
      const problem = await problemFrom(call('registry.example:5000/x:1', undefined, watch, never));
      expect(problem).toMatchObject({code: 'deadline-passed', hint: expect.any(String)});
      expect(problem.message).toMatch(/^The registry registry\.example:5000 did nothing for .* and was given up\.$/);
      // On a busy machine the first silence may be told before the only line has come.
      expect(watch.text()).toContain('aa: Preparing\n');
      expect(watch.text()).toMatch(
        new RegExp(`^registry.example:5000 has been silent for .*; the ${word} is given up after`, 'm'),
      );
    }
  });

  it('and a pull add up the bytes of all layers, with those that are done', async () => {
    const moving = (status: string, id: string, current: number) =>
      `${JSON.stringify({status, progressDetail: {current, total: 10}, id})}\n`;
    const complete = '{"status":"Download complete","progressDetail":{},"id":"a"}\n';
    const digest = `{"status":"Digest: sha256:${'d'.repeat(64)}"}\n`;
    const lines = [moving('Downloading', 'a', 5), complete, moving('Downloading', 'b', 3), digest];
    const docker = await dockerWith(answering('/images/', lines, 'well'));
    const watch = watcher();
    await docker.pull('registry.example:5000/x:1', undefined, watch, never);
    expect(watch.steps).toEqual([
      [5, 10],
      [10, 10],
      [13, 20],
    ]);
  });

  it('tells how far each large layer is, in tenths', async () => {
    const moving = (id: string, current: number, total: number) =>
      `${JSON.stringify({status: 'Pushing', progressDetail: {current, total}, id})}\n`;
    const megabytes = (count: number) => count * 1_000_000;
    const lines = [
      ...[0, 4, 11, 12, 99, 100, 101].map((done) => moving('big', megabytes(done), megabytes(100))),
      ...[0, 1, 2].map((done) => moving('small', done, 2)),
      failure,
    ];
    const docker = await dockerWith(answering('/images/', lines, 'well'));
    const watch = watcher();
    await problemFrom(docker.push('registry.example:5000/x:1', undefined, watch, never));
    expect(watch.text().split('\n').slice(0, -2)).toEqual([
      ...[0, 10, 90, 100].map((percent) => `big: Pushing ${percent} % of 100 MB`),
      'small: Pushing',
    ]);
    expect(watch.steps.at(-1)).toEqual([megabytes(101) + 2, megabytes(101) + 2]);
  });
});
