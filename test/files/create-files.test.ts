import {existsSync} from 'node:fs';
import {chmod, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

const files = createFiles({cacheFile: '/nonexistent/cache'});
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => files.removeTree(folder));

describe('writeFile', () => {
  it('replaces a file, with exactly the mode, and leaves nothing beside it', async () => {
    await writeFile(join(folder, 'a'), 'old');
    const before = await stat(join(folder, 'a'));
    await files.writeFile(join(folder, 'a'), 'new', 0o666);
    const after = await stat(join(folder, 'a'));
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');
    expect(after.mode & 0o777).toBe(0o666);
    expect(after.ino).not.toBe(before.ino);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('leaves the old file and nothing else when it fails', async () => {
    await mkdir(join(folder, 'a'));
    await writeFile(join(folder, 'a/b'), 'old');
    const problem = await files.writeFile(join(folder, 'a'), 'new', 0o600).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unwritable', file: join(folder, 'a')});
    expect(await readdir(folder)).toEqual(['a']);
    expect(await files.writeFile(join(folder, 'no/such'), 'x', 0o600).catch(problemOf)).toMatchObject({
      code: 'file-unwritable',
    });
  });
});

describe('removeTree', () => {
  it('removes read-only folders and links, not what they point to', async () => {
    await mkdir(join(folder, 'outside'));
    await writeFile(join(folder, 'outside/file'), 'x');
    await mkdir(join(folder, 'tree/closed'), {recursive: true});
    await symlink('../../outside', join(folder, 'tree/closed/link'));
    await chmod(join(folder, 'tree/closed'), 0o500);
    await files.removeTree(join(folder, 'tree'));
    expect(await readdir(folder)).toEqual(['outside']);
    expect(await readdir(join(folder, 'outside'))).toEqual(['file']);
  });

  it('has nothing to do where nothing is', async () => {
    await files.removeTree(join(folder, 'gone/deeper'));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('makeFolder', () => {
  it('makes what is missing above it for this user alone, and is content with what is there', async () => {
    const path = join(folder, 'a/b/c');
    await Promise.all([files.makeFolder(path), files.makeFolder(path), files.makeFolder(join(folder, 'a/b/d'))]);
    await files.makeFolder(path);
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it.runIf(existsSync('/proc/self'))('ends where nothing can be made', async () => {
    await expect(files.makeFolder('/proc/none/below')).rejects.toMatchObject({problem: {code: 'file-unwritable'}});
  });
});

describe('small questions and deeds', () => {
  it('knows what exists, a dangling link included', async () => {
    await symlink('nowhere', join(folder, 'link'));
    await writeFile(join(folder, 'file'), '');
    const names = ['link', 'file', 'gone', 'file/below'];
    expect(await Promise.all(names.map((name) => files.exists(join(folder, name))))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('reads texts and names what it cannot read', async () => {
    await writeFile(join(folder, 'file'), Buffer.from([0x61, 0xff, 0x62]));
    expect(await files.readText(join(folder, 'file'))).toBe('a\ufffdb');
    expect(await files.readText(folder).catch(problemOf)).toMatchObject({
      code: 'file-unreadable',
      message: `${folder} cannot be read: it is a folder.`,
    });
  });

  it('makes a file executable for its owner and changes nothing else', async () => {
    await writeFile(join(folder, 'hook.sh'), '');
    await chmod(join(folder, 'hook.sh'), 0o2640);
    await files.makeExecutable(join(folder, 'hook.sh'));
    expect((await stat(join(folder, 'hook.sh'))).mode & 0o7777).toBe(0o2740);
  });

  it('does not show control characters of a name', async () => {
    const problem = await files.readText(join(folder, 'bad\u001b[2Jname')).catch(problemOf);
    expect(problem).toMatchObject({file: join(folder, 'bad\ufffd[2Jname')});
  });
});

describe('beginFile', () => {
  it('makes a file of pieces, whole and with its mode when it is finished', async () => {
    const path = join(folder, 'program');
    await writeFile(path, 'what was there before, and is longer');
    const draft = await files.beginFile(path, 0o755);
    draft.add(Buffer.from('first '));
    draft.add(Buffer.from('second'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await draft.finish();
    expect(await readFile(path, 'utf8')).toBe('first second');
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    await files.moveFile(path, join(folder, 'other'));
    expect(await readdir(folder)).toEqual(['other']);
  });

  it('leaves nothing when it is discarded, before or after its end', async () => {
    for (const finished of [false, true]) {
      const draft = await files.beginFile(join(folder, 'program'), 0o755);
      draft.add(Buffer.from('half'));
      if (finished) await draft.finish();
      await draft.discard();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('says what cannot be written', async () => {
    expect(await files.beginFile(join(folder, 'no/such'), 0o755).catch(problemOf)).toMatchObject({
      code: 'file-unwritable',
    });
    expect(await files.moveFile(join(folder, 'none'), join(folder, 'other')).catch(problemOf)).toMatchObject({
      code: 'file-unwritable',
    });
  });
});
