import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {appendFile, chmod, mkdir, mkdtemp, symlink, truncate, utimes, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Writable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

let folder: string;
let files: ReturnType<typeof createFiles>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'context-'));
  files = createFiles({cacheFile: join(folder, '../unused-cache')});
  await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => files.removeTree(folder));

describe('listContext', () => {
  it('lists every entry, sorted, with what the engine needs to know of it', async () => {
    await mkdir(join(folder, 'b/c'), {recursive: true});
    await writeFile(join(folder, 'b/c/file'), 'four');
    await chmod(join(folder, 'b/c/file'), 0o2750);
    await symlink('/etc/passwd', join(folder, 'a'));
    await utimes(join(folder, 'b/c/file'), 5, 5);
    expect(await list()).toEqual([
      {path: 'Dockerfile', kind: 'file', mode: 0o644, size: 13, mtimeMs: expect.any(Number)},
      {path: 'a', kind: 'link', mode: 0o777, size: 0, mtimeMs: expect.any(Number), target: '/etc/passwd'},
      {path: 'b', kind: 'folder', mode: 0o755, size: 0, mtimeMs: expect.any(Number)},
      {path: 'b/c', kind: 'folder', mode: 0o755, size: 0, mtimeMs: expect.any(Number)},
      {path: 'b/c/file', kind: 'file', mode: 0o2750, size: 4, mtimeMs: 5_000},
    ]);
  });

  it('keeps the Dockerfile and .dockerignore although they are ignored, also deep in an ignored folder', async () => {
    await mkdir(join(folder, 'build'));
    await writeFile(join(folder, 'build/x.dockerfile'), 'FROM scratch\n');
    await writeFile(join(folder, '.dockerignore'), '*');
    expect(await paths('./build/x.dockerfile')).toEqual(['.dockerignore', 'build/x.dockerfile']);
    await writeFile(join(folder, '.dockerignore'), 'build\n!**/x.dockerfile');
    expect(await paths('build/x.dockerfile')).toContain('build/x.dockerfile');
  });

  it("goes by the Dockerfile's own ignore file for BuildKit alone, which need not be sent any other", async () => {
    for (const name of ['a', 'b']) await writeFile(join(folder, name), name);
    await writeFile(join(folder, '.dockerignore'), 'a\n.dockerignore\n');
    const sent = async () =>
      (await files.listContext(folder, 'Dockerfile', undefined, 'buildkit')).map(({path}) => path);
    expect(await paths()).toEqual(['.dockerignore', 'Dockerfile', 'b']);
    expect(await sent()).toEqual(['Dockerfile', 'b']);
    await writeFile(join(folder, 'Dockerfile.dockerignore'), '*\n!a\n');
    expect(await sent()).toEqual(['Dockerfile', 'a']);
    expect(await paths()).toEqual(['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'b']);
  });

  it('takes for a Dockerfile that is a link the file it leads to, although that one is not sent', async () => {
    const beside = await mkdtemp(join(tmpdir(), 'beside-'));
    try {
      await writeFile(join(beside, 'common'), 'FROM common\n');
      await symlink(join(beside, 'common'), join(folder, 'linked'));
      const entries = await list('linked');
      expect(entries.map(({path, kind}) => [path, kind])).toEqual([
        ['Dockerfile', 'file'],
        ['linked', 'file'],
      ]);
      const content = execFileSync('tar', ['-xOf', '-', 'linked'], {
        input: await buffer(files.packContext(folder, entries)),
      });
      expect(content.toString()).toBe('FROM common\n');
      const before = (await files.hashEntries(folder, entries)).get('linked');
      await writeFile(join(beside, 'common'), 'FROM another\n');
      expect((await files.hashEntries(folder, await list('linked'))).get('linked')).not.toBe(before);
      await files.removeTree(join(beside, 'common'));
      expect(await list('linked').catch(problemOf)).toMatchObject({
        code: 'file-unreadable',
        file: join(folder, 'linked'),
      });
    } finally {
      await files.removeTree(beside);
    }
  });

  it('does not look into folders that are ignored', async () => {
    await mkdir(join(folder, 'node_modules'));
    execFileSync('mkfifo', [join(folder, 'node_modules/pipe')]);
    await writeFile(join(folder, '.dockerignore'), 'node_modules');
    expect(await paths()).toEqual(['.dockerignore', 'Dockerfile']);
  });

  it('leaves sockets out and names a pipe that cannot be sent', async () => {
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    expect(await paths()).toEqual(['Dockerfile']);
    server.close();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const problem = await paths().catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(folder, 'pipe')});
    expect(problem).toHaveProperty('message', expect.stringContaining('is a named pipe'));
  });

  it('names a file whose name is no text', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), 'x');
    const problem = await paths().catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', message: expect.stringContaining('not UTF-8')});
  });

  it('says that the Dockerfile or the folder is not there', async () => {
    expect(await paths('other').catch(problemOf)).toMatchObject({code: 'not-found', file: join(folder, 'other')});
    const gone = join(folder, 'gone');
    expect(await files.listContext(gone, 'x').catch(problemOf)).toMatchObject({code: 'file-unreadable', file: gone});
  });

  it('stops when it is told to', async () => {
    await expect(files.listContext(folder, 'Dockerfile', AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});

describe('packContext', () => {
  it('is a tar that GNU tar unpacks to the same tree, long names, late times and empty modes included', async () => {
    const deep = `${'deep-folder/'.repeat(25)}é-${'n'.repeat(150)}`;
    await mkdir(join(folder, deep, '..'), {recursive: true});
    await writeFile(join(folder, deep), 'deep');
    await symlink(`${'x'.repeat(180)}/target`, join(folder, 'long-link'));
    await writeFile(join(folder, 'late'), 'x');
    await utimes(join(folder, 'late'), 4_102_444_800, 4_102_444_800);
    await writeFile(join(folder, 'early'), 'x');
    execFileSync('touch', ['-d', '@-5', join(folder, 'early')]);
    await writeFile(join(folder, 'shut'), 'x');
    await chmod(join(folder, 'shut'), 0);
    const listing = execFileSync('tar', ['--utc', '--full-time', '--numeric-owner', '-tvf', '-'], {
      input: await tar(),
    }).toString();
    const lines = listing
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/));
    const named = (name: string) => lines.find((parts) => parts[5] === name);
    expect(lines).toHaveLength(1 + 25 + 5);
    expect(named('late')?.slice(0, 5)).toEqual(['-rw-r--r--', '0/0', '1', '2100-01-01', '00:00:00']);
    expect(named('early')?.[3]).toBe('1970-01-01');
    expect(named('shut')?.[0]).toBe('----------');
    expect(listing).toContain(`long-link -> ${'x'.repeat(180)}/target`);
    const content = execFileSync('tar', ['-xOf', '-', '--wildcards', '*nnn'], {input: await tar()});
    expect(content.toString()).toBe('deep');
  });

  it('writes sizes that do not fit the plain header', async () => {
    await writeFile(join(folder, 'huge'), '');
    await truncate(join(folder, 'huge'), 9 * 1024 ** 3);
    const stream = files.packContext(folder, await list());
    let start = Buffer.alloc(0);
    for await (const chunk of stream) {
      start = Buffer.concat([start, chunk]);
      if (start.length > 4_096) break;
    }
    const listing = execFileSync('sh', ['-c', 'tar -tvf - 2>/dev/null || true'], {input: start}).toString();
    expect(listing).toMatch(/ 9663676416 .* huge/);
  });

  it('holds little in memory, and reads only as fast as it is consumed', async () => {
    const size = 1024 ** 3;
    await writeFile(join(folder, 'large'), '');
    await truncate(join(folder, 'large'), size);
    const stream = files.packContext(folder, await list());
    const before = process.memoryUsage.rss();
    let taken = 0;
    let most = 0;
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        taken += chunk.length;
        most = Math.max(most, process.memoryUsage.rss());
        setImmediate(done);
      },
    });
    await pipeline(stream, slow);
    expect(taken).toBe(size + 3 * 512 + 1_024);
    expect(most - before).toBeLessThan(300 * 1024 ** 2);
  });

  it.each([
    ['shrank', () => truncate(join(folder, 'a'), 10)],
    ['grew', () => appendFile(join(folder, 'a'), 'more')],
    ['was replaced by one of the same size', () => writeFile(join(folder, 'a'), 'y'.repeat(1_000))],
    ['was replaced by a link', () => replaceByLink()],
    ['was replaced by a pipe', () => replaceByPipe()],
    ['is gone', () => files.removeTree(join(folder, 'a'))],
  ])('fails with the name of a file that %s since it was listed', async (_, change) => {
    await writeFile(join(folder, 'a'), 'x'.repeat(1_000));
    await utimes(join(folder, 'a'), 1, 1);
    const entries = await files.listContext(folder, 'Dockerfile');
    await change();
    const problem = await buffer(files.packContext(folder, entries)).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(folder, 'a')});
  });

  it.each([
    ['shrinks', () => truncate(join(folder, 'a'), 10 * 1024 ** 2)],
    ['grows', () => appendFile(join(folder, 'a'), 'more')],
  ])('fails with the name of a file that %s while it is read', async (_, change) => {
    await writeFile(join(folder, 'a'), 'x'.repeat(20 * 1024 ** 2));
    const stream = files.packContext(folder, await files.listContext(folder, 'Dockerfile'));
    const reading = async () => {
      let taken = 0;
      for await (const chunk of stream) {
        if (taken === 0) await change();
        taken += chunk.length;
      }
    };
    const problem = await reading().catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(folder, 'a')});
    expect(problem).toHaveProperty('message', expect.stringContaining('changed while it was sent'));
  });

  it('closes its files when the consumer goes away', async () => {
    await writeFile(join(folder, 'a'), 'x'.repeat(20 * 1024 ** 2));
    const stream = files.packContext(folder, await files.listContext(folder, 'Dockerfile'));
    for await (const _ of stream) break;
    await expect.poll(() => execFileSync('ls', ['-l', `/proc/${process.pid}/fd`]).toString()).not.toContain(folder);
  });
});

async function replaceByLink(): Promise<void> {
  await files.removeTree(join(folder, 'a'));
  await symlink('/etc/passwd', join(folder, 'a'));
}

async function replaceByPipe(): Promise<void> {
  await files.removeTree(join(folder, 'a'));
  execFileSync('mkfifo', [join(folder, 'a')]);
}

function list(dockerfile = 'Dockerfile') {
  return files.listContext(folder, dockerfile);
}

async function paths(dockerfile?: string): Promise<string[]> {
  return (await list(dockerfile)).map(({path}) => path);
}

async function tar(): Promise<Buffer> {
  return buffer(files.packContext(folder, await list()));
}
