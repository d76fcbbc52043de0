import {createHash} from 'node:crypto';
import {chmod, mkdir, mkdtemp, readFile, rename, stat, symlink, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

let home: string;
let folder: string;
let cacheFile: string;
let files: ReturnType<typeof createFiles>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hash-'));
  folder = join(home, 'context');
  cacheFile = join(home, 'state/hashes');
  await mkdir(folder);
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(join(folder, 'a'), 'alpha');
  files = createFiles({cacheFile});
});
afterEach(async () => {
  vi.useRealTimers();
  await files.removeTree(home);
});

describe('hashEntries', () => {
  it('gives the SHA-256 of contents, and tells links and folders apart by kind and target', async () => {
    await symlink('a', join(folder, 'link'));
    await symlink('b', join(folder, 'other'));
    await mkdir(join(folder, 'sub'));
    const hashes = await hash();
    expect(hashes.get('a')).toBe(sha256('alpha'));
    expect([...hashes.keys()].sort()).toEqual(['Dockerfile', 'a', 'link', 'other', 'sub']);
    expect(new Set(hashes.values()).size).toBe(5);
  });

  it('does not read a settled file again, nor after a restart', async () => {
    await hashLater();
    await tamper();
    expect((await hash()).get('a')).toBe(sha256('alpha'));
    expect((await hash(createFiles({cacheFile}))).get('a')).toBe(sha256('alpha'));
  });

  it('remembers what one way of looking at a folder leaves out for the other', async () => {
    await hashLater();
    await writeFile(join(folder, '.dockerignore'), 'a\n');
    expect([...(await hash()).keys()]).not.toContain('a');
    await files.removeTree(join(folder, '.dockerignore'));
    await tamper();
    expect((await hash()).get('a')).toBe(sha256('alpha'));
  });

  it('reads a file again that is younger than its hash', async () => {
    await hash();
    await tamper();
    expect((await hash()).get('a')).toBe(sha256('gamma'));
  });

  it.each([
    ['size', () => writeFile(join(folder, 'a'), 'longer')],
    ['mtime or ctime', () => writeFile(join(folder, 'a'), 'omega')],
    ['ctime alone', () => rewriteKeepingMtime()],
    ['inode', () => replaceKeepingTimes()],
  ])('notices a change of %s', async (_, change) => {
    await hashLater();
    await change();
    expect((await hash()).get('a')).toBe(sha256(await readFile(join(folder, 'a'), 'utf8')));
  });

  it('keeps its cache to the account, forgets vanished files and folders', async () => {
    await hashLater();
    const other = join(home, 'other');
    await mkdir(other);
    await writeFile(join(other, 'Dockerfile'), 'FROM other\n');
    await files.hashEntries(other, await files.listContext(other, 'Dockerfile'));
    expect((await stat(cacheFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(cacheFile, 'utf8')).toContain(other);
    await files.removeTree(join(folder, 'a'));
    await files.removeTree(other);
    // Written only when there is something new to remember.
    await writeFile(join(folder, 'new'), 'new');
    await hash();
    const text = await readFile(cacheFile, 'utf8');
    expect(text).not.toContain(sha256('alpha'));
    expect(text).not.toContain(other);
    expect(text).toContain(sha256('FROM scratch\n'));
  });

  it.each([
    'nonsense',
    '',
    'pai-tui file hashes, version 2\n/x\n',
    `pai-tui file hashes, version 1\n${'\0'.repeat(100)}`,
    'pai-tui file hashes, version 1\n/torn\nabc',
  ])('does without a cache that holds %j, and makes it anew', async (content) => {
    await mkdir(join(home, 'state'));
    await writeFile(cacheFile, content);
    expect((await hash()).get('a')).toBe(sha256('alpha'));
    expect(await readFile(cacheFile, 'utf8')).toContain(sha256('alpha'));
  });

  it('does without a cache that cannot be written', async () => {
    await writeFile(join(home, 'state'), 'a file where the folder should be');
    expect((await hash()).get('a')).toBe(sha256('alpha'));
  });

  it('shares the cache with other processes without losing what they wrote', async () => {
    const other = join(home, 'other');
    await mkdir(other);
    await writeFile(join(other, 'Dockerfile'), 'FROM other\n');
    const [first, second] = [createFiles({cacheFile}), createFiles({cacheFile})];
    await hash(first);
    await second.hashEntries(other, await second.listContext(other, 'Dockerfile'));
    await writeFile(join(folder, 'b'), 'beta');
    await hash(first);
    const text = await readFile(cacheFile, 'utf8');
    for (const content of ['alpha', 'beta', 'FROM other\n']) expect(text).toContain(sha256(content));
  });

  it('survives many processes that write at once', async () => {
    const all = Array.from({length: 8}, () => createFiles({cacheFile}));
    const results = await Promise.all(all.map((each) => hash(each)));
    expect(results.every((result) => result.get('a') === sha256('alpha'))).toBe(true);
    expect(await readFile(cacheFile, 'utf8')).toMatch(/^pai-tui file hashes, version 1\n\/[\s\S]*\n$/);
  });

  it('remembers names with line ends and backslashes', async () => {
    for (const name of ['new\nline', 'back\\slash', '\\10;', 'é \u2028']) await writeFile(join(folder, name), name);
    await hashLater();
    await tamper('new\nline', 'NEW\nLINE');
    const hashes = await hash(createFiles({cacheFile}));
    expect(hashes.get('new\nline')).toBe(sha256('new\nline'));
    for (const name of ['back\\slash', '\\10;', 'é \u2028']) expect(hashes.get(name)).toBe(sha256(name));
  });

  it('names a file that is gone, and stops when it is told to', async () => {
    const entries = await files.listContext(folder, 'Dockerfile');
    await expect(files.hashEntries(folder, entries, AbortSignal.abort('enough'))).rejects.toBe('enough');
    await files.removeTree(join(folder, 'a'));
    const problem = await files.hashEntries(folder, entries).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(folder, 'a')});
  });
});

async function hash(by = files): Promise<ReadonlyMap<string, string>> {
  return by.hashEntries(folder, await by.listContext(folder, 'Dockerfile'));
}

/** Hashes as if all files had been written ten seconds before. */
async function hashLater(): Promise<void> {
  vi.useFakeTimers({toFake: ['Date'], now: Date.now() + 10_000});
  await hash();
  vi.useRealTimers();
}

/**
 * Makes the cache hold of a file what its next content has, all but the hash: whether the file was read again is then
 * seen by the hash.
 */
async function tamper(name = 'a', content = 'gamma'): Promise<void> {
  const path = join(folder, name);
  const before = await stat(path, {bigint: true});
  await writeFile(path, content);
  const after = await stat(path, {bigint: true});
  const text = await readFile(cacheFile, 'utf8');
  const times = (found: typeof before) => `${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}`;
  expect(text).toContain(times(before));
  await writeFile(cacheFile, text.replace(times(before), times(after)));
}

async function rewriteKeepingMtime(): Promise<void> {
  const {mtime, atime} = await stat(join(folder, 'a'));
  await writeFile(join(folder, 'a'), 'omega');
  await utimes(join(folder, 'a'), atime, mtime);
}

async function replaceKeepingTimes(): Promise<void> {
  const {mtime, atime, mode} = await stat(join(folder, 'a'));
  await writeFile(join(folder, 'fresh'), 'omega');
  await chmod(join(folder, 'fresh'), mode);
  await utimes(join(folder, 'fresh'), atime, mtime);
  await rename(join(folder, 'fresh'), join(folder, 'a'));
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
