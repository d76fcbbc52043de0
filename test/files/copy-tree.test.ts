import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, rmSync} from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

const silent = {progress: () => undefined};
const never = new AbortController().signal;

let folder: string;
let from: string;
let to: string;
let files: ReturnType<typeof createFiles>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copy-'));
  from = join(folder, 'from');
  to = join(folder, 'to');
  files = createFiles({cacheFile: join(folder, 'cache')});
  await mkdir(from);
});
afterEach(() => files.removeTree(folder));

describe('copyTree', () => {
  it('keeps contents, hidden files, modes, times and links', async () => {
    await plantTree();
    const report = await files.copyTree(from, to, silent, never);
    expect(await picture(to)).toEqual(await picture(from));
    expect(report).toEqual({files: 5, bytes: 22, how: expect.stringMatching(/reflink|copy/), skipped: []});
  });

  it('leaves the source as it was, to the times of its folders', async () => {
    await plantTree();
    const before = await picture(from, 'with inodes and ctimes');
    await files.copyTree(from, to, silent, never);
    expect(await picture(from, 'with inodes and ctimes')).toEqual(before);
  });

  it('makes files of their own, never hard links', async () => {
    await plantTree();
    await files.copyTree(from, to, silent, never);
    expect((await lstat(join(to, 'run.sh'))).ino).not.toBe((await lstat(join(from, 'run.sh'))).ino);
    await writeFile(join(to, 'run.sh'), 'changed');
    expect(await readFile(join(from, 'run.sh'), 'utf8')).toBe('#!/bin/sh\n');
  });

  it('copies names that are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${from}/caf`), Buffer.from([0xe9])]);
    await writeFile(name, 'latin');
    await files.copyTree(from, to, silent, never);
    expect((await readdir(to, {encoding: 'buffer'}))[0]).toEqual(Buffer.from([0x63, 0x61, 0x66, 0xe9]));
  });

  it('leaves sockets and pipes behind and says so', async () => {
    execFileSync('mkfifo', [join(from, 'pipe')]);
    const server = createServer().listen(join(from, 'socket'));
    await once(server, 'listening');
    try {
      await writeFile(join(from, 'file'), 'x');
      const report = await files.copyTree(from, to, silent, never);
      expect([...report.skipped].sort()).toEqual(['pipe', 'socket']);
      expect(await readdir(to)).toEqual(['file']);
    } finally {
      server.close();
    }
  });

  it('tells how many bytes of how many are there', async () => {
    await writeFile(join(from, 'a'), 'x'.repeat(1_000));
    await writeFile(join(from, 'b'), 'x'.repeat(500));
    const seen: [number, number | undefined][] = [];
    await files.copyTree(from, to, {progress: (done, total) => seen.push([done, total])}, never);
    expect(seen.at(-1)).toEqual([1_500, 1_500]);
    expect(seen).toHaveLength(2);
  });

  it('copies a large file by pieces, with its mode', async () => {
    const size = 20 * 1024 * 1024 + 3;
    await writeFile(join(from, 'large'), Buffer.alloc(size, 'abc'));
    await chmod(join(from, 'large'), 0o4711);
    await files.copyTree(from, to, silent, never);
    expect((await readFile(join(to, 'large'))).equals(Buffer.alloc(size, 'abc'))).toBe(true);
    expect((await lstat(join(to, 'large'))).mode & 0o7777).toBe(0o4711);
  });

  it('copies a single file and a single link', async () => {
    await writeFile(join(from, 'file'), 'x');
    await symlink('nowhere', join(from, 'link'));
    await files.copyTree(join(from, 'file'), join(to, 'deep/file'), silent, never);
    await files.copyTree(join(from, 'link'), join(to, 'link'), silent, never);
    expect(await readFile(join(to, 'deep/file'), 'utf8')).toBe('x');
    expect(await readlink(join(to, 'link'))).toBe('nowhere');
  });

  it('replaces files of a folder that is there, not what they link to, and keeps the others', async () => {
    await mkdir(to);
    await writeFile(join(folder, 'outside'), 'precious');
    await symlink('../outside', join(to, 'file'));
    await writeFile(join(to, 'other'), 'stays');
    await writeFile(join(from, 'file'), 'new');
    await files.copyTree(from, to, silent, never);
    expect(await readFile(join(to, 'file'), 'utf8')).toBe('new');
    expect(await readFile(join(to, 'other'), 'utf8')).toBe('stays');
    expect(await readFile(join(folder, 'outside'), 'utf8')).toBe('precious');
  });

  it('does not copy through a link that takes the place of a folder', async () => {
    await mkdir(join(from, 'sub'));
    await writeFile(join(from, 'sub/file'), 'x');
    await mkdir(to);
    await mkdir(join(folder, 'outside'));
    await symlink('../outside', join(to, 'sub'));
    const problem = await files.copyTree(from, to, silent, never).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unwritable', file: join(to, 'sub')});
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
  });

  it.each([
    ['from', 'from/sub/to'],
    ['from', 'from'],
    ['from/sub', 'from'],
    ['from', 'alias/to'],
  ])('refuses to copy %s to %s', async (source, target) => {
    await mkdir(join(from, 'sub'));
    await symlink('from', join(folder, 'alias'));
    const before = await picture(from, 'with inodes and ctimes');
    const problem = await files.copyTree(join(folder, source), join(folder, target), silent, never).catch(problemOf);
    expect(problem).toMatchObject({code: 'path-leaves-tree'});
    expect(await picture(from, 'with inodes and ctimes')).toEqual(before);
  });

  it('names a source that is not there', async () => {
    const problem = await files.copyTree(join(folder, 'gone'), to, silent, never).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(folder, 'gone')});
    expect(await files.exists(to)).toBe(false);
  });

  it('names a file that vanishes in the middle, and removes what it made', async () => {
    for (let count = 0; count < 50; count++) await writeFile(join(from, `f${count}`), 'x');
    await mkdir(join(from, 'sub'));
    await writeFile(join(from, 'sub/late'), 'x');
    const vanish = {progress: () => rmSync(join(from, 'sub/late'), {force: true})};
    const problem = await files.copyTree(from, join(to, 'deep'), vanish, never).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(from, 'sub/late')});
    expect(await files.exists(to)).toBe(false);
  });

  it('leaves nothing when it is aborted, not even the folders above, and keeps what was there', async () => {
    await mkdir(to);
    await writeFile(join(to, 'mine'), 'stays');
    for (let count = 0; count < 50; count++) await writeFile(join(from, `f${count}`), 'x');
    await mkdir(join(from, 'sub'));
    await chmod(join(from, 'sub'), 0o555);
    const stop = new AbortController();
    const copying = files.copyTree(from, to, {progress: () => stop.abort('enough')}, stop.signal);
    await expect(copying).rejects.toBe('enough');
    expect(await readdir(to)).toEqual(['mine']);
    const deep = files.copyTree(from, join(folder, 'x/y/z'), {progress: () => stop.abort('enough')}, stop.signal);
    await expect(deep).rejects.toBe('enough');
    expect(await files.exists(join(folder, 'x'))).toBe(false);
  });

  it('can be aborted in the middle of one large file', async () => {
    await writeFile(join(from, 'large'), '');
    await truncate(join(from, 'large'), 4 * 1024 ** 3);
    const stop = new AbortController();
    let done = 0;
    const watch = {
      progress: (bytes: number) => {
        done = bytes;
        stop.abort('enough');
      },
    };
    await expect(files.copyTree(from, to, watch, stop.signal)).rejects.toBe('enough');
    expect(done).toBeLessThan(1024 ** 3);
    expect(await files.exists(to)).toBe(false);
  });

  it('refuses before it fills a disk that is too small, with both numbers', async () => {
    const size = 2 ** 50;
    await writeFile(join(from, 'huge'), '');
    const made = await truncate(join(from, 'huge'), size).then(
      () => size,
      async () => {
        // The file system knows no such large files: the largest of ext4 is 16 TiB.
        await truncate(join(from, 'huge'), 15 * 2 ** 40);
        return 15 * 2 ** 40;
      },
    );
    const problem = await files.copyTree(from, to, silent, never).catch(problemOf);
    expect(problem).toMatchObject({code: 'disk-full'});
    expect(problem).toHaveProperty(
      'message',
      expect.stringMatching(`${(made / 1e6).toFixed(0)} MB needed, \\d+ MB free`),
    );
    expect(await files.exists(to)).toBe(false);
  });
});

