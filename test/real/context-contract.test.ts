// Our build contexts against those of the docker CLI: what it sends, byte for byte of the headers, and what a real
// engine makes of both. The list of patterns is the contract; docker changed five of them with version 23.
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, link, mkdir, mkdtemp, readFile, rm, symlink, unlink, utimes, writeFile} from 'node:fs/promises';
import {createServer, request, type Server} from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer, text} from 'node:stream/consumers';
import {extract} from 'tar-stream';
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

const dockerfile = 'b.dockerfile';

const ignoreFiles = [
  ...['', '# nothing\n\n', 'a*', '*\n!a', '*\n!dir/x', 'dir\n!dir/sub/y.js', '**/*.js', '**/y.js\n!dir/sub/y.js'],
  ...['*\n!**/y.js', 'dir/*\n!dir/sub', '# c\n #d\n  a.txt  \n', '/dir/x', './dir/x', 'dir/', 'dir/**', '**/sub'],
  ...['**', '*\n!dir', '[ab].txt', '[^a].txt', '[!a].txt', 'a?txt', '\\!bang', '!bang', 'Dockerfile', '.dockerignore'],
  ...['b.dockerfile\n*', '.*', '**/.*', 'a.txt\r\nb.txt\r\n', 'dir/../a.txt', 'dir//x', 'dir/**/y.js', '*/x', '*/*'],
  ...['*/*/*\n!dir/sub/y.js', '*\n!*.txt\n!dir\ndir/x', '\ufeffa.txt', 'link', 'linkdir', 'linkdir/x', 'foo[*]'],
  ...['{a,b}.txt', 'é*', '**/sub/**\n!**/y.js', '.', '/', 'dir\n!dir/*/y.js', 'a.txt\n!a.txt\na.txt', '**/', '**/*'],
  ...['dir*\n!dir/x\n!dir2/sub/y.js', '**/x\n!dir/**', '*.[tj]*', '\\a.txt', 'a\\.txt', '\\d.txt', '**/**', 'x/**/..'],
  ...['!a.txt', '**/dir/x', '/**/x', '/*\n!/dir/', 'dir/*.js', 'DIR', '[\\]]a.txt', 'a\\*', '! a.txt', '*\n! a.txt'],
];

/** Where docker before 23 took regular expression characters for what they are, or forgot parents. */
const ignoreFilesSince23 = ['**sub', '**.txt', 'a+b', '*+*', 'dir/sub\n!dir'];

const refused = ['!/', '[a', 'a\\', '*\n!', 'dir/[a-', '[]a].txt', '[-a]', '\\q.txt'];

const docker = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => existsSync(path));
const version = docker ? Number(/version (\d+)/.exec(execFileSync(docker, ['--version']).toString())?.[1]) : 0;

let home: string;
let context: string;
let files: ReturnType<typeof createFiles>;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'context-contract-'));
  files = createFiles({cacheFile: join(home, 'cache')});
  context = await plantContext(join(home, 'context'));
});
afterAll(() => rm(home, {recursive: true, force: true}));

describe.skipIf(docker === undefined)('a context', () => {
  let ear: Server;
  let heard: Promise<Buffer> | undefined;

  beforeAll(async () => {
    ear = createServer((incoming, answer) => {
      answer.setHeader('Api-Version', '1.41').setHeader('Ostype', 'linux');
      if (!incoming.url?.includes('/build?')) {
        incoming.resume();
        answer.end('OK');
        return;
      }
      heard = buffer(incoming);
      void heard.then(() => answer.setHeader('Content-Type', 'application/json').end('{"stream":"heard"}\n'));
    }).listen(join(home, 'ear'));
    await once(ear, 'listening');
  });
  afterAll(() => ear.close());

  it.each([...ignoreFiles, ...(version < 23 ? [] : ignoreFilesSince23)])(
    'is what the docker CLI sends with %j',
    async (ignoreFile) => {
      await writeFile(join(context, '.dockerignore'), ignoreFile);
      heard = undefined;
      const {output} = await buildWithCli(join(home, 'ear'));
      expect(heard, output).toBeDefined();
      expect(await headersOf(await ourTar())).toEqual(await headersOf(await (heard ?? Buffer.alloc(0))));
    },
  );

  it.each(refused)('is refused with %j, as the docker CLI does', async (ignoreFile) => {
    await writeFile(join(context, '.dockerignore'), `# first\n${ignoreFile}`);
    heard = undefined;
    expect((await buildWithCli(join(home, 'ear'))).exit).not.toBe(0);
    expect(heard).toBeUndefined();
    const problem = await ourTar().catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', file: join(context, '.dockerignore')});
    expect(problem).toHaveProperty('line', ignoreFile.includes('\n') ? 3 : 2);
  });
});

const engine = inject('realEngine');

