import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip} from 'node:zlib';
import {pack} from 'tar-stream';
import type {RunState} from './events.ts';
import type {RunFolder} from './folder.ts';
import {leftOutWords, outputFiles, timesPath} from './output.ts';
import {unwritable} from './save-output.ts';

/**
 * One archive (tar.gz, 0600) for support: request, configuration, plan, facts, journal, report and all outputs, in
 * which secrets were replaced as they were written. Nothing else of the folder is taken: files made for machines may
 * hold secrets. An output is one file in it, which says where and how much was left out. Throws `file-unwritable`,
 * also when something of that name is there or its folder is not.
 */
export async function exportRun(run: RunFolder, state: RunState, path: string): Promise<void> {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
  try {
    const tar = pack();
    // The stream closes the file, whatever happens.
    const written = pipeline(tar, createGzip(), createWriteStream(path, {fd: file}));
    await Promise.all([written, addFiles(run, state, tar)]);
  } catch (error) {
    rmSync(path, {force: true});
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

type Tar = ReturnType<typeof pack>;

async function addFiles(run: RunFolder, state: RunState, tar: Tar): Promise<void> {
  try {
    for (const name of exportedNames(run)) {
      await addParts(tar, `${run.run}/${name}`, () => [whole(join(run.folder, name))]);
    }
    for (const {id} of state.tasks) {
      const name = `${run.run}/output/${id.replaceAll('/', '~')}`;
      await addParts(tar, `${name}.log`, () => outputFiles(run.folder, id));
      await addParts(tar, `${name}.times`, () =>
        existsSync(timesPath(run.folder, id)) ? [whole(timesPath(run.folder, id))] : [],
      );
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

/** A stretch of an entry's bytes, and where it begins in them. */
interface Part {
  readonly path: string;
  readonly start: number;
}

interface OpenPart extends Part {
  readonly file: number;
  readonly size: number;
}

function whole(path: string): Part {
  return {path, start: 0};
}

/** One entry of several stretches of bytes, with a line for what is missing between two; nothing without any. */
async function addParts(tar: Tar, name: string, list: () => readonly Part[]): Promise<void> {
  const parts = openParts(list);
  const [first] = parts;
  if (!first) return;
  try {
    const pieces = parts.flatMap((part, index) => {
      const before = parts[index - 1];
      const missing = before ? part.start - before.start - before.size : 0;
      return missing > 0 ? [Buffer.from(`\n${leftOutWords(missing)}\n`), part] : [part];
    });
    const size = pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.size), 0);
    const header = {name, size, mtime: fstatSync(first.file).mtime, mode: 0o600};
    if (size === 0) tar.entry(header, '');
    else await pipeline(bytesOf(pieces), tar.entry(header));
  } finally {
    for (const {file} of parts) closeSync(file);
  }
}

/**
 * All are open before the first is read: a run that goes on drops the oldest of its tail. What is gone for good is
 * left out: the run may be pruned meanwhile.
 */
function openParts(list: () => readonly Part[]): readonly OpenPart[] {
  for (let tries = 0; tries < 10; tries++) {
    const open: OpenPart[] = [];
    try {
      for (const part of list()) {
        const file = openSync(part.path, 'r');
        open.push({...part, file, size: fstatSync(file).size});
      }
      return open;
    } catch (error) {
      for (const {file} of open) closeSync(file);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return [];
}

/** A file may grow meanwhile; the archive says how long it was. */
async function* bytesOf(pieces: readonly (Buffer | OpenPart)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else if (piece.size > 0)
      yield* createReadStream(piece.path, {fd: piece.file, autoClose: false, start: 0, end: piece.size - 1});
  }
}

function exportedNames(run: RunFolder): readonly string[] {
  const wanted = [run.request, run.plan, run.facts, run.journal, run.runner, run.runnerLog, run.report]
    .filter((path) => statSync(path, {throwIfNoEntry: false})?.isFile())
    .map((path) => path.slice(run.folder.length + 1));
  const copies = statSync(run.config, {throwIfNoEntry: false}) ? readdirSync(run.config).sort() : [];
  return [...wanted, ...copies.map((name) => `config/${name}`)];
}
