import {createHash} from 'node:crypto';
import {cp, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, describe, expect, inject, it} from 'vitest';
import type {RunView} from '../../src/engine/index.ts';
import {fixture} from '../catalog/trees.ts';
import {allTexts, type ImageWorld, imageWorld, outcomes} from '../helpers/image-world.ts';

const real = inject('realEngine');

describe.skipIf(!real)('images that are made from templates, on a real engine', () => {
  let world: ImageWorld;
  let config: string;

  const open = async (era: string) => {
    world = await imageWorld({socket: String(real?.socket), fixture: `tree-${era}`});
    config = join(world.folder, 'config');
    await cp(fixture(`config-${era}`), config, {recursive: true});
  };
  const edit = async (name: string, change: (text: string) => string) => {
    const file = join(config, name);
    const text = await readFile(file, 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(file, change(text));
  };
  const template = (folder: string, more: string) =>
    world.write(`${folder}/hadoop-run/dockerfile.template`, `FROM base-image\n${more}\n`);
  const environmentOf = async (image: string) =>
    ((await world.docker('GET', `/images/${image}/json`)) as {Config: {Env: string[]}}).Config.Env;

  const outputOf = (view: RunView) => {
    const live = world.engine.runs.output(view.summary.id, 'build/hadoop-run');
    const lines = live.get().lines(0, 1_000);
    live.close();
    return lines.map(({text}) => text).join('\n');
  };

  afterEach(() => world.remove());

  it.each([
    ['a', 'openpai/hadoop-run', 'hadoop-2.7.2'],
    ['d', 'hadoop-run', 'hadoop-2.9.0'],
  ])('are rendered from the configuration of their era and built: tree-%s', async (era, image, version) => {
    await open(era);
    const view = await world.carryOut(await world.build([], {config}));
    expect(view.state.problem).toBeUndefined();
    expect(outcomes(view)['build/hadoop-run']).toBe('done, changed');
    expect(await environmentOf(image)).toContain(`HADOOP_VERSION=${version}`);
  });

  it.each(['b', 'c'])('and so is all of tree-%s', async (era) => {
    await open(era);
    const view = await world.carryOut(await world.build([], {config}));
    expect(Object.values(outcomes(view)).filter((outcome) => !outcome.startsWith('done'))).toEqual([]);
  });

  it('are built again when what is rendered differs, and not when it is the same', async () => {
    await open('d');
    await world.carryOut(await world.build(['hadoop-run'], {config}));
    await edit('services-configuration.yaml', (text) => text.replace(/server-port: \d+/, 'server-port: 9999'));
    const same = await world.build(['hadoop-run'], {config});
    expect(same.plan.tasks.find(({id}) => id === 'build/hadoop-run')).toMatchObject({
      expected: 'decided while running',
      why: ['dockerfile.template is rendered first'],
    });
    expect(outcomes(await world.carryOut(same))['build/hadoop-run']).toBe('done');

    await edit('services-configuration.yaml', (text) => text.replace(/hadoop-version: \S+/, 'hadoop-version: 2.9.9'));
    const view = await world.carryOut(await world.build(['hadoop-run'], {config}));
    expect(outcomes(view)['build/hadoop-run']).toBe('done, changed');
    expect(await environmentOf('hadoop-run')).toContain('HADOOP_VERSION=hadoop-2.9.9');
    expect(outputOf(view)).toContain('rendering wrote a different dockerfile');
  });

  it('never leave a secret or its hash behind when one is rendered, and are built each time', async () => {
    await open('d');
    const secret = 'very-secret-indeed';
    await edit('services-configuration.yaml', (text) => text.replace(/jwt-secret: \S+/, `jwt-secret: ${secret}`));
    await template(
      'pai-management/src',
      "ENV JWT={{ clusterconfig['clusterinfo']['restserverinfo']['jwt_secret'] }}\nRUN echo $JWT",
    );
    const proposal = await world.build(['hadoop-run'], {config});
    expect(proposal.plan.notices).toContainEqual(expect.objectContaining({code: 'template-secret'}));
    expect(JSON.stringify(proposal)).not.toContain(secret);
    const view = await world.carryOut(proposal);
    expect(outcomes(view)['build/hadoop-run']).toBe('done, changed');
    expect(await environmentOf('hadoop-run')).toContain(`JWT=${secret}`);

    const rendered = `FROM base-image\nENV JWT=${secret}\nRUN echo $JWT`;
    const hashes = [rendered, `${rendered}\n`].map((text) => createHash('sha256').update(text).digest('hex'));
    for (const [file, text] of await allTexts(world.stateHome)) {
      for (const trace of [secret, ...hashes]) expect(text.includes(trace), `${file} holds ${trace}`).toBe(false);
    }
    const again = await world.carryOut(await world.build(['hadoop-run'], {config}));
    expect(outputOf(again)).toContain('src/hadoop-run/dockerfile holds a secret, which is not remembered');
  });

  it('are refused with file and line when a template fails, before anything runs', async () => {
    await open('d');
    await template('pai-management/src', "ENV X={{ clusterconfig['nothing']['here'] }}");
    await expect(world.build([], {config})).rejects.toMatchObject({
      problem: {
        code: 'template-failed',
        file: expect.stringMatching(/src\/hadoop-run\/dockerfile\.template$/),
        line: 2,
      },
    });
    expect(await world.engine.runs.list()).toEqual([]);
  });

  it('are refused with every mistake of the configuration', async () => {
    await open('d');
    await edit('cluster-configuration.yaml', (text) => text.replace(/hostip: \S+/g, 'hostip:'));
    await expect(world.build(['hadoop-run'], {config})).rejects.toMatchObject({
      problem: {code: 'config-invalid'},
    });
  });
});
