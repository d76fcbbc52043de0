import {spawnSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {crcOf} from '../../src/engine/package/checksums.ts';
import {compareInstalled} from '../../src/engine/package/compare-installed.ts';
import {removePackage} from '../../src/engine/package/remove-package.ts';
import {sendPackage} from '../../src/engine/package/send-package.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {createLocalRemote} from '../helpers/local-remote.ts';
import {packageOf} from './packages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai send '));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const {signal} = new AbortController();
const request = {run: '20261127-120000-deploy-1a2b', sudo: false};
const texts = {'start.sh': '#!/bin/sh\necho hello\n', 'etc/a b.yaml': 'a: ü\n', 'etc/deep/down/x': ''};

/** A home folder with a space in its name, and the machine it is on. */
async function machine(shell = ['/bin/sh'], path = process.env['PATH'] ?? '') {
  const home = await mkdtemp(join(folder, 'home of '));
  return {home, remote: createLocalRemote({shell, environment: {PATH: path, HOME: home}})};
}

/** A folder of these programs of the machine's own, and no others. */
async function only(...names: string[]): Promise<string> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  for (const name of names) {
    const {stdout} = spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'});
    await symlink(stdout.trim(), join(bin, name));
  }
  return bin;
}

const basics = ['sh', 'mkdir', 'chmod', 'rm', 'mv', 'tar', 'rmdir', 'sed'];
const busybox = ['busybox', 'sh'];

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  const words = shell.split(' ');
  const isThere = spawnSync(words[0] ?? '', [...words.slice(1), '-c', 'true']).status === 0;

  test.skipIf(!isThere)('a package arrives whole, with its modes, and leaves nothing when it is removed', async () => {
    const {home, remote} = await machine(words);
    const pack = await packageOf(texts);
    const sent = await sendPackage(remote, pack, request, signal);
    const at = join(home, '.pai-tui', request.run, 'job');
    expect(sent).toEqual({
      sent: true,
      folder: at,
      differing: ['etc/a b.yaml', 'etc/deep/down/x'],
      notices: [],
    });
    for (const [path, text] of Object.entries(texts)) expect(await readFile(join(at, path), 'utf8')).toBe(text);
    expect((await stat(join(at, 'start.sh'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(at, 'etc/a b.yaml'))).mode & 0o777).toBe(0o644);
    for (const path of [join(home, '.pai-tui'), join(home, '.pai-tui', request.run), at, join(at, 'etc/deep')]) {
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
    expect(await readdir(join(home, '.pai-tui', request.run))).toEqual(['job']);
    expect(remote.asked).toHaveLength(2);
    await removePackage(remote, at, {sudo: false}, signal);
    expect(await readdir(home)).toEqual([]);
    await removePackage(remote, at, {sudo: false}, signal);
  });
});

test('it takes the place of one that is there from before, nothing of which stays', async () => {
  const {home, remote} = await machine();
  await sendPackage(remote, await packageOf({old: 'x', same: 'x'}), request, signal);
  const sent = await sendPackage(remote, await packageOf({same: 'y'}), request, signal);
  const at = join(home, '.pai-tui', request.run, 'job');
  expect(sent).toMatchObject({sent: true, folder: at});
  expect(await readdir(at)).toEqual(['same']);
  expect(await readFile(join(at, 'same'), 'utf8')).toBe('y');
});

test('two jobs of one run lie beside each other, and the folder of the run goes with the last', async () => {
  const {home, remote} = await machine();
  const one = await sendPackage(remote, await packageOf({x: '1'}), request, signal);
  const two = await sendPackage(remote, {...(await packageOf({x: '2'})), job: 'other'}, request, signal);
  const [first = '', second = ''] = [one, two].map((sent) => (sent.sent ? sent.folder : ''));
  await removePackage(remote, first, {sudo: false}, signal);
  expect(await readFile(join(second, 'x'), 'utf8')).toBe('2');
  await removePackage(remote, second, {sudo: false}, signal);
  expect(await readdir(home)).toEqual([]);
});

/** The same package, whose files below etc/ are installed in this folder instead of /etc. */
function installedIn(root: string, pack: Package): Package {
  return {
    ...pack,
    files: pack.files.map((file) => (file.installed ? {...file, installed: join(root, file.installed)} : file)),
  };
}

describe.each([
  ['sha256sum', ['sha256sum']],
  ['openssl', ['openssl']],
  ['cksum', ['cksum']],
] as const)('where there is %s', (tool, programs) => {
  const isThere = spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

  test.skipIf(!isThere)('nothing is sent to a machine that has it all, and a changed file is seen', async () => {
    const {home, remote} = await machine(['/bin/sh'], await only(...basics, ...programs));
    const pack = installedIn(home, await packageOf(texts));
    await mkdir(join(home, 'etc/deep/down'), {recursive: true});
    await writeFile(join(home, 'etc/a b.yaml'), 'a: ü\n');
    await writeFile(join(home, 'etc/deep/down/x'), '');
    const notices = tool === 'cksum' ? [expect.objectContaining({severity: 'notice', machine: 'node-3'})] : [];
    expect(await compareInstalled(remote, pack, {sudo: false}, signal)).toEqual({differing: [], compared: 2, tool});
    expect(await sendPackage(remote, pack, request, signal)).toEqual({sent: false, notices});
    expect(await readdir(home)).toEqual(['etc']);
    expect(await sendPackage(remote, pack, {...request, always: true}, signal)).toMatchObject({sent: true, notices});
    await writeFile(join(home, 'etc/a b.yaml'), 'a: u\n');
    expect(await sendPackage(remote, pack, request, signal)).toMatchObject({sent: true, differing: ['etc/a b.yaml']});
  });
});

