import {createHash} from 'node:crypto';
import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {selectImages} from '../../src/engine/catalog/select.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {missingBinary, readHadoopFacts} from '../../src/engine/images/hadoop-binary.ts';
import {fixture, makeTree} from '../catalog/trees.ts';
import {type Edit, editedConfig} from '../config/configs.ts';

const fileOf: Record<string, string> = {a: 'clusterconfig.yaml', d: 'services-configuration.yaml'};
const keyOf: Record<string, string> = {
  a: 'clusterinfo.hadoopinfo.custom_hadoop_binary_path',
  d: 'hadoop.custom-hadoop-binary-path',
};

/** The facts of a fixture of this era whose configuration names this path. */
async function facts(era: 'a' | 'd', path: string, names: readonly string[] = ['hadoop-run']) {
  const edit: Edit = [fileOf[era] ?? '', /(custom.hadoop.binary.path:) None/, `$1 ${path}`];
  const config = await editedConfig(era, path === 'None' ? [] : [edit]);
  const catalog = await openCatalog(fixture(`tree-${era}`), {registry: {namespace: 'openpai'}});
  const files = createFiles({cacheFile: join(config, 'cache')});
  const given = era === 'a' ? join(config, 'clusterconfig.yaml') : config;
  const found = await readHadoopFacts(
    given,
    catalog,
    selectImages(catalog, names),
    files,
    new AbortController().signal,
  );
  return {found, catalog, files, config, place: {file: join(config, fileOf[era] ?? ''), key: keyOf[era]}};
}

/** A folder with a binary, and other things that are none. */
async function binaries(): Promise<string> {
  const folder = await makeTree({'hadoop-2.9.0.tar.gz': 'not much', 'closed.tar.gz': 'no'});
  await mkdir(join(folder, 'folder.tar.gz'));
  await symlink('hadoop-2.9.0.tar.gz', join(folder, 'linked.tar.gz'));
  return folder;
}

test.each(['a', 'd'] as const)(
  'the file that a configuration of %s names is found, under its own name',
  async (era) => {
    const folder = await binaries();
    const digest = createHash('sha256').update('not much').digest('hex');
    const direct = await facts(era, join(folder, 'hadoop-2.9.0.tar.gz'));
    expect(direct.found?.given).toEqual({
      image: 'hadoop-run',
      from: join(folder, 'hadoop-2.9.0.tar.gz'),
      path: 'src/hadoop-run/hadoop/hadoop-2.9.0.tar.gz',
      digest,
    });
    const linked = await facts(era, join(folder, 'linked.tar.gz'));
    expect(linked.found?.given).toMatchObject({path: 'src/hadoop-run/hadoop/linked.tar.gz', digest});
  },
);

test.each([
  ['hadoop.tar.gz', 'is not there'],
  ['folder.tar.gz', 'is no file'],
  ['hadoop-2.9.0.tar.gz/below', 'is not there'],
])('%s is told with file, line and key of the configuration', async (name, why) => {
  const path = join(await binaries(), name);
  const {found, place} = await facts('d', path);
  expect(found?.given).toBeUndefined();
  expect(found?.problems).toEqual([
    {
      code: 'file-unreadable',
      message: `hadoop-run is built with ${path}, and that ${why}.`,
      hint: expect.stringContaining('None'),
      ...place,
      line: 10,
    },
  ]);
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is told', async () => {
  const path = join(await binaries(), 'closed.tar.gz');
  await chmod(path, 0);
  expect((await facts('d', path)).found?.problems[0]?.message).toContain('may not be read by this account');
});

test('nothing is looked for where hadoop-run is not asked for, and where the word is None', async () => {
  expect((await facts('d', '/nowhere/at.all', ['base-image'])).found).toBeUndefined();
  const {found, place} = await facts('d', 'None');
  expect(found).toEqual({version: '2.9.0', place: {...place, line: 10}, problems: []});
});

test.each([
  ['COPY hadoop/* /usr/local/', true],
  ['ADD ./hadoop/hadoop-2.9.0.tar.gz /usr/local/', true],
  ['COPY --chown=1:1 \\\n  hadoop /usr/local/', true],
  ['copy ["hadoop/x", "/usr"]', true],
  ['ENV HADOOP_PREFIX=/usr/local/hadoop/\nRUN ls hadoop/', false],
  ['COPY start.sh /usr/local/hadoop/', false],
  ['COPY --from=builder hadoop/ /usr/local/', false],
  ['# COPY hadoop/ /usr/local/', false],
])('with None %j is missed: %j', async (lines, isMissed) => {
  const {found, catalog, files, place} = await facts('d', 'None');
  const problems = await missingBinary(found, catalog, files, async () => `FROM base-image\n${lines}\n`);
  expect(problems.length).toBe(isMissed ? 1 : 0);
  if (!isMissed) return;
  expect(problems[0]).toMatchObject({...place, code: 'config-missing', line: 10});
  expect(problems[0]?.message).toContain('line 2: hadoop/');
  expect(problems[0]?.hint).toMatch(
    /^Download https:\/\/archive\.apache\.org\/dist\/hadoop\/common\/hadoop-2\.9\.0\/hadoop-2\.9\.0\.tar\.gz, .* write hadoop\.custom-hadoop-binary-path: \/path\/to\/hadoop-2\.9\.0\.tar\.gz/,
  );
});

test('without a configuration that is what must be named', async () => {
  const {catalog, files} = await facts('d', 'None');
  const found = await readHadoopFacts(
    undefined,
    catalog,
    selectImages(catalog, ['hadoop-run']),
    files,
    new AbortController().signal,
  );
  const problems = await missingBinary(found, catalog, files, async () => 'FROM base-image\nCOPY hadoop/* /\n');
  expect(problems).toMatchObject([{code: 'config-missing', hint: 'Name the configuration with -c DIR.', line: 2}]);
});

test('what lies in hadoop/ of the tree is used with None', async () => {
  const {found, files, catalog} = await facts('d', 'None');
  const toolRoot = await makeTree({'src/hadoop-run/hadoop/hadoop-2.9.0.tar.gz': 'here'});
  await writeFile(join(toolRoot, 'src/hadoop-run/dockerfile'), '');
  const copies = async () => 'FROM base-image\nCOPY hadoop/* /';
  expect(await missingBinary(found, {...catalog, toolRoot}, files, copies)).toEqual([]);
});
