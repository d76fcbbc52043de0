import {chmod, chown, link, lstat, readFile, rename, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {changeValue, writtenValue} from '../../src/engine/config/change-value.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import {leavesOf, type ValueNode, valueTree} from '../../src/engine/config/value-tree.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {editedConfig} from './configs.ts';

let folder: string;
const files = createFiles({cacheFile: '/nonexistent/hashes'});

beforeEach(async () => {
  folder = await editedConfig('g', [['layout.yaml', 'zkid: "1"', 'zkid:   "1"   # the first']]);
});

async function nodeAt(path: string): Promise<ValueNode> {
  const {draft} = await openConfig(folder);
  if (!draft) throw new Error('The configuration cannot be read.');
  for (const node of leavesOf(valueTree(draft, 'services'))) if (node.path === path) return node;
  throw new Error(`There is no ${path}.`);
}

const hostip = 'layout.machine-list.gpu-01.hostip';
const layout = () => join(folder, 'layout.yaml');
const textOf = (file: string) => readFile(file, 'utf8');

async function change(path: string, typed: string) {
  return changeValue(await writtenValue(await nodeAt(path)), typed, files);
}

test('a value is shown as it is written, with its quotes', async () => {
  expect(await writtenValue(await nodeAt(hostip))).toMatchObject({key: 'machine-list.1.hostip', text: '10.0.0.11'});
  expect(await writtenValue(await nodeAt('layout.machine-list.infra-01.zkid'))).toMatchObject({text: '"1"'});
});

test('only the value changes in its file; mode, comments and blanks stay', async () => {
  await chmod(layout(), 0o640);
  const before = await textOf(layout());
  expect(await change(hostip, ' 10.0.0.99 ')).toEqual({changed: true});
  expect(await change('layout.machine-list.infra-01.zkid', '"2"')).toEqual({changed: true});
  expect(await textOf(layout())).toBe(
    before.replace('hostip: 10.0.0.11', 'hostip: 10.0.0.99').replace('zkid:   "1"   #', 'zkid:   "2"   #'),
  );
  expect((await stat(layout())).mode & 0o777).toBe(0o640);
});

test('what is so already is not written', async () => {
  const before = await stat(layout());
  expect(await change(hostip, '10.0.0.11')).toEqual({changed: false});
  expect((await stat(layout())).ino).toBe(before.ino);
});

test('a file that changed since it was read is left alone', async () => {
  const value = await writtenValue(await nodeAt(hostip));
  const other = `# somebody else was here\n${await textOf(layout())}`;
  await writeFile(layout(), other);
  await expect(changeValue(value, '10.0.0.99', files)).rejects.toMatchObject({
    problem: {code: 'edit-refused', message: 'layout.yaml has changed since it was read: nothing was written.'},
  });
  expect(await textOf(layout())).toBe(other);
});

test.each([
  ['a: b', 'a map or a list'],
  ['[1, 2', 'no YAML'],
  ['x # y', 'would be a comment'],
  ['!!str x', 'a comment, a tag or an anchor'],
])('typed %j is refused with a sentence', async (typed, message) => {
  const before = await textOf(layout());
  await expect(change(hostip, typed)).rejects.toMatchObject({
    problem: {code: 'edit-refused', message: expect.stringContaining(message), line: 35},
  });
  expect(await textOf(layout())).toBe(before);
});

test('a secret, a derived value, a default and what holds others are refused', async () => {
  await expect(nodeAt('layout.machine-list.infra-01.password').then(writtenValue)).rejects.toMatchObject({
    problem: {code: 'edit-refused', message: expect.stringContaining('a secret')},
  });
  await expect(nodeAt('zookeeper.quorum').then(writtenValue)).rejects.toMatchObject({
    problem: {message: 'This is not written in a file as one value.'},
  });
});

test('through a link the file it leads to is written, and the link stays', async () => {
  await rename(layout(), join(folder, 'kept-elsewhere.yaml'));
  await symlink('kept-elsewhere.yaml', layout());
  expect(await change(hostip, '10.0.0.99')).toEqual({changed: true});
  expect((await lstat(layout())).isSymbolicLink()).toBe(true);
  expect(await textOf(join(folder, 'kept-elsewhere.yaml'))).toContain('hostip: 10.0.0.99');
});

test('a file with two names is refused: one would keep the old text', async () => {
  await link(layout(), join(folder, 'second-name'));
  await expect(change(hostip, '10.0.0.99')).rejects.toMatchObject({
    problem: {message: 'layout.yaml has a second name (a hard link), which would be cut off.'},
  });
});

test('an order mark and Windows line ends stay', async () => {
  await writeFile(layout(), `\ufeff${(await textOf(layout())).replaceAll('\n', '\r\n')}`);
  const before = await textOf(layout());
  expect(await change(hostip, '10.0.0.99')).toEqual({changed: true});
  expect(await textOf(layout())).toBe(before.replace('10.0.0.11\r\n    machine', '10.0.0.99\r\n    machine'));
});

test('a key with dots of its own is found by its line', async () => {
  const file = join(folder, 'dots.yaml');
  await writeFile(file, 'x:\n  a.b: 1\n  a:\n    b: 2\n');
  const nodeOn = (line: number): ValueNode => ({
    key: 'b',
    path: 'x.a.b',
    text: '?',
    origin: {from: 'file', file, line, key: 'x.a.b'},
  });
  expect(await writtenValue(nodeOn(2))).toMatchObject({text: '1'});
  expect(await writtenValue(nodeOn(4))).toMatchObject({text: '2'});
  await changeValue(await writtenValue(nodeOn(4)), '3', files);
  expect(await textOf(file)).toBe('x:\n  a.b: 1\n  a:\n    b: 3\n');
});

test.runIf(process.getuid?.() === 0)('the owner stays when root changes a value', async () => {
  await chown(layout(), 12_345, 23_456);
  expect(await change(hostip, '10.0.0.99')).toEqual({changed: true});
  expect(await stat(layout())).toMatchObject({uid: 12_345, gid: 23_456});
});
