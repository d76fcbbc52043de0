import {cp, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, describe, expect, inject, it} from 'vitest';
import {fixture} from '../catalog/trees.ts';
import {type ImageWorld, imageWorld, outcomes} from '../helpers/image-world.ts';

const real = inject('realEngine');

const services = {a: 'clusterconfig.yaml', d: 'services-configuration.yaml'} as const;
const toolRoots = {a: 'service-deployment', d: 'pai-management'} as const;

describe.skipIf(!real)('the Hadoop binary of hadoop-run, on a real engine', () => {
  let world: ImageWorld;
  let config: string;
  let binary: string;
  afterEach(() => world.remove());

  /** A tree whose Dockerfile, made from a template or not, copies what is in hadoop/. */
  const open = async (era: keyof typeof services, {template = true} = {}) => {
    world = await imageWorld({socket: String(real?.socket), fixture: `tree-${era}`});
    config = join(world.folder, 'config');
    await cp(fixture(`config-${era}`), config, {recursive: true});
    binary = join(world.folder, 'hadoop-custom.tar.gz');
    // Of each test its own, or the engine has the layers of another.
    await writeFile(binary, `first ${world.folder}`);
    const folder = `${toolRoots[era]}/src/hadoop-run`;
    const dockerfile = 'FROM base-image\nCOPY hadoop/* /given/\nRUN ls /given && cat /given/*\n';
    await world.write(`${folder}/dockerfile${template ? '.template' : ''}`, dockerfile);
    if (!template) await world.write(`${folder}/image.yaml`, '# none\n');
    await world.write(`${folder}/hadoop/left-over.tar.gz`, 'old');
  };
  const name = async (era: keyof typeof services, path: string) => {
    const file = join(config, services[era]);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/(custom.hadoop.binary.path:) \S+/, `$1 ${path}`));
  };
  const outputOf = (run: string) => {
    const live = world.engine.runs.output(run, 'build/hadoop-run');
    const lines = live.get().lines(0, 1_000);
    live.close();
    return lines.map(({text}) => text).join('\n');
  };

  it.each(['a', 'd'] as const)(
    'is put into the copy of tree-%s alone, is shown first, and decides about the image',
    async (era) => {
      await open(era);
      await name(era, binary);
      const proposal = await world.build(['hadoop-run'], {config});
      const task = proposal.plan.tasks.find(({id}) => id === 'build/hadoop-run');
      expect(task?.does).toContainEqual({
        kind: 'file',
        path: expect.stringMatching(/^\$RUN\/tree\/.*src\/hadoop-run\/hadoop\/hadoop-custom\.tar\.gz$/),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      const view = await world.carryOut(proposal);
      expect(outcomes(view)['build/hadoop-run']).toBe('done, changed');
      const output = outputOf(view.summary.id);
      expect(output).toMatch(/hadoop-custom\.tar\.gz[\s\S]*first/);
      expect(output).not.toContain('left-over');

      expect(outcomes(await world.carryOut(await world.build(['hadoop-run'], {config})))['build/hadoop-run']).toBe(
        'done',
      );
      await writeFile(binary, 'second');
      const again = await world.carryOut(await world.build(['hadoop-run'], {config}));
      expect(outcomes(again)['build/hadoop-run']).toBe('done, changed');
      expect(outputOf(again.summary.id)).toContain('src/hadoop-run/hadoop/hadoop-custom.tar.gz changed');
    },
  );

  it('is known before anything runs where no template is in the way', async () => {
    await open('d', {template: false});
    await name('d', binary);
    await world.carryOut(await world.build(['hadoop-run'], {config}));
    expect((await world.build(['hadoop-run'], {config})).nothingToDo).toBe(true);
    const status = () => world.engine.imageStatus({source: world.source, config, names: ['hadoop-run']});
    expect((await status()).images[0]).toMatchObject({state: 'current'});
    await writeFile(binary, 'second');
    expect((await status()).images[0]).toMatchObject({
      state: 'stale',
      reasons: ['src/hadoop-run/hadoop/hadoop-custom.tar.gz changed'],
    });
  });

  it('that is not there is refused before anything runs, with the line of the configuration', async () => {
    await open('d');
    await name('d', '/nowhere/hadoop.tar.gz');
    await expect(world.build(['hadoop-run'], {config})).rejects.toMatchObject({
      problem: {
        code: 'file-unreadable',
        message: 'hadoop-run is built with /nowhere/hadoop.tar.gz, and that is not there.',
        file: join(config, 'services-configuration.yaml'),
        line: 10,
        key: 'hadoop.custom-hadoop-binary-path',
      },
    });
    expect(await world.engine.runs.list()).toEqual([]);
    expect((await world.build(['base-image'], {config})).plan.tasks.length).toBeGreaterThan(0);
  });

  it.each([true, false])(
    'that nobody named is refused where the Dockerfile copies it (template: %s)',
    async (template) => {
      await open('d', {template});
      await rm(join(world.source, 'pai-management/src/hadoop-run/hadoop'), {recursive: true});
      await expect(world.build(['hadoop-run'], {config})).rejects.toMatchObject({
        problem: {
          code: 'config-missing',
          message: expect.stringContaining(
            'the configuration names no file: hadoop.custom-hadoop-binary-path is None.',
          ),
          hint: expect.stringContaining('/hadoop-2.9.0/hadoop-2.9.0.tar.gz'),
          line: 10,
        },
      });
      expect(await world.engine.runs.list()).toEqual([]);
    },
  );
});