describe.runIf(process.getuid?.() === 0)('as an ordinary account', () => {
  it('copies read-only folders, removes them again and names files it may not read', async () => {
    await chmod(folder, 0o777);
    await mkdir(join(from, 'closed'));
    await writeFile(join(from, 'closed/file'), 'x');
    await chmod(join(from, 'closed'), 0o555);
    const program = fileURLToPath(new URL('fixtures/copy-and-remove.ts', import.meta.url));
    const asNobody = async () => {
      const child = spawn(process.execPath, [program, from, to], {
        uid: 65534,
        gid: 65534,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (bytes) => {
        text += bytes;
      });
      await once(child, 'close');
      return text;
    };
    expect(await asNobody()).toBe('copied 555, removed\n');
    await writeFile(join(from, 'secret'), 'x');
    await chmod(join(from, 'secret'), 0o600);
    expect(await asNobody()).toBe(
      `file-unreadable: ${join(from, 'secret')} cannot be read: permission denied.; nothing left\n`,
    );
  });
});

const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

describe.runIf(mayMount)('on a disk that fills up', () => {
  it('says so with numbers, and leaves nothing half-written', async () => {
    const program = fileURLToPath(new URL('fixtures/fill-disk.ts', import.meta.url));
    for (let count = 0; count < 30; count++) await writeFile(join(from, `f${count}`), '');
    await mkdir(to);
    // In a mount namespace of its own, which ends with the command.
    const line = 'mount -t tmpfs -o size=1m,nr_inodes=20 tmpfs "$2" && exec "$0" "$3" "$1" "$2"';
    const output = execFileSync('unshare', ['-m', 'sh', '-c', line, process.execPath, from, to, program]).toString();
    const lines = output.split('\n');
    expect(lines[0]).toMatch(/^disk-full: The disk of .*\/to\/file is full \(2\.0 MB needed, \d\.\d MB free\)\.$/);
    expect(lines[1]).toMatch(/^disk-full: The disk of .* is full \(1\.0 MB free, no inode left\)\.$/);
    expect(lines[2]).toBe('left: ');
  });
});

const mayLoop = mayMount && spawnSync('losetup', ['-f'], {stdio: 'ignore'}).status === 0;

describe.runIf(mayLoop)('on a file system that can share blocks', () => {
  const program = fileURLToPath(new URL('fixtures/copy-on-disk.ts', import.meta.url));
  const made = (mkfs: string) => ['/sbin', '/usr/sbin'].map((place) => join(place, mkfs)).find(existsSync);

  for (const [kind, mkfs, options, how] of [
    ['btrfs', made('mkfs.btrfs'), [], 'mixed'],
    ['xfs', made('mkfs.xfs'), ['-m', 'reflink=1'], 'reflink'],
  ] as const)
    it.skipIf(mkfs === undefined)(`takes no space for a copy: ${kind}`, () => {
      const image = join(folder, 'disk');
      execFileSync('truncate', ['-s', '700M', image]);
      execFileSync(mkfs ?? '', ['-q', ...options, image]);
      const line = 'mkdir "$1.mounted" && mount -o loop -t "$2" "$1" "$1.mounted" && exec "$0" "$3" "$1.mounted"';
      // In a mount namespace of its own, which ends with the command.
      const argv = ['-m', 'sh', '-c', line, process.execPath, image, kind, program];
      expect(JSON.parse(execFileSync('unshare', argv).toString())).toEqual({
        how,
        tookLittle: true,
        same: true,
        untouched: true,
      });
    });
});

/** Something of everything. */
async function plantTree(): Promise<void> {
  await mkdir(join(from, '.git/refs'), {recursive: true});
  await writeFile(join(from, '.git/HEAD'), 'ref: x\n');
  await writeFile(join(from, 'run.sh'), '#!/bin/sh\n');
  await writeFile(join(from, 'empty'), '');
  await chmod(join(from, 'run.sh'), 0o755);
  await writeFile(join(from, 'readonly'), 'deep\n');
  await chmod(join(from, 'readonly'), 0o444);
  await symlink('run.sh', join(from, 'link'));
  await mkdir(join(from, 'closed'));
  await utimes(join(from, 'run.sh'), 1_000_000_000, 1_000_000_000.25);
  await chmod(join(from, 'closed'), 0o500);
  await utimes(join(from, '.git'), 1_100_000_000, 1_100_000_000);
  execFileSync('touch', ['-d', '1960-01-02', join(from, 'empty')]);
  await utimes(from, 1_200_000_000, 1_200_000_000);
}

async function picture(root: string, also?: 'with inodes and ctimes'): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const path of ['.', ...(await readdir(root, {recursive: true}))].sort()) {
    const full = join(root, path);
    const stat = await lstat(full);
    result[path] = {
      mode: stat.mode,
      mtimeMs: stat.mtimeMs.toFixed(1),
      content: stat.isSymbolicLink() ? await readlink(full) : stat.isFile() ? await content(full) : 'folder',
      ...(also ? {ino: stat.ino, ctimeMs: stat.ctimeMs} : {}),
    };
  }
  return result;
}

async function content(path: string): Promise<string> {
  const file = await open(path);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
