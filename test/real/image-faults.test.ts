import {mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, it} from 'vitest';
import type {ImageRequest, RunView} from '../../src/engine/index.ts';
import type {RunEvent} from '../../src/engine/run/events.ts';
import {hasEnded, type ImageWorld, imageWorld, leavingSourceAlone, outcomes} from '../helpers/image-world.ts';
import {startRealEngine} from '../helpers/real-engine.ts';

const real = inject('realEngine');

describe.skipIf(!real)('a tree that means harm', () => {
  let world: ImageWorld;
  let outside: string;

  beforeEach(async () => {
    world = await imageWorld({socket: String(real?.socket)});
    outside = join(world.folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'nobody may have this\n');
    await writeFile(join(outside, 'hook.sh'), `#!/bin/sh\ntouch ${outside}/hook-ran\n`, {mode: 0o755});
  });
  afterEach(() => world.remove());

  const component = (name: string, dockerfile = 'FROM busybox:latest\nCOPY . /all\n') =>
    world.write(`src/${name}/build/${name}.dockerfile`, dockerfile);
  const link = (to: string, path: string) => symlink(to, join(world.source, path));

  it('is refused as a whole when links of it lead out, all of them told at once', async () => {
    await component('evil-dependency');
    await link(outside, 'src/evil-dependency/dependency');
    await component('evil-generated');
    await link('../../..', 'src/evil-generated/generated');
    await component('evil-hook');
    await link(join(outside, 'hook.sh'), 'src/evil-hook/build/build-pre.sh');
    await leavingSourceAlone(world, async () => {
      const {problems} = await world.engine.openTree(world.source);
      expect(problems.map(({code, file}) => [code, file])).toEqual(
        ['evil-dependency/dependency', 'evil-generated/generated', 'evil-hook/build/build-pre.sh'].map((path) => [
          'path-leaves-tree',
          join(world.source, 'src', path),
        ]),
      );
      await expect(world.build()).rejects.toMatchObject({problem: {code: 'path-leaves-tree'}});
    });
    expect(await readdir(outside)).toEqual(['hook.sh', 'secret']);
  });

  it('gets nothing in or out through links that its hooks make in the copy', async () => {
    const hook = '#!/bin/sh\ntrue\n';
    for (const name of ['evil-dependency', 'evil-file', 'evil-generated', 'evil-hook'])
      await component(name, 'FROM evil-base\n');
    await world.write('src/evil-generated/build/build-pre.sh', hook, 0o755);
    await world.write('src/evil-hook/build/build-pre.sh', hook, 0o755);
    await component('evil-base');
    await world.write(
      'src/evil-base/build/build-pre.sh',
      `#!/bin/sh\ncd src && ln -s ${outside} evil-dependency/dependency && ln -s ../../.. evil-generated/generated &&\nln -sf ${outside}/hook.sh evil-hook/build/build-pre.sh && ln -s ${outside} evil-base/link &&\nln -sf ${outside}/secret evil-file/build/evil-file.dockerfile\n`,
      0o755,
    );
    const run = await leavingSourceAlone(world, async () => world.carryOut(await world.build()));
    expect(Object.fromEntries(run.state.tasks.map(({id, problem}) => [id, problem?.code]))).toEqual({
      'copy-tree': undefined,
      'build/evil-base': undefined,
      'build/evil-dependency': 'path-leaves-tree',
      'build/evil-file': 'path-leaves-tree',
      'build/evil-generated': 'path-leaves-tree',
      'build/evil-hook': 'path-leaves-tree',
    });
    expect(await readdir(outside)).toEqual(['hook.sh', 'secret']);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('nobody may have this\n');
    expect(await readdir(run.summary.folder)).not.toContain('tree');
    // A link is sent as a link: what it points to is not.
    await component('look', 'FROM evil-base\nRUN test -L /all/link && ! test -e /all/link/secret\n');
    expect(outcomes(await world.carryOut(await world.build(['look'])))['build/look']).toBe('done, changed');
  });

  it('cannot make a file of this computer its Dockerfile', async () => {
    await mkdir(join(world.source, 'src/evil-file/build'), {recursive: true});
    await writeFile(join(outside, 'dockerfile'), 'FROM busybox:latest\nRUN true\n');
    await link(join(outside, 'dockerfile'), 'src/evil-file/build/evil-file.dockerfile');
    await leavingSourceAlone(world, () =>
      expect(world.build()).rejects.toMatchObject({problem: {code: 'path-leaves-tree'}}),
    );
  });

  it('runs nothing and passes no options through the names it uses', async () => {
    const names = ['-rf', '--privileged', 'a b', 'ünï', '$(touch ran)', 'new\nline', '`touch ran`', "quote'"];
    for (const name of names) {
      await world.write(`src/${name}/build/${name}.dockerfile`, 'FROM busybox:latest\nRUN true\n');
      await world.write(`src/${name}/build/build-pre.sh`, `#!/bin/sh\ntouch ${outside}/hook-ran\n`, 0o755);
    }
    await component('plain');
    await world.write('src/plain/-rf', 'a file\n');
    await world.write('src/plain/a b\nc/$(touch ran)', 'a file\n');
    await world.write('src/plain/build/build-pre.sh', '#!/bin/sh\ntouch "src/plain/-n made"\n', 0o755);
    const catalog = await world.engine.openTree(world.source);
    expect(catalog.images.map(({name}) => name)).toEqual(['plain']);
    expect(catalog.problems.filter(({code}) => code === 'tree-invalid')).toHaveLength(names.length);
    expect(catalog.problems.every(({message}) => !message.includes('\n'))).toBe(true);

    const run = await leavingSourceAlone(world, async () => world.carryOut(await world.build(['plain'])));
    expect(outcomes(run)['build/plain']).toBe('done, changed');
    expect(await readdir(outside)).toEqual(['hook.sh', 'secret']);
    await component('look', 'FROM plain\nRUN test -f "/all/-n made" && test -f /all/-rf && ! test -e /all/ran\n');
    expect(outcomes(await world.carryOut(await world.build(['look'])))['build/look']).toBe('done, changed');
  });
});

