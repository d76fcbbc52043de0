import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {pack} from 'tar-stream';
import {describe, expect, inject, it, vi} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {Secret} from '../../src/engine/secret.ts';
import {buildOf, contextOf, never, watcher} from '../docker/contexts.ts';
import {problemFrom} from '../docker/contract.ts';
import {askEngine, type RealEngineAddresses, startRealEngine} from '../helpers/real-engine.ts';

const found = inject('realEngine');
const engine = found as RealEngineAddresses;
const docker = createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${found?.socket}`});

describe.skipIf(!found).each(['classic', 'buildkit'] as const)('a build by %s', (builder) => {
  const build = (dockerfile: string, more: Partial<Parameters<typeof buildOf>[1]> = {}, watch = watcher()) =>
    docker.build(buildOf(dockerfile, {builder, tag: `${builder}/app:1`, ...more}), watch, never);

  it('shows the output and the steps, and leaves an image under its tag', async () => {
    const watch = watcher();
    const {id} = await build('FROM busybox\nRUN echo o"u"t; echo e"r"r >&2\nCOPY app.txt /\n', {noCache: true}, watch);
    expect(watch.text()).toMatch(/out\n/);
    expect(watch.text()).toMatch(/err\n/);
    expect(watch.steps.at(-1)).toEqual([3, 3]);
    const done = watch.steps.map(([count]) => count);
    expect(done).toEqual([...done].sort());
    expect(await docker.image(`${builder}/app:1`)).toMatchObject({id});
  });

  it('uses an image of this engine as base, build arguments, and another Dockerfile', async () => {
    await build('FROM busybox\nRUN echo base > /base\n', {tag: `${builder}/local-base:1`});
    const watch = watcher();
    const dockerfile = `ARG BASE\nFROM $BASE\nARG WORD\nRUN cat /base; echo "word $WORD"\n`;
    await build(
      '',
      {
        context: contextOf({'build/app.dockerfile': dockerfile}),
        dockerfile: 'build/app.dockerfile',
        buildArgs: {BASE: `${builder}/local-base:1`, WORD: 'given'},
        noCache: true,
      },
      watch,
    );
    expect(watch.text()).toMatch(/\bbase\n/);
    expect(watch.text()).toMatch(/\bword given\n/);
  });

  it('is given the proxies of the docker configuration, as the docker command does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pai-docker-config-'));
    const proxies = {default: {httpProxy: 'http://proxy.example:3128', noProxy: 'registry.example'}};
    writeFileSync(join(folder, 'config.json'), JSON.stringify({proxies}));
    const configured = createDocker({environment: {DOCKER_CONFIG: folder}, endpoint: `unix://${engine.socket}`});
    const watch = watcher();
    const dockerfile = 'FROM busybox\nRUN echo "via $HTTP_PROXY $http_proxy but $NO_PROXY"\n';
    try {
      const request = {builder, noCache: true, buildArgs: {NO_PROXY: 'mine'}};
      await configured.build(buildOf(dockerfile, request), watch, never);
    } finally {
      rmSync(folder, {recursive: true});
    }
    expect(watch.text()).toMatch(/via http:\/\/proxy\.example:3128 http:\/\/proxy\.example:3128 but mine\n/);
  });

  it('runs a step again only without the cache', async () => {
    const dockerfile = `FROM busybox\nRUN echo ${builder}; cat /proc/sys/kernel/random/uuid > /uuid\n`;
    const first = await build(dockerfile);
    expect(await build(dockerfile)).toEqual(first);
    expect(await build(dockerfile, {noCache: true})).not.toEqual(first);
  });

  it('tells step and exit code of a command that fails, and leaves no container', async () => {
    const problem = await problemFrom(build('FROM busybox\nRUN echo first\nRUN echo b"a"d; exit 7\n'));
    expect(problem).toMatchObject({code: 'build-failed', exitCode: 7});
    expect(problem.message).toMatch(/^Step 3\/3 \(RUN echo b"a"d; exit 7\) ended with exit code 7\.$/);
    expect(problem.detail).toMatch(/\bbad$/m);
    await vi.waitFor(async () => expect(await containers()).toEqual([]), 10_000);
  });

  it('names what is wrong with a Dockerfile', async () => {
    expect(await problemFrom(build('FROM busybox\nRUNN x\n'))).toMatchObject({code: 'dockerfile-invalid', line: 2});
    expect(await problemFrom(build('\n'))).toMatchObject({code: 'dockerfile-invalid'});
    const elsewhere = await problemFrom(build('FROM busybox\n', {dockerfile: 'no/such.dockerfile'}));
    expect(elsewhere.message).toBe('There is no no/such.dockerfile in the build context.');
    const copy = await problemFrom(build('FROM busybox\nCOPY no-such-file /\n'));
    expect(copy.code).toBe('build-failed');
    expect(copy.message).toMatch(/COPY no-such-file.*failed: .*not found/);
  });

  it('tells bases that are nowhere, that need a login, and whose registry is not there', async () => {
    const codes = async (base: string) => (await problemFrom(build(`FROM ${base}\nRUN true\n`))).code;
    expect(await codes(`${engine.registry}/no/such:1`)).toBe('build-failed');
    expect(await codes(`${engine.loginRegistry.address}/no/such:1`)).toBe('registry-login');
    expect(await codes('127.0.0.1:1/no/such:1')).toBe('registry-unreachable');
  });

  it('ends on the engine when it is stopped, and leaves no container', async () => {
    const controller = new AbortController();
    const reason = new Error('the operator said so');
    const seconds = builder === 'classic' ? '98761' : '98762';
    const running = () => processes().some((argv) => argv.join(' ') === `sleep ${seconds}`);
    const request = buildOf(`FROM busybox\nRUN exec sleep ${seconds}\n`, {builder, noCache: true});
    const ended = docker.build(request, watcher(), controller.signal);
    ended.catch(() => {});
    await vi.waitFor(() => expect(running()).toBe(true), {timeout: 30_000, interval: 20});
    controller.abort(reason);
    await expect(ended).rejects.toBe(reason);
    expect(await containers()).toEqual([]);
    await vi.waitFor(() => expect(running()).toBe(false), {timeout: 30_000, interval: 20});
  });

  it('streams a large context with flat memory', async () => {
    const megabytes = 160;
    const before = process.memoryUsage.rss();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    await build('', {context: () => largeContext(megabytes, 'FROM busybox\nCOPY a* /tmp/\n'), tag: 'large:1'});
    clearInterval(watch);
    expect(peak - before).toBeLessThan(80 * 1024 * 1024);
  });
});