describe.skipIf(engine === null || docker === undefined)('an image', () => {
  const socket = engine?.socket ?? '';

  it.each(['', '*\n!dir/sub/y.js', 'b.dockerfile\n.dockerignore', '**/x', 'dir\n!dir/sub', '**/.*\nlink*\n!linkdir'])(
    'of our context holds what one built by the docker CLI holds with %j',
    async (ignoreFile) => {
      await writeFile(join(context, '.dockerignore'), ignoreFile);
      const {exit, output} = await buildWithCli(socket, 'by-cli');
      expect(exit, output).toBe(0);
      const answer = await call(socket, 'POST', `/build?dockerfile=${dockerfile}&t=by-us&nocache=1`, await ourTar());
      expect(answer.toString()).toContain('Successfully tagged by-us:latest');
      const ours = await imageHolds(socket, 'by-us');
      expect(ours).toEqual(await imageHolds(socket, 'by-cli'));
      expect(Object.keys(ours).length).toBeGreaterThan(0);
    },
  );

  // Since version 23 the docker CLI asks buildx, which is a program of its own.
  it.skipIf(version >= 23).each(['*\n!dir/sub\n!a.txt', 'dir/x\n.dockerignore', undefined])(
    'by BuildKit holds what one built by the docker CLI holds with %j beside the Dockerfile',
    async (ownIgnoreFile) => {
      await writeFile(join(context, '.dockerignore'), '.dockerignore\n*.dockerignore\ndir2\n');
      const own = join(context, `${dockerfile}.dockerignore`);
      if (ownIgnoreFile !== undefined) await writeFile(own, ownIgnoreFile);
      try {
        const {exit, output} = await buildWithCli(socket, 'by-cli', '1');
        expect(exit, output).toBe(0);
        const entries = await files.listContext(context, dockerfile, undefined, 'buildkit');
        const tar = await buffer(files.packContext(context, entries));
        const query = `/build?version=2&networkmode=none&dockerfile=${dockerfile}&t=by-us&nocache=1`;
        expect((await call(socket, 'POST', query, tar)).toString()).toContain('moby.image.id');
        // Ours must go along with the context, whatever the patterns say.
        const {[dockerfile]: _ours, ...ours} = await imageHolds(socket, 'by-us');
        const {[dockerfile]: _theirs, ...theirs} = await imageHolds(socket, 'by-cli');
        expect(ours).toEqual(theirs);
        expect(Object.keys(ours).length).toBeGreaterThan(0);
      } finally {
        await rm(own, {force: true});
      }
    },
  );
});

async function plantContext(folder: string): Promise<string> {
  const names = ['a.txt', 'b.txt', 'axtxt', 'dir/x', 'dir/sub/y.js', 'dir/sub/z.txt', 'dir2/x', 'dir2/sub/y.js'];
  const odd = ['dir2/mysub', '!bang', 'a+b', 'aab', '.hidden', 'dir/.hid', 'é.txt', ']a.txt', 'foo*', 'foo[', 'DIRX'];
  for (const name of [...names, ...odd, 'sub/x', '{a,b}.txt', '5.txt', `${'long/'.repeat(30)}name`]) {
    await mkdir(dirname(join(folder, name)), {recursive: true});
    await writeFile(join(folder, name), `content of ${name}`);
  }
  await writeFile(join(folder, dockerfile), 'FROM scratch\nCOPY . /\n');
  await mkdir(join(folder, 'empty'));
  await link(join(folder, 'dir/x'), join(folder, 'dir/linked'));
  await link(join(folder, 'dir/x'), join(folder, '0-linked'));
  await symlink('a.txt', join(folder, 'link'));
  await symlink('dir', join(folder, 'linkdir'));
  await symlink('nowhere', join(folder, 'dangling'));
  await chmod(join(folder, 'a.txt'), 0o4750);
  await chmod(join(folder, 'b.txt'), 0o400);
  await utimes(join(folder, 'b.txt'), 0, 0);
  return folder;
}

async function ourTar(): Promise<Buffer> {
  return buffer(files.packContext(context, await files.listContext(context, dockerfile)));
}

async function buildWithCli(socket: string, tag = 'any', buildkit = '0'): Promise<{exit: number; output: string}> {
  const argv = ['-H', `unix://${socket}`, 'build', '--no-cache', '-t', tag, '-f', join(context, dockerfile), context];
  const child = spawn(docker ?? '', argv, {env: {PATH: '/usr/bin:/bin', HOME: home, DOCKER_BUILDKIT: buildkit}});
  const [output, complaint, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {exit, output: output + complaint};
}

/** Everything in a tar by name; the order is free. */
async function headersOf(tar: Buffer): Promise<Record<string, string>> {
  const headers: Record<string, string> = {};
  for await (const entry of Readable.from([tar]).pipe(
    extract() as unknown as NodeJS.ReadWriteStream & AsyncIterable<Entry>,
  )) {
    const {name, type, mode, size, linkname, mtime, uid, gid} = entry.header;
    headers[name.replace(/\/$/, '')] = [type, (mode & 0o7777).toString(8), size, linkname, +mtime, uid, gid].join(' ');
    entry.resume();
  }
  return headers;
}

interface Entry extends Readable {
  readonly header: import('tar-stream').Header;
}

/** The one layer of an image. A folder that was not sent, though something in it was, has the time of the build. */
async function imageHolds(socket: string, name: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(home, 'image-'));
  await writeFile(join(folder, 'image.tar'), await call(socket, 'GET', `/images/${name}/get`));
  execFileSync('tar', ['-C', folder, '-xf', join(folder, 'image.tar')]);
  await unlink(join(folder, 'image.tar'));
  const layers = execFileSync('find', [folder, '-name', 'layer.tar']).toString().trim().split('\n');
  expect(layers).toHaveLength(1);
  const headers = Object.entries(await headersOf(await readFile(layers[0] ?? '')));
  return Object.fromEntries(
    headers.map(([path, header]) => [path, header.replace(/^(directory .*) \d+ (0 0)$/, '$1 $2')]),
  );
}

async function call(socketPath: string, method: string, path: string, body?: Buffer): Promise<Buffer> {
  const outgoing = request({socketPath, method, path, agent: false});
  outgoing.end(body);
  const [answer] = await once(outgoing, 'response');
  return buffer(answer);
}