test('a package that installs nothing is always sent, and nothing is compared before', async () => {
  const {remote} = await machine();
  expect(await sendPackage(remote, await packageOf({'a.sh': 'x'}), request, signal)).toMatchObject({sent: true});
  expect(remote.asked).toHaveLength(1);
});

describe('a machine that cannot take it says why, and nothing stays there', () => {
  const failing = async (remote: ReturnType<typeof createLocalRemote>) => {
    const pack = await packageOf(texts);
    return sendPackage(remote, pack, request, signal).then(
      () => undefined,
      (error: unknown) => problemOf(error),
    );
  };
  /** A machine whose tar is this script. */
  const withTar = async (text: string) => {
    const bin = await only(...basics.filter((name) => name !== 'tar'), 'sha256sum', 'cat');
    const {stdout} = spawnSync('sh', ['-c', 'command -v tar'], {encoding: 'utf8'});
    await writeFile(join(bin, 'tar'), `#!/bin/sh\nreal=${stdout.trim()}\n${text}`);
    await chmod(join(bin, 'tar'), 0o755);
    return machine(['/bin/sh'], bin);
  };

  test('a full disk', async () => {
    const {home, remote} = await withTar(
      'cat >/dev/null\necho "tar: job/x: Cannot write: No space left on device" >&2\nexit 2\n',
    );
    expect(await failing(remote)).toMatchObject({
      code: 'disk-full',
      machine: 'node-3',
      message: `The disk of ${home} on node-3 is full: the package job was not sent.`,
    });
    expect(await readdir(join(home, '.pai-tui', request.run))).toEqual([]);
  });

  test('a file that arrives damaged', async () => {
    const {home, remote} = await withTar('"$real" "$@" || exit\necho more >>"$4/job/start.sh"\n');
    expect(await failing(remote)).toMatchObject({
      code: 'package-corrupt',
      machine: 'node-3',
      message: 'The package job arrived damaged on node-3: start.sh. It was removed again.',
    });
    expect(await readdir(join(home, '.pai-tui', request.run))).toEqual([]);
  });

  test('a file that does not arrive', async () => {
    const {remote} = await withTar('"$real" "$@" || exit\nrm "$4/job/etc/a b.yaml"\n');
    expect(await failing(remote)).toMatchObject({
      code: 'package-corrupt',
      message: 'The package job arrived damaged on node-3: etc/a b.yaml. It was removed again.',
    });
  });

  test('no tar', async () => {
    const {remote} = await machine(['/bin/sh'], await only(...basics.filter((name) => name !== 'tar'), 'sha256sum'));
    expect(await failing(remote)).toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('not found'),
    });
  });

  test('a home folder that is a file', async () => {
    const home = join(folder, 'no-folder');
    await writeFile(home, '');
    const remote = createLocalRemote({environment: {PATH: process.env['PATH'] ?? '', HOME: home}});
    expect(await failing(remote)).toMatchObject({
      code: 'file-unwritable',
      message: `Nothing can be put into ${home}/.pai-tui on node-3: not a directory.`,
    });
  });

  test('no home folder', async () => {
    const remote = createLocalRemote({environment: {PATH: process.env['PATH'] ?? '', HOME: ''}});
    expect(await failing(remote)).toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining('HOME is not set'),
    });
  });

  test('a shell that ends in the middle', async () => {
    const {remote} = await withTar('kill -KILL $PPID\n');
    expect(await failing(remote)).toMatchObject({code: 'package-corrupt', message: expect.stringContaining('KILL')});
  });
});

test('what an upload that was killed left behind is gone after the next, and after removing', async () => {
  const {home, remote} = await machine();
  const run = join(home, '.pai-tui', request.run);
  await mkdir(join(run, '.part-job/job'), {recursive: true});
  const sent = await sendPackage(remote, await packageOf({x: '1'}), request, signal);
  expect(await readdir(run)).toEqual(['job']);
  await mkdir(join(run, '.part-job'));
  await removePackage(remote, sent.sent ? sent.folder : '', {sudo: false}, signal);
  expect(await readdir(home)).toEqual([]);
});

test.each([
  '/',
  '/home',
  '/home/x/.pai-tui',
  '/home/x/.pai-tui/run',
  '/home/../.pai-tui/run/job',
  'x/.pai-tui/run/job',
  '/x/.pai-tui/../job',
  '/x/.pai-tui/run/*',
])('%s is never removed', async (path) => {
  const {remote} = await machine();
  await expect(removePackage(remote, path, {sudo: false}, signal)).rejects.toThrow('no folder of a package');
  expect(remote.asked).toEqual([]);
});

test('digests of what is secret are in no argument', async () => {
  const {remote} = await machine(busybox);
  const pack = await packageOf(texts);
  await sendPackage(remote, pack, request, signal);
  const said = JSON.stringify(remote.asked.map(({script, args}) => ({script, args})));
  for (const {digest} of pack.files) expect(said).not.toContain(digest);
});

test('the CRC is that of POSIX cksum', () => {
  for (const text of ['', 'a', '123456789', 'x'.repeat(70_000)]) {
    const {stdout} = spawnSync('cksum', {input: text, encoding: 'utf8'});
    expect(`${crcOf(Buffer.from(text))} ${text.length}`).toBe(stdout.trim());
  }
});