describe.skipIf(!found)('a registry that wants a login', () => {
  const login = found?.loginRegistry ?? {address: '', username: '', password: ''};
  const reference = `${login.address}/team/app:v1`;
  const as = (password: string) => ({
    registry: login.address,
    username: login.username,
    password: new Secret(password),
  });

  it('lets nobody in without one or with a wrong one, and says how to log in', async () => {
    await docker.build(buildOf('FROM busybox\nRUN echo private > /private\n', {tag: reference}), watcher(), never);
    for (const credentials of [undefined, as('wrong-password')]) {
      for (const call of [
        () => docker.push(reference, credentials, watcher(), never),
        () => docker.registryDigest(reference, credentials),
      ]) {
        const problem = await problemFrom(call());
        expect(problem).toMatchObject({
          code: 'registry-login',
          hint: expect.stringContaining(`docker login ${login.address}`),
        });
        expect(JSON.stringify(problem)).not.toContain('wrong-password');
      }
    }
  });

  it('takes the push with the right one, and is asked for the digest and for bases', async () => {
    expect(await docker.registryDigest(reference, as(login.password))).toBeUndefined();
    const {digest} = await docker.push(reference, as(login.password), watcher(), never);
    expect(await docker.registryDigest(reference, as(login.password))).toBe(digest);
    await askEngine(engine.socket, 'DELETE', `/images/${reference}?force=1`);
    const base = buildOf(`FROM ${reference}\nRUN cat /private\n`, {credentials: [as(login.password)], noCache: true});
    const watch = watcher();
    await docker.build(base, watch, never);
    expect(watch.text()).toMatch(/^private$/m);
  });

  it.each(['classic', 'buildkit'] as const)(
    'gives a base to %s with the login of the docker configuration',
    async (builder) => {
      await docker.build(buildOf('FROM busybox\nRUN echo private > /private\n', {tag: reference}), watcher(), never);
      await docker.push(reference, as(login.password), watcher(), never);
      await askEngine(engine.socket, 'DELETE', `/images/${reference}?force=1`);
      const folder = mkdtempSync(join(tmpdir(), 'pai-docker-config-'));
      const configured = createDocker({environment: {DOCKER_CONFIG: folder}, endpoint: `unix://${engine.socket}`});
      const request = buildOf(`ARG BASE=${reference}\nFROM $BASE\nRUN cat /private\n`, {builder, noCache: true});
      try {
        writeAuth(folder, 'wrong-password');
        expect((await problemFrom(configured.build(request, watcher(), never))).code).toBe('registry-login');
        writeAuth(folder, login.password);
        const watch = watcher();
        await configured.build(request, watch, never);
        expect(watch.text()).toMatch(/wants a login; trying again as operator\./);
        expect(watch.text()).toMatch(/(^|#\d+ )private$/m);
        expect(watch.text()).not.toContain(login.password);
      } finally {
        rmSync(folder, {recursive: true});
        await askEngine(engine.socket, 'DELETE', `/images/${reference}?force=1`);
      }
    },
  );

  function writeAuth(folder: string, password: string): void {
    const auth = Buffer.from(`${login.username}:${password}`).toString('base64');
    writeFileSync(join(folder, 'config.json'), JSON.stringify({auths: {[login.address]: {auth}}}));
  }
});

describe.skipIf(!found)('an engine that fails', () => {
  it('ends a build with a clear sentence when it is killed in the middle', async () => {
    const own = await startRealEngine();
    try {
      await own.importBusybox('busybox:latest');
      const ownDocker = createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${own.socket}`});
      const watch = {
        output: (bytes: Uint8Array) => {
          if (!Buffer.from(bytes).includes('asleep')) return;
          process.kill(Number(readFileSync(join(dirname(own.socket), 'dockerd.daemon'), 'utf8')), 'SIGKILL');
        },
        progress: () => {},
      };
      const request = buildOf('FROM busybox\nRUN echo a"s"leep; sleep 600\n');
      const problem = await problemFrom(ownDocker.build(request, watch, never));
      expect(problem).toMatchObject({
        code: 'engine-unreachable',
        message: expect.stringMatching(/broke during the build/),
      });
      expect((await problemFrom(ownDocker.info())).code).toBe('engine-unreachable');
    } finally {
      await own.stop();
    }
    expect(readdirSync(dirname(dirname(own.socket)))).not.toContain(dirname(own.socket).split('/').at(-1));
  });

  it('says that its disk is full, whether the context or a command filled it', async () => {
    const own = await startRealEngine({diskBytes: 24 * 1024 * 1024});
    try {
      await own.importBusybox('busybox:latest');
      const ownDocker = createDocker({environment: {HOME: '/nonexistent'}, endpoint: `unix://${own.socket}`});
      const big = buildOf('', {context: () => largeContext(40, 'FROM busybox\nCOPY a* /tmp/\n')});
      expect(await problemFrom(ownDocker.build(big, watcher(), never))).toMatchObject({code: 'disk-full'});
      const greedy = buildOf('FROM busybox\nRUN dd if=/dev/zero of=/big bs=1M count=64\n');
      const problem = await problemFrom(ownDocker.build(greedy, watcher(), never));
      expect(problem).toMatchObject({code: 'disk-full', exitCode: 1, hint: expect.stringMatching(/docker system df/)});
      expect((await ownDocker.build(buildOf('FROM busybox\nRUN echo fits\n'), watcher(), never)).id).toMatch(
        /^sha256:/,
      );
    } finally {
      await own.stop();
    }
  });
});

/** Files of 8 MB that are made while they are read. */
function largeContext(megabytes: number, dockerfile: string): Readable {
  const tar = pack();
  const size = 8 * 1024 * 1024;
  const fill = async () => {
    tar.entry({name: 'Dockerfile'}, dockerfile);
    for (let file = 0; file < megabytes / 8; file += 1) {
      await new Promise<void>((resolve, reject) => {
        const entry = tar.entry({name: `a${file}`, size}, (error) => (error ? reject(error) : resolve()));
        Readable.from(pieces(size, file)).pipe(entry);
      });
    }
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return Readable.from(tar);
}

function* pieces(size: number, seed: number): Generator<Buffer> {
  for (let at = 0; at < size; at += 65_536) yield Buffer.alloc(65_536, `${seed}-${at}`);
}

async function containers(): Promise<unknown[]> {
  return JSON.parse(await askEngine(engine.socket, 'GET', '/containers/json?all=1')) as unknown[];
}

function processes(): readonly (readonly string[])[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
      } catch {
        return [];
      }
    });
}