describe.skipIf(!real)('a registry that does not want', () => {
  let world: ImageWorld;
  let server: Server;
  let answer: (socket: Socket) => void;

  beforeEach(async () => {
    world = await imageWorld({socket: String(real?.socket)});
    answer = (socket) => socket.destroy();
    server = createServer((socket) => {
      socket.on('error', () => {});
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    await mkdir(join(world.folder, 'config'));
    await writeFile(
      join(world.folder, 'config/services-configuration.yaml'),
      `cluster:\n  docker-registry-info:\n    docker-registry-domain: 127.0.0.1:${port}\n    docker-namespace: openpai\n    docker-tag: v1\n    secret-name: s\n`,
    );
    await world.write('src/unwanted/build/unwanted.dockerfile', 'FROM busybox:latest\nRUN true\n');
    await world.carryOut(await world.build());
  });
  afterEach(async () => {
    server.close();
    await world.remove();
  });

  const startPush = async () => {
    const config = join(world.folder, 'config');
    const request = {operation: 'image push', source: world.source, config, names: []} as unknown as ImageRequest;
    return world.engine.start(await world.engine.propose(request));
  };

  it('is tried again with back-off, which the journal tells, and has the image once it wants', async () => {
    const run = await leavingSourceAlone(world, async () => {
      const id = await startPush();
      await world.waitFor(id, ({state}) => state.tasks.some(({attempt}) => attempt > 2));
      const [host = '', port = ''] = String(real?.registry).split(':');
      answer = (socket) => {
        const there = connect(Number(port), host).on('error', () => socket.destroy());
        socket.pipe(there).pipe(socket);
      };
      return world.waitFor(id, hasEnded);
    });
    expect(outcomes(run)).toEqual({'push/unwanted': 'done, changed'});
    const retried = (await eventsOf(run)).filter((event) => event.type === 'task-retried');
    expect(retried.length).toBeGreaterThanOrEqual(2);
    expect(retried.map(({problem}) => problem.code)).toEqual(retried.map(() => 'registry-unreachable'));
    expect(retried[0]?.problem).toMatchObject({
      message: expect.stringContaining('cannot be reached: '),
      hint: expect.any(String),
    });
  });
});

describe.skipIf(!real)('an engine whose disk is full', () => {
  it('is told of, leaves nothing behind, and builds again once there is room', async () => {
    const own = await startRealEngine({diskBytes: 24 * 1024 * 1024});
    const world = await imageWorld({socket: own.socket});
    try {
      await own.importBusybox('busybox:latest');
      await world.write(
        'src/greedy/build/greedy.dockerfile',
        'FROM busybox:latest\nCOPY size /\nRUN dd if=/dev/zero of=/big bs=1M count=$(cat /size)\n',
      );
      await world.write('src/greedy/size', '64\n');
      await world.write('src/on-greedy/build/on-greedy.dockerfile', 'FROM greedy\nRUN true\n');
      await world.write('src/modest/build/modest.dockerfile', 'FROM busybox:latest\nRUN echo fits\n');
      await world.write('src/modest/build/build-pre.sh', '#!/bin/sh\ntrue\n', 0o755);
      const run = await leavingSourceAlone(world, async () => world.carryOut(await world.build()));
      expect(run.summary.status).toBe('failed');
      expect(run.state.tasks.find(({id}) => id === 'build/greedy')).toMatchObject({
        status: 'failed',
        problem: {code: 'disk-full', hint: expect.stringContaining('docker system df')},
      });
      expect(outcomes(run)['build/on-greedy']).toBe('skipped');
      expect(await readdir(run.summary.folder)).not.toContain('tree');
      await expect.poll(() => world.docker('GET', '/containers/json?all=1'), {timeout: 20_000}).toEqual([]);

      await world.write('src/greedy/size', '1\n');
      const repeated = await world.engine.propose(await world.engine.runs.requestOf(run.summary.id));
      const again = await leavingSourceAlone(world, () => world.carryOut(repeated));
      expect(again.state.problem).toBeUndefined();
      expect(outcomes(again)).toMatchObject({'build/greedy': 'done, changed', 'build/on-greedy': 'done, changed'});
      expect(outcomes(again)['build/modest']).toMatch(/^done/);
    } finally {
      await world.remove();
      await own.stop();
    }
  });
});

async function eventsOf(run: RunView): Promise<RunEvent[]> {
  const journal = await readFile(join(run.summary.folder, 'journal.jsonl'), 'utf8');
  return journal
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent);
}
