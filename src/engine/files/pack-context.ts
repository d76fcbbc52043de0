import type {FileHandle} from 'node:fs/promises';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {type Header, type Pack, pack} from 'tar-stream';
import {ProblemError} from '../problem.ts';
import type {ContextEntry} from '../tools.ts';
import {errnoOf, shown, unreadable} from './file-problem.ts';
import {openPlainFile} from './plain-file.ts';

const pieceBytes = 256 * 1024;

/** The largest time the plain tar header of tar-stream can hold: later ones need an extended header. */
const latestPlainTime = 2 ** 31 - 1;

/**
 * A build context as an uncompressed tar, owned by root as docker sends it. Files are opened when their turn comes and
 * read as fast as the stream is consumed. A file that is not as it was listed ends the stream with `file-unreadable`:
 * what is built must be what was judged.
 */
export function packContext(folder: string, entries: readonly ContextEntry[]): Readable {
  const tar = pack();
  return Readable.from(chunks(tar, fill(tar, folder, entries)), {objectMode: false, highWaterMark: pieceBytes});
}

/** The chunks of the tar; `filling` is awaited too, so that its error is the stream's and nothing outlives it. */
async function* chunks(tar: Pack, filling: Promise<void>): AsyncGenerator<Uint8Array> {
  const failed = filling.then(
    () => undefined,
    (error: unknown) => ({error}),
  );
  try {
    for await (const chunk of tar as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    throw (await failed)?.error ?? error;
  } finally {
    tar.destroy();
    await failed;
  }
}

async function fill(tar: Pack, folder: string, entries: readonly ContextEntry[]): Promise<void> {
  try {
    for (const entry of entries) {
      if (entry.kind === 'file' && entry.sameAs === undefined) await addFile(tar, folder, entry);
      else tar.entry(headerOf(entry));
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

function headerOf(entry: ContextEntry): Partial<Header> & {name: string} {
  const seconds = Math.max(0, Math.floor(entry.mtimeMs / 1000));
  const linkname = entry.sameAs ?? entry.target;
  const kind = {file: 'file', folder: 'directory', link: 'symlink'} as const;
  const typeBits = {file: 0o100000, folder: 0o040000, link: 0o120000};
  return {
    name: entry.kind === 'folder' ? `${entry.path}/` : entry.path,
    type: entry.sameAs === undefined ? kind[entry.kind] : 'link',
    // With the bits of the kind the mode is never 0, which tar-stream takes for "none given".
    mode: typeBits[entry.kind] | entry.mode,
    size: entry.kind === 'file' && entry.sameAs === undefined ? entry.size : 0,
    mtime: new Date(Math.min(seconds, latestPlainTime) * 1000),
    ...(linkname === undefined ? {} : {linkname}),
    ...(seconds > latestPlainTime ? {pax: {mtime: String(seconds)}} : {}),
  };
}

async function addFile(tar: Pack, folder: string, entry: ContextEntry): Promise<void> {
  const path = entry.readFrom ?? join(folder, entry.path);
  const file = await openPlainFile(path).catch((error) => {
    throw errnoOf(error) === 'ELOOP' ? changed(path) : unreadable(error, path);
  });
  try {
    await checkUnchanged(file, path, entry);
    const sink = tar.entry(headerOf(entry));
    const closed = new Promise<void>((resolve) => sink.on('close', () => resolve()));
    sink.on('error', () => undefined);
    let rest = entry.size;
    while (rest > 0) {
      const piece = Buffer.allocUnsafeSlow(Math.min(rest, pieceBytes));
      const {bytesRead} = await file.read(piece).catch((error) => {
        throw unreadable(error, path);
      });
      if (bytesRead === 0) throw changed(path);
      rest -= bytesRead;
      if (!sink.write(piece.subarray(0, bytesRead))) await Promise.race([drained(sink), closed]);
      if (tar.destroying) return;
    }
    await checkUnchanged(file, path, entry);
    sink.end(undefined);
    await closed;
  } finally {
    await file.close();
  }
}

function drained(sink: ReturnType<Pack['entry']>): Promise<void> {
  return new Promise((resolve) => sink.once('drain', () => resolve()));
}

async function checkUnchanged(file: FileHandle, path: string, entry: ContextEntry): Promise<void> {
  const stat = await file.stat();
  if (!stat.isFile() || stat.size !== entry.size || stat.mtimeMs !== entry.mtimeMs) throw changed(path);
}

function changed(path: string): ProblemError {
  return new ProblemError({
    code: 'file-unreadable',
    message: `${shown(path)} was changed while it was sent to the engine.`,
    hint: 'Build again when nothing writes to it, or exclude it in .dockerignore.',
    file: shown(path),
  });
}
