import {mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {hasEnded, type ImageWorld, imageWorld, outcomes} from '../helpers/image-world.ts';

const real = inject('realEngine');

describe.skipIf(!real)('building the sample tree on a real engine', () => {
  let world: ImageWorld;
  let before: string;

  beforeEach(async () => {
    world = await imageWorld({socket: String(real?.socket), fixture: 'sample'});
    before = await world.snapshot();
  });
  afterEach(() => world.remove());

  const why = async (...names: string[]) =>
    Object.fromEntries(
      (await world.build(names)).plan.tasks
        .filter(({expected, id}) => expected === 'change' && id !== 'copy-tree')
        .map((task) => [task.id, task.why.join('; ')]),
    );

  it('builds all twelve components, then nothing, then exactly what changed', async () => {
    const first = await world.carryOut(await world.build());
    expect(first.state.problem).toBeUndefined();
    expect(outcomes(first)).toMatchObject({
      'build/base-image': expect.stringMatching(/^done/),
      'build/end-to-end-test': expect.stringMatching(/^done/),
      'build/webportal': expect.stringMatching(/^done/),
    });
    expect(await readdir(first.summary.folder)).not.toContain('tree');

    const second = await world.build();
    expect(second.plan.tasks.filter(({expected}) => expected === 'change')).toEqual([]);
    const again = await world.carryOut(second);
    expect(Object.values(outcomes(again)).every((outcome) => outcome === 'done')).toBe(true);
    expect(await world.snapshot()).toBe(before);

    await world.write('src/pylon/nginx.conf', 'changed\n');
    expect(await why()).toEqual({'build/pylon': 'src/pylon/nginx.conf changed'});

    await world.docker('DELETE', '/images/job-exporter?force=true');
    expect(await why('job-exporter')).toEqual({'build/job-exporter': 'the image is gone from the engine'});

    await world.write('src/base-image/etc/pai-profile', 'changed\n');
    expect(await why('zookeeper', 'drivers')).toEqual({
      'build/base-image': 'src/base-image/etc/pai-profile changed',
      'build/zookeeper': 'base-image will be rebuilt',
    });
    const third = await world.carryOut(await world.build(['zookeeper']));
    expect(outcomes(third)).toEqual({
      'copy-tree': 'done',
      'build/base-image': 'done, changed',
      'build/zookeeper': 'done, changed',
    });
    expect(await why('zookeeper')).toEqual({});
    // base-image is another one now, though nothing of cleaning-image itself changed.
    expect(await why('cleaning-image')).toEqual({
      'build/cleaning-image': 'base-image was rebuilt; src/base-image/etc/pai-profile changed',
    });
  });
});

describe.skipIf(!real)('a small tree on a real engine', () => {
  let world: ImageWorld;

  beforeEach(async () => {
    world = await imageWorld({socket: String(real?.socket)});
    await world.write('src/small-base/build/small-base.dockerfile', 'FROM busybox:latest\nCOPY file /file\n');
    await world.write('src/small-base/file', 'one\n');
    await world.write('src/small-top/build/small-top.dockerfile', 'FROM small-base\nCOPY src /src\n');
    await world.write('src/small-top/src/app.js', 'one\n');
  });
  afterEach(() => world.remove());

  it('says that a file mode changed, and that files came and went', async () => {
    await world.carryOut(await world.build());
    await world.write('src/small-top/src/app.js', 'one\n', 0o755);
    const reasons = async () =>
      (await world.engine.imageStatus({source: world.source})).images.map((image) => image.reasons);
    expect(await reasons()).toEqual([[], ['file mode of src/small-top/src/app.js changed from 644 to 755']]);
    await world.write('src/small-top/src/new/b.js', '');
    await rm(join(world.source, 'src/small-top/src/app.js'));
    expect(await reasons()).toEqual([
      [],
      ['src/small-top/src/app.js was removed', 'src/small-top/src/new/b.js was added'],
    ]);
  });

  it('leaves what stands on a base alone when the base came out the same', async () => {
    await world.carryOut(await world.build());
    await world.docker('DELETE', '/images/small-base?force=true&noprune=true');
    const proposal = await world.build();
    expect(proposal.plan.tasks.map(({id, expected, why}) => [id, expected, why])).toEqual([
      ['copy-tree', 'unchanged', expect.anything()],
      ['build/small-base', 'change', ['the image is gone from the engine']],
      ['build/small-top', 'change', ['small-base will be rebuilt']],
    ]);
    const run = await world.carryOut(proposal);
    expect(outcomes(run)).toEqual({
      'copy-tree': 'done',
      'build/small-base': 'done, changed',
      'build/small-top': 'done',
    });
  });

  it('notices that the engine has another image under the name', async () => {
    await world.carryOut(await world.build(['small-base']));
    await world.docker('POST', '/images/busybox:latest/tag?repo=small-base&tag=latest');
    expect((await world.build(['small-base'])).plan.tasks[0]?.why).toEqual([
      'the engine has another image under this name',
    ]);
  });

  it('judges a component with a hook after the hook ran, and says what it wrote', async () => {
    await world.write('version/VERSION', '1\n');
    await world.write(
      'src/hooked/build/build-pre.sh',
      '#!/bin/sh\npushd() { cd "$1"; }\npushd "$(dirname "$0")"\nmkdir -p ../version ../generated\ncp ../../../version/VERSION ../version/\necho made > ../generated/made\n',
    );
    await world.write('src/hooked/build/hooked.dockerfile', 'FROM busybox:latest\nCOPY version /version\n');
    await world.write(
      'src/on-hooked/build/on-hooked.dockerfile',
      'FROM busybox:latest\nCOPY dependency/hooked/generated /g\n',
    );
    await world.write('src/on-hooked/build/component.dep', 'hooked\n');
    const before = await world.snapshot();
    const first = await world.carryOut(await world.build(['on-hooked']));
    expect(first.state.problem).toBeUndefined();

    const second = await world.build(['on-hooked']);
    expect(second.plan.tasks.map(({id, expected}) => [id, expected])).toEqual([
      ['copy-tree', 'unchanged'],
      ['build/hooked', 'decided while running'],
      ['build/on-hooked', 'decided while running'],
    ]);
    expect(second.nothingToDo).toBe(false);
    expect(outcomes(await world.carryOut(second))).toEqual({
      'copy-tree': 'done',
      'build/hooked': 'done',
      'build/on-hooked': 'done',
    });
    expect(await world.snapshot()).toBe(before);

    await world.write('version/VERSION', '2\n');
    const third = await world.carryOut(await world.build(['on-hooked']));
    expect(outcomes(third)['build/hooked']).toBe('done, changed');
    expect(outputOf(world, third.summary.id, 'build/hooked')).toContain('build-pre.sh wrote a different version/');
  });

  it('skips what stands on a failed image, and lets the rest finish', async () => {
    await world.write(
      'src/small-base/build/small-base.dockerfile',
      'FROM busybox:latest\nRUN echo about to fail && exit 7\n',
    );
    await world.write('src/alone/build/alone.dockerfile', 'FROM busybox:latest\nRUN true\n');
    const before = await world.snapshot();
    const run = await world.carryOut(await world.build());
    expect(run.summary.status).toBe('failed');
    expect(outcomes(run)).toMatchObject({
      'build/small-base': 'failed',
      'build/small-top': 'skipped',
      'build/alone': expect.stringMatching(/^done/),
    });
    const failed = run.state.tasks.find(({id}) => id === 'build/small-base');
    expect(failed?.problem).toMatchObject({code: 'build-failed', exitCode: 7});
    expect(failed?.problem?.message).toContain('small-base');
    expect(failed?.attempt).toBe(1);
    expect(await world.snapshot()).toBe(before);
  });

  it('says which hook failed, with its last lines', async () => {
    await world.write('src/small-top/build/build-pre.sh', '#!/bin/sh\necho it is broken\nexit 3\n');
    const before = await world.snapshot();
    const run = await world.carryOut(await world.build());
    const failed = run.state.tasks.find(({id}) => id === 'build/small-top');
    expect(failed?.problem).toMatchObject({
      code: 'hook-failed',
      exitCode: 3,
      message: 'src/small-top/build/build-pre.sh of small-top ended with exit code 3.',
      detail: expect.stringContaining('it is broken'),
    });
    expect(await world.snapshot()).toBe(before);
  });

  it('leaves no container and no copy of the tree when it is stopped in the middle', async () => {
    await world.write('src/small-top/build/small-top.dockerfile', 'FROM small-base\nRUN echo started && sleep 600\n');
    const before = await world.snapshot();
    const id = await world.engine.start(await world.build());
    await waitForOutput(world, id, 'build/small-top', 'started');
    await world.engine.runs.cancel(id);
    const run = await world.waitFor(id, ({summary}) => summary.status !== 'running');
    expect(run.summary.status).toBe('stopped');
    expect(await readdir(run.summary.folder)).not.toContain('tree');
    expect(await world.docker('GET', '/containers/json?all=1')).toEqual([]);
    expect(await world.snapshot()).toBe(before);
  });

  it('ends what BuildKit runs when it is stopped in the middle', async () => {
    const mark = `sleep ${600 + Math.random()}`;
    await world.write(
      'src/small-top/build/small-top.dockerfile',
      `FROM small-base\nRUN sh -c 'echo started; ${mark}; true'\n`,
    );
    const id = await world.engine.start(await world.build([], {builder: 'buildkit'}));
    await expect.poll(async () => outputOf(world, id, 'build/small-top'), {timeout: 60_000}).toMatch(/^#\d+ started/m);
    expect(await commandLines()).toContainEqual(expect.stringContaining(mark));
    await world.engine.runs.cancel(id);
    const run = await world.waitFor(id, hasEnded);
    expect(run.summary.status).toBe('stopped');
    await expect.poll(() => commandLines(), {timeout: 20_000}).not.toContainEqual(expect.stringContaining(mark));
  });

  it('does not count what other tools left in dependency/, and does not build it in', async () => {
    await world.write('src/small-top/dependency/small-base/left-over', 'old\n');
    await world.write(
      'src/small-top/build/small-top.dockerfile',
      'FROM small-base\nCOPY dependency /d\nRUN test -f /d/small-base/file && test ! -f /d/small-base/left-over\n',
    );
    const run = await world.carryOut(await world.build());
    expect(run.state.problem).toBeUndefined();
    await world.write('src/small-top/dependency/small-base/left-over', 'newer\n');
    expect((await world.build()).nothingToDo).toBe(true);
  });

  it('begins a hook that was cut short with a fresh folder', async () => {
    const began = join(world.folder, 'began');
    await world.write(
      'src/small-top/build/build-pre.sh',
      `#!/bin/sh\ncd "$(dirname "$0")/.."\necho once >> written\nif [ ! -e ${began} ]; then touch ${began}; echo waiting; sleep 600; fi\n`,
    );
    await world.write(
      'src/small-top/build/small-top.dockerfile',
      'FROM small-base\nCOPY written /w\nRUN test "$(wc -l < /w)" -eq 1\n',
    );
    const id = await world.engine.start(await world.build());
    await waitForOutput(world, id, 'build/small-top', 'waiting');
    await killRunner(world, id);
    await world.waitFor(id, ({summary}) => summary.status === 'interrupted');
    await world.engine.runs.resume(id);
    const run = await world.waitFor(id, hasEnded);
    expect(run.state.problem).toBeUndefined();
    expect(outcomes(run)['build/small-top']).toBe('done, changed');
  });

  it('ends a hook that hangs when the run is stopped, and takes its copy away', async () => {
    const mark = `hangs-${Date.now()}`;
    await world.write(
      'src/small-top/build/build-pre.sh',
      `#!/bin/sh\necho waiting\nexec sh -c 'sleep 600; echo ${mark}'\n`,
    );
    const before = await world.snapshot();
    const id = await world.engine.start(await world.build());
    await waitForOutput(world, id, 'build/small-top', 'waiting');
    await world.engine.runs.cancel(id);
    const run = await world.waitFor(id, hasEnded);
    expect(run.summary.status).toBe('stopped');
    expect(outcomes(run)['build/small-top']).toBe('stopped');
    expect(await readdir(run.summary.folder)).not.toContain('tree');
    expect(await commandLines()).not.toContainEqual(expect.stringContaining(mark));
    expect(await world.snapshot()).toBe(before);
  });

  it('builds by BuildKit where a Dockerfile needs it, on an image of the tree', async () => {
    await world.write(
      'src/small-top/build/small-top.dockerfile',
      'FROM small-base\nRUN --mount=type=tmpfs,target=/scratch test -f /file && echo made > /made\n',
    );
    const run = await world.carryOut(await world.build());
    expect(run.state.problem).toBeUndefined();
    expect((await world.build()).nothingToDo).toBe(true);
    const [, top] = (await world.engine.imageStatus({source: world.source})).images;
    expect(top).toMatchObject({name: 'small-top', state: 'current'});
  });

  it.each(['classic', 'buildkit'] as const)(
    'builds from a Dockerfile that is a link to one elsewhere in the tree: %s',
    async (builder) => {
      await world.write('src/common/shared', 'FROM busybox:latest\nCOPY file /file\n');
      await world.write('src/linked/file', 'one\n');
      await mkdir(join(world.source, 'src/linked/build'));
      await symlink('../../common/shared', join(world.source, 'src/linked/build/linked.dockerfile'));
      const run = await world.carryOut(await world.build(['linked'], {builder}));
      expect(outcomes(run)).toEqual({'build/linked': 'done, changed'});
      expect((await world.build(['linked'])).nothingToDo).toBe(true);
      await world.write('src/common/shared', 'FROM busybox:latest\nCOPY file /other\n');
      expect((await world.build(['linked'])).plan.tasks.at(-1)?.why).toEqual([
        'src/linked/build/linked.dockerfile changed',
      ]);
    },
  );

  it('keeps to the builder that was chosen once, until the other one is asked for', async () => {
    await world.carryOut(await world.build(['small-base']));
    const other = await world.build(['small-base'], {builder: 'buildkit'});
    expect(other.plan.tasks[0]?.why).toEqual(['the builder changed from classic to BuildKit']);
    expect((await world.carryOut(other)).state.problem).toBeUndefined();
    const [status] = (await world.engine.imageStatus({source: world.source, names: ['small-base']})).images;
    expect(status).toMatchObject({state: 'current', reasons: []});
    expect((await world.build(['small-base'])).nothingToDo).toBe(true);
    await world.write('src/small-base/file', 'two\n');
    const changed = await world.carryOut(await world.build(['small-base']));
    expect(outcomes(changed)).toEqual({'build/small-base': 'done, changed'});
    expect(outputOf(world, changed.summary.id, 'build/small-base')).toContain('#1 ');
    const back = await world.build(['small-base'], {builder: 'classic'});
    expect(back.plan.tasks[0]?.why).toEqual(['the builder changed from BuildKit to classic']);
  });

  it('builds on its own fresh image whatever the engine has under the other name of it', async () => {
    const called = 'registry.test:5000/openpai/small-base:v9';
    const config = join(world.folder, 'config');
    await mkdir(config);
    await writeFile(
      join(config, 'services-configuration.yaml'),
      'cluster:\n  docker-registry-info:\n    docker-registry-domain: registry.test:5000\n    docker-namespace: openpai\n    docker-tag: v9\n    secret-name: s\n',
    );
    // Would fail on any image but the one that is built now.
    const standsOn = (content: string) =>
      world.write('src/small-top/build/small-top.dockerfile', `FROM ${called}\nRUN test "$(cat /file)" = ${content}\n`);
    await standsOn('one');
    await world.docker('POST', `/images/busybox:latest/tag?repo=registry.test:5000/openpai/small-base&tag=v9`);
    const first = await world.carryOut(await world.build(['small-top'], {config}));
    expect(first.state.tasks.map(({problem}) => problem)).toEqual([undefined, undefined, undefined]);
    expect((await world.build(['small-top'], {config})).nothingToDo).toBe(true);

    await world.write('src/small-base/file', 'two\n');
    await standsOn('two');
    const second = await world.carryOut(await world.build(['small-top'], {config, builder: 'buildkit'}));
    expect(outcomes(second)).toMatchObject({
      'build/small-base': 'done, changed',
      'build/small-top': 'done, changed',
    });
    await world.docker('DELETE', `/images/${called}?force=true`);
  });

  it.each(['classic', 'buildkit'] as const)(
    'notices that a base moved which the engine no longer has: %s',
    async (builder) => {
      const base = `${real?.registry}/moving/base-of-${builder}:1`;
      const docker = createDocker({environment: {DOCKER_HOST: `unix://${real?.socket}`, HOME: world.folder}});
      const publish = async (from: string) => {
        await docker.tag(from, base);
        await docker.push(base, undefined, {output: () => {}, progress: () => {}}, AbortSignal.timeout(60_000));
        await world.docker('DELETE', `/images/${base}?force=true&noprune=true`);
      };
      await publish('busybox:latest');
      await world.write('src/small-base/build/small-base.dockerfile', `FROM ${base}\nCOPY file /file\n`);
      const first = await world.carryOut(await world.build(['small-base'], {builder}));
      expect(outcomes(first)['build/small-base']).toBe('done, changed');
      await world.docker('DELETE', `/images/${base}?force=true&noprune=true`);
      expect((await world.build(['small-base'])).nothingToDo).toBe(true);
      await publish('small-base');
      const moved = await world.build(['small-base']);
      expect(moved.plan.tasks.at(-1)?.why).toEqual([expect.stringContaining(`${base} moved to sha256:`)]);
      expect(outcomes(await world.carryOut(moved))['build/small-base']).toBe('done, changed');
      expect((await world.build(['small-base'])).nothingToDo).toBe(true);
    },
  );

  it('goes on after its runner was killed', async () => {
    await world.write(
      'src/small-top/build/small-top.dockerfile',
      'FROM small-base\nRUN echo started && sleep 8 && echo slept\n',
    );
    const before = await world.snapshot();
    const id = await world.engine.start(await world.build());
    await waitForOutput(world, id, 'build/small-top', 'started');
    await killRunner(world, id);
    const dead = await world.waitFor(id, ({summary}) => summary.status === 'interrupted');
    expect(dead.explanation).toBeTruthy();
    expect(await world.snapshot()).toBe(before);
    await world.engine.runs.resume(id);
    const run = await world.waitFor(id, ({summary}) => summary.status === 'done' || summary.status === 'failed');
    expect(outcomes(run)).toEqual({
      'copy-tree': 'done',
      'build/small-base': expect.stringMatching(/^done/),
      'build/small-top': 'done, changed',
    });
    expect(await readdir(run.summary.folder)).not.toContain('tree');
    expect(await world.snapshot()).toBe(before);
    expect((await world.build()).nothingToDo).toBe(true);
  });
});

describe.skipIf(!real)('other trees and hooks on a real engine', () => {
  let world: ImageWorld;
  afterEach(() => world.remove());

  it('puts what a copy list names into the context, also from beside the tool root', async () => {
    world = await imageWorld({socket: String(real?.socket), fixture: 'tree-d'});
    const before = await world.snapshot();
    const run = await world.carryOut(await world.build(['rest-server']));
    expect(run.state.problem).toBeUndefined();
    expect(outcomes(run)['build/rest-server']).toMatch(/^done/);
    expect(await world.snapshot()).toBe(before);
    expect((await world.build(['rest-server'])).nothingToDo).toBe(true);
    await world.write('rest-server/package.json', '{"changed": true}\n');
    const changed = await world.build(['rest-server']);
    expect(changed.plan.tasks.find(({id}) => id === 'build/rest-server')?.why).toEqual([
      '../rest-server/package.json changed',
    ]);
    await expect(world.build(['hadoop-run'])).rejects.toMatchObject({
      problem: {code: 'config-missing', message: expect.stringContaining('hadoop-run is made from a template')},
    });
  });

  it('hands on what a last hook made, also when its component is not built again', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    await world.write('src/giver/build/giver.dockerfile', 'FROM busybox:latest\nCOPY file /file\n');
    await world.write('src/giver/file', 'one\n');
    await world.write(
      'src/giver/build/build-post.sh',
      '#!/bin/sh\ncd "$(dirname "$0")/.."\nmkdir -p generated\ncp file generated/made\n',
    );
    await world.write('src/taker/build/component.dep', 'giver\n');
    await world.write('src/taker/app', '1\n');
    await world.write(
      'src/taker/build/taker.dockerfile',
      'FROM busybox:latest\nCOPY dependency/giver/generated/made /made\nCOPY app /app\n',
    );
    const first = await world.carryOut(await world.build(['taker']));
    expect(first.state.problem).toBeUndefined();
    await world.write('src/taker/app', '2\n');
    const second = await world.carryOut(await world.build(['taker']));
    expect(outcomes(second)).toEqual({'copy-tree': 'done', 'build/giver': 'done', 'build/taker': 'done, changed'});
    const same = await world.build(['taker']);
    expect(same.plan.tasks.at(-1)).toMatchObject({id: 'build/taker', expected: 'decided while running'});
    expect(outcomes(await world.carryOut(same))['build/taker']).toBe('done');
    await world.write('src/giver/file', 'two\n');
    const third = await world.carryOut(await world.build(['taker']));
    expect(outcomes(third)['build/taker']).toBe('done, changed');
    expect(outputOf(world, third.summary.id, 'build/taker')).toContain(
      'Building taker: build-post.sh of giver wrote a different generated/',
    );
  });

  it('hands on what both hooks made, also when their component is not built again', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    await world.write('src/giver/build/giver.dockerfile', 'FROM busybox:latest\nCOPY file /file\n');
    await world.write('src/giver/.dockerignore', 'generated\n');
    await world.write('src/giver/file', 'one\n');
    const hook = (lines: string) => `#!/bin/sh\nset -e\ncd "$(dirname "$0")/.."\nmkdir -p generated\n${lines}\n`;
    await world.write('src/giver/build/build-pre.sh', hook('cp ../../version generated/first'));
    await world.write('src/giver/build/build-post.sh', hook('cp file generated/last'));
    await world.write('version', '1\n');
    await world.write('src/taker/build/component.dep', 'giver\n');
    await world.write('src/taker/app', '1\n');
    await world.write(
      'src/taker/build/taker.dockerfile',
      'FROM busybox:latest\nCOPY dependency/giver/generated /g\nCOPY app /app\nRUN test -f /g/last && cat /g/first\n',
    );
    expect((await world.carryOut(await world.build(['taker']))).state.problem).toBeUndefined();
    await world.write('src/taker/app', '2\n');
    const second = await world.carryOut(await world.build(['taker']));
    expect(outcomes(second)).toEqual({'copy-tree': 'done', 'build/giver': 'done', 'build/taker': 'done, changed'});
    expect(outcomes(await world.carryOut(await world.build(['taker'])))['build/taker']).toBe('done');
    await world.write('version', '2\n');
    const third = await world.carryOut(await world.build(['taker']));
    expect(outcomes(third)).toEqual({'copy-tree': 'done', 'build/giver': 'done', 'build/taker': 'done, changed'});
    expect(outputOf(world, third.summary.id, 'build/taker')).toMatch(/^2$/m);
  });

  it('runs a last hook that failed again with the next build, and does not call its image current until then', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    await world.write('src/giver/build/giver.dockerfile', 'FROM busybox:latest\nRUN true\n');
    await world.write(
      'src/giver/build/build-post.sh',
      `#!/bin/sh\n[ -e ${world.folder}/ready ] || exit 3\necho ran >> ${world.folder}/ran\n`,
    );
    const first = await world.carryOut(await world.build());
    expect(first.state.tasks.at(-1)?.problem).toMatchObject({code: 'hook-failed', exitCode: 3});
    await writeFile(join(world.folder, 'ready'), '');
    const {images} = await world.engine.imageStatus({source: world.source});
    expect(images).toMatchObject([{state: 'stale', reasons: ['build-post.sh has not run to its end']}]);
    expect(outcomes(await world.carryOut(await world.build()))['build/giver']).toMatch(/^done/);
    expect(await readFile(join(world.folder, 'ran'), 'utf8')).toBe('ran\n');
    expect((await world.build()).nothingToDo).toBe(true);
  });

  it('runs the last hook that was cut short, though its image is built already', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    const began = join(world.folder, 'began');
    await world.write('src/giver/build/giver.dockerfile', 'FROM busybox:latest\nRUN true\n');
    await world.write(
      'src/giver/build/build-post.sh',
      `#!/bin/sh\nif [ ! -e ${began} ]; then touch ${began}; echo waiting; sleep 600; fi\nmkdir -p src/giver/generated && echo made > src/giver/generated/made\n`,
    );
    await world.write('src/taker/build/component.dep', 'giver\n');
    await world.write(
      'src/taker/build/taker.dockerfile',
      'FROM busybox:latest\nCOPY dependency/giver/generated/made /made\n',
    );
    const before = await world.snapshot();
    const id = await world.engine.start(await world.build());
    await waitForOutput(world, id, 'build/giver', 'waiting');
    await killRunner(world, id);
    await world.waitFor(id, ({summary}) => summary.status === 'interrupted');
    await world.engine.runs.resume(id);
    const run = await world.waitFor(id, hasEnded);
    expect(run.state.tasks.map(({problem}) => problem)).toEqual([undefined, undefined, undefined]);
    expect(outcomes(run)).toEqual({
      'copy-tree': 'done',
      'build/giver': 'done, changed',
      'build/taker': 'done, changed',
    });
    expect(await world.snapshot()).toBe(before);
  });

  it('gives hooks what they always had: their path, no arguments, the root of the tree, the environment, a terminal', async () => {
    world = await imageWorld({socket: String(real?.socket), environment: {ATTACH_COMMIT_ID: 'true'}});
    const seen = '[ -t 1 ] && where=terminal; printf "%s|" "$0" "$#" "$ATTACH_COMMIT_ID" "$where"; pwd';
    await world.write('src/seeing/build/build-pre.sh', `#!/bin/sh\n${seen}\ntest -f paictl.py\n`, 0o644);
    await world.write('src/seeing/build/build-post.sh', `#!/bin/sh\n${seen}\n`, 0o755);
    await world.write('src/seeing/build/seeing.dockerfile', 'FROM busybox:latest\nRUN true\n');
    const run = await world.carryOut(await world.build());
    expect(outcomes(run)['build/seeing']).toMatch(/^done/);
    const root = join(run.summary.folder, 'tree/root');
    const lines = outputOf(world, run.summary.id, 'build/seeing').split('\n');
    expect(lines).toContain(`src/seeing/build/build-pre.sh|0|true|terminal|${root}`);
    expect(lines).toContain(`src/seeing/build/build-post.sh|0|true|terminal|${root}`);
  });

  it('runs hooks of different components one at a time', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    for (const name of ['one', 'two', 'three']) {
      await world.write(
        `src/${name}/build/build-pre.sh`,
        '#!/bin/sh\nset -e\nmkdir src/busy\nsleep 0.3\nrmdir src/busy\n',
        0o755,
      );
      await world.write(`src/${name}/build/${name}.dockerfile`, 'FROM busybox:latest\nRUN true\n');
    }
    const run = await world.carryOut(await world.build());
    expect(run.state.tasks.map(({problem}) => problem)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('builds what is current with --force, and says when it came out the same', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    await world.write('src/again/build/again.dockerfile', 'FROM busybox:latest\nRUN true\n');
    await world.carryOut(await world.build());
    const run = await world.carryOut(await world.build([], {force: true}));
    const [task] = run.state.tasks;
    expect(task).toMatchObject({status: 'done', changed: false, note: expect.stringContaining('the same as before')});
    expect(outputOf(world, run.summary.id, 'build/again')).toContain('asked for with --force');
    const fresh = await world.carryOut(await world.build([], {force: true, noCache: true}));
    expect(outcomes(fresh)).toEqual({'build/again': 'done, changed'});
  });

  it('refuses a component whose folder leads out of the tree', async () => {
    world = await imageWorld({socket: String(real?.socket)});
    const outside = join(world.folder, 'outside');
    await mkdir(join(outside, 'build'), {recursive: true});
    await writeFile(join(outside, 'build/led-out.dockerfile'), 'FROM busybox:latest\n');
    await writeFile(join(outside, 'build/build-pre.sh'), '#!/bin/sh\ntouch ../touched\n', {mode: 0o755});
    await symlink(outside, join(world.source, 'src/led-out'));
    const before = await world.snapshot();
    const outcome = await world.build().then(
      async (proposal) => (await world.carryOut(proposal)).state.tasks.map(({problem}) => problem?.code),
      (error: unknown) => [(error as {problem: {code: string}}).problem.code],
    );
    expect(outcome).toEqual(['path-leaves-tree']);
    expect(await readdir(outside)).toEqual(['build']);
    expect(await world.snapshot()).toBe(before);
  });
});

/** Of every process of this computer. */
async function commandLines(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

async function killRunner(world: ImageWorld, run: string): Promise<void> {
  const {folder} = (await world.engine.runs.show(run)).summary;
  const {pid} = JSON.parse(await readFile(join(folder, 'runner.json'), 'utf8')) as {pid: number};
  process.kill(pid, 'SIGKILL');
}

async function waitForOutput(world: ImageWorld, run: string, task: string, text: string): Promise<void> {
  await world.waitFor(run, ({state}) => state.tasks.some(({id, status}) => id === task && status === 'running'));
  await expect.poll(() => outputOf(world, run, task), {timeout: 60_000}).toMatch(new RegExp(`^${text}`, 'm'));
}

function outputOf(world: ImageWorld, run: string, task: string): string {
  const live = world.engine.runs.output(run, task);
  try {
    const view = live.get();
    return view
      .lines(0, view.lineCount)
      .map(({text}) => text)
      .join('\n');
  } finally {
    live.close();
  }
}
