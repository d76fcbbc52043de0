import {cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createEngine} from '../../src/engine/engine.ts';
import {type Engine, ProblemError} from '../../src/engine/index.ts';
import {makeKeyPair} from '../helpers/key-pair.ts';

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-engine-'));
  await cp(fileURLToPath(new URL('../../fixtures/sample', import.meta.url)), join(folder, 'tree'), {recursive: true});
  engine = createEngine({
    environment: {HOME: folder, PATH: process.env['PATH'], DOCKER_HOST: `unix://${folder}/no.sock`},
    stateHome: join(folder, 'state'),
    runnerCommand: ['/bin/false'],
    programVersion: '1.2.3',
    assets: '/nowhere',
  });
});
afterEach(() => rm(folder, {recursive: true, force: true}));

describe('without a Docker engine', () => {
  it('lists what a tree holds', async () => {
    const catalog = await engine.openTree(join(folder, 'tree'));
    expect(catalog.images).toHaveLength(12);
  });

  it('knows our images by the names that a configuration gives them', async () => {
    const dockerfile = join(folder, 'tree/src/pylon/build/pylon.dockerfile');
    await writeFile(dockerfile, 'FROM registry.example:5000/openpai/zookeeper:v1\n');
    const config = join(folder, 'services-configuration.yaml');
    await writeFile(
      config,
      'cluster:\n  docker-registry:\n    namespace: openpai\n    domain: registry.example:5000\n    tag: v1\n    secret-name: s\n',
    );
    const needsOfPylon = async (where?: string) => {
      const {images, problems} = await engine.openTree(join(folder, 'tree'), where);
      return [
        images.find(({name}) => name === 'pylon')?.needs,
        problems.map(({code, severity}) => `${severity} ${code}`),
      ];
    };
    expect(await needsOfPylon()).toEqual([[], []]);
    expect(await needsOfPylon(folder)).toEqual([['zookeeper'], []]);
    // Of another namespace, it is ours only as long as none is known.
    await writeFile(dockerfile, 'FROM other/zookeeper:v1\n');
    expect(await needsOfPylon()).toEqual([['zookeeper'], []]);
    expect(await needsOfPylon(folder)).toEqual([[], []]);
    await writeFile(dockerfile, 'FROM registry.example:5000/openpai/zookeeper:v1\n');
    await mkdir(join(folder, 'empty'));
    expect(await needsOfPylon(join(folder, 'empty'))).toEqual([[], ['warning config-missing']]);
  });

  it('refuses a configuration that is nowhere, whatever it is asked for', async () => {
    const place = {source: join(folder, 'tree'), config: join(folder, 'nowhere')};
    const missing = {problem: {code: 'config-missing', message: expect.stringContaining('does not exist')}};
    await expect(engine.openTree(place.source, place.config)).rejects.toMatchObject(missing);
    await expect(engine.imageStatus(place)).rejects.toMatchObject(missing);
    const build = {force: false, noCache: false, builder: 'auto'} as const;
    await expect(engine.propose({operation: 'image build', ...place, names: [], ...build})).rejects.toMatchObject(
      missing,
    );
    await expect(engine.propose({operation: 'image push', ...place, names: []})).rejects.toMatchObject(missing);
  });

  it('names absolute paths without a home in the environment, too', async () => {
    const {info} = createEngine({
      environment: {},
      runnerCommand: ['/bin/false'],
      programVersion: '1.2.3',
      assets: '/nowhere',
    });
    for (const {topic, value} of await info()) {
      if (['state', 'docker configuration'].includes(topic)) expect(value).toMatch(/^\//);
    }
  });

  it('tells in info which lines of known_hosts do not count', async () => {
    await mkdir(join(folder, '.ssh'));
    await writeFile(join(folder, '.ssh/known_hosts'), `10.0.0.1 ${makeKeyPair().public}\n10.0.0.2 ssh-ed25519\n`);
    const {info} = createEngine({
      environment: {HOME: folder},
      runnerCommand: ['/bin/false'],
      programVersion: '1.2.3',
      assets: '/nowhere',
    });
    const lines = await info();
    expect(lines.find(({topic}) => topic === 'host keys')?.value).toMatch(/^1 in ~\/\.ssh\/known_hosts, .*pins in \//);
    // This computer may have an /etc/ssh/ssh_known_hosts, too.
    const unread = lines.filter(({topic, value}) => topic === 'host keys unread' && value.includes(folder));
    expect(unread.map(({value}) => value)).toEqual([
      `line 2: A line of ${folder}/.ssh/known_hosts is passed over: it has no names, type and key.`,
    ]);
  });

  it('says of every image that its state is unknown, and why', async () => {
    const {images, problems} = await engine.imageStatus({source: join(folder, 'tree')});
    expect(images).toHaveLength(12);
    expect(new Set(images.map(({state, reasons}) => `${state}: ${reasons.join()}`))).toEqual(
      new Set(['unknown: the Docker engine cannot be asked']),
    );
    expect(problems).toMatchObject([{code: 'engine-unreachable', hint: expect.any(String)}]);
  });

  it('cannot plan, and says that a plan needs the engine too', async () => {
    const proposing = engine.propose({
      operation: 'image build',
      source: join(folder, 'tree'),
      names: [],
      force: false,
      noCache: false,
      builder: 'auto',
    });
    const problem = await proposing.then(
      () => undefined,
      (error: unknown) => (error as ProblemError).problem,
    );
    expect(problem).toMatchObject({
      code: 'engine-unreachable',
      message: expect.stringContaining('a plan needs the engine'),
    });
  });

  it('cannot plan what the tree makes impossible, which is the graver news; the rest needs the engine', async () => {
    await writeFile(join(folder, 'tree/src/pylon/build/component.dep'), 'pylon\n');
    const propose = (name: string) =>
      engine.propose({
        ...{operation: 'image build', source: join(folder, 'tree'), names: [name]},
        ...{force: false, noCache: false, builder: 'auto'},
      });
    await expect(propose('pylon')).rejects.toMatchObject({
      problem: {code: 'dependency-cycle'},
      cause: {problem: {code: 'engine-unreachable'}},
    });
    await expect(propose('webportal')).rejects.toMatchObject({problem: {code: 'engine-unreachable'}});
  });

  it('names an unknown image with the nearest ones, whatever else is wrong', async () => {
    const asking = engine.imageStatus({source: join(folder, 'tree'), names: ['webportl']});
    await expect(asking).rejects.toMatchObject({
      problem: {code: 'unknown-name', hint: expect.stringContaining('webportal')},
    });
  });

  it('tells every path and version in info, and that the engine does not answer', async () => {
    const lines = Object.fromEntries((await engine.info()).map(({topic, value}) => [topic, value]));
    expect(lines['pai-tui']).toBe('1.2.3');
    expect(lines['state']).toBe(join(folder, 'state'));
    expect(lines['docker engine']).toContain(`unix://${folder}/no.sock: `);
  });
});

it('says that a folder is no tree', async () => {
  await expect(engine.openTree(join(folder, 'nowhere'))).rejects.toBeInstanceOf(ProblemError);
  await expect(
    engine.propose({operation: 'image push', source: join(folder, 'nowhere'), names: []}),
  ).rejects.toMatchObject({
    problem: {code: 'no-tree'},
  });
});
