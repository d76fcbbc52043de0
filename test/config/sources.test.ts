import {execFileSync} from 'node:child_process';
import {chmod, cp, mkdir, rename, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openConfig} from '../../src/engine/config/open.ts';
import {fixture, makeTree} from '../catalog/trees.ts';
import {editedConfig, said} from './configs.ts';

/** What is said of one file of config-d after something was done to it. */
async function after(name: string, change: (file: string) => Promise<unknown>): Promise<string[]> {
  const folder = await editedConfig('d', []);
  await change(join(folder, name));
  const {problems, draft} = await openConfig(folder, {era: 'D'});
  // Whatever happens to one file, the others are read.
  expect(draft?.files.length).toBeGreaterThan(2);
  return said(problems)
    .filter((line) => line.includes(name))
    .map((line) => line.replaceAll(folder, 'FOLDER'));
}

const kubernetes = 'kubernetes-configuration.yaml';

describe('a file that cannot be read', () => {
  test('a link that leads in a circle', async () => {
    const lines = await after(kubernetes, async (file) => {
      await rm(file);
      await symlink(kubernetes, file);
    });
    expect(lines).toEqual([
      `error | file-unreadable | ${kubernetes}: |  | FOLDER/${kubernetes} cannot be read: its symbolic links lead in a circle. | Look at it with: ls -la FOLDER/${kubernetes}`,
    ]);
  });

  test('a folder, and a pipe, which nobody waits for', async () => {
    const asFolder = await after(kubernetes, async (file) => {
      await rm(file);
      await mkdir(file);
    });
    expect(asFolder[0]).toContain('cannot be read: it is no regular file.');
    const asPipe = await after(kubernetes, async (file) => {
      await rm(file);
      execFileSync('mkfifo', [file]);
    });
    expect(asPipe[0]).toContain('cannot be read: it is no regular file.');
  });

  test('fifty megabytes', async () => {
    const lines = await after(kubernetes, (file) => truncate(file, 50 * 1024 * 1024));
    expect(lines).toEqual([
      `error | file-unreadable | ${kubernetes}: |  | FOLDER/${kubernetes} is too large for a configuration (52428800 bytes, at most 4194304). | Give the configuration folder of a cluster; such a file has some kilobytes.`,
    ]);
  });

  test('text that is not UTF-8 is told with its line', async () => {
    const lines = await after(kubernetes, (file) =>
      writeFile(file, Buffer.concat([Buffer.from('kubernetes:\n  # M'), Buffer.from([0xfc]), Buffer.from('nchen\n')])),
    );
    expect(lines).toEqual([
      `error | file-unreadable | ${kubernetes}:2 |  | FOLDER/${kubernetes} is not written in UTF-8. | Save it as UTF-8: iconv -f latin1 -t utf8 ${kubernetes}`,
    ]);
  });

  test('YAML that is none is told with its line, and nothing is said to be missing in it', async () => {
    const lines = await after(kubernetes, (file) => writeFile(file, 'kubernetes:\n  cluster-dns: [10.0.0.53\n'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^error \| yaml-invalid \| kubernetes-configuration\.yaml:\d/);
  });

  test.skipIf(process.getuid?.() === 0)('one that may not be read', async () => {
    const lines = await after(kubernetes, (file) => chmod(file, 0));
    expect(lines[0]).toContain('permission denied');
  });
});

describe('which files are read', () => {
  test('the misspelt name of v0.8 is read, with a warning, and not beside the right one', async () => {
    const folder = await editedConfig('e', []);
    await rename(join(folder, 'services-configuration.yaml'), join(folder, 'serivces-configuration.yaml'));
    const {config, problems} = await openConfig(folder);
    expect(config).toMatchObject({era: 'E', clusterId: 'gpu-lab'});
    expect(said(problems).filter((line) => line.includes('spelling'))).toHaveLength(1);
    await writeFile(join(folder, 'services-configuration.yaml'), '');
    const both = await openConfig(folder, {era: 'E'});
    expect(said(both.problems)).toContainEqual(
      'warning | config-invalid | serivces-configuration.yaml: |  | serivces-configuration.yaml lies beside services-configuration.yaml and is not read. | Remove it when nothing in it is needed.',
    );
    expect(both.config).toBeUndefined();
  });

  test('files of two releases lie together: the tree decides, and the others are named', async () => {
    const folder = await editedConfig('d', []);
    await cp(join(fixture('config-sample'), 'layout.yaml'), join(folder, 'layout.yaml'));
    const {config, problems} = await openConfig(folder, {era: 'D'});
    expect(config?.format).toBe('cluster-configuration');
    expect(said(problems)).toContainEqual(
      'notice | config-invalid | layout.yaml: |  | layout.yaml is of another release and is not read here. | Move it away once nothing needs it.',
    );
  });

  test.each([
    ['d', 'G', 'cluster-configuration.yaml with its companions', 'layout.yaml with its companions'],
    ['g', 'D', 'layout.yaml with its companions', 'cluster-configuration.yaml with its companions'],
    ['a', 'H', 'cluster-config.yaml and clusterconfig.yaml', 'layout.yaml and config.yaml'],
  ] as const)('config-%s for a tree of %s is refused', async (name, era, is, has) => {
    const {config, problems} = await openConfig(fixture(`config-${name}`), {tree: {toolRoot: '/nowhere', era}});
    expect(config).toBeUndefined();
    expect(problems.filter(({severity}) => severity !== 'notice')).toMatchObject([
      {message: `The configuration is ${is}, and the tree is of era ${era}, which has ${has}.`},
    ]);
  });

  test('a file of the folder stands for the folder', async () => {
    const {config} = await openConfig(join(fixture('config-d'), 'services-configuration.yaml'));
    expect(config?.machines).toHaveLength(5);
  });

  test('a folder that is not there', async () => {
    const folder = join(await makeTree({}), 'nowhere');
    expect((await openConfig(folder)).problems).toMatchObject([{code: 'config-missing', file: folder}]);
  });
});
