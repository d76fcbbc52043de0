import {createHash} from 'node:crypto';
import type {BigIntStats} from 'node:fs';
import {type FileHandle, lstat, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import {ProblemError} from '../problem.ts';
import type {ContextEntry} from '../tools.ts';
import {shown, unreadable} from './file-problem.ts';
import type {HashCache, RememberedHash} from './hash-cache.ts';
import {forEachParallel} from './parallel.ts';
import {openPlainFile} from './plain-file.ts';

/** Files read at once. */
const readers = 16;

const pieceBytes = 256 * 1024;

/**
 * A file written this shortly before it was read could be written again without a visible change of its times: they
 * are as coarse as 2 s on some disks, and a network disk has a clock of its own.
 */
const settledAfterNs = 2_000_000_000n;

/** How often a file that changes under our hands is read again. */
const tries = 3;

/**
 * SHA-256 of every entry, by path: of the content of files, of the target of links, of nothing for folders. Files that
 * are as the cache remembers them are not read.
 */
export async function hashEntries(
  cache: HashCache,
  folder: string,
  entries: readonly ContextEntry[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const root = await realpath(folder).catch((error) => {
    throw unreadable(error, folder);
  });
  const before = await cache.read(root);
  const now = new Map<string, RememberedHash>();
  const hashes = new Map<string, string>();
  let read = 0;
  // Used again and again: one of its own for each of many files would be garbage faster than it is collected.
  const pieces: Buffer[] = [];
  const hashNow = async (path: string): Promise<RememberedHash> => {
    const piece = pieces.pop() ?? Buffer.allocUnsafe(pieceBytes);
    try {
      return await hashFile(path, piece, signal);
    } finally {
      pieces.push(piece);
    }
  };
  await forEachParallel(entries, readers, async (entry) => {
    signal?.throwIfAborted();
    if (entry.kind !== 'file') {
      hashes.set(
        entry.path,
        createHash('sha256')
          .update(`${entry.kind}\0${entry.target ?? ''}`)
          .digest('hex'),
      );
      return;
    }
    const path = entry.readFrom ?? join(root, entry.path);
    try {
      const known = before.get(entry.path);
      const remembered = known && holds(known, await lstat(path, {bigint: true})) ? known : await hashNow(path);
      if (remembered !== known) read++;
      now.set(entry.path, remembered);
      hashes.set(entry.path, remembered.hash);
    } catch (error) {
      throw signal?.aborted ? error : unreadable(error, path);
    }
  });
  if (read > 0) await cache.write(root, new Map([...(await othersStillThere(root, before, hashes)), ...now]));
  return hashes;
}

/** One folder is looked at with and without what .dockerignore leaves out: neither makes the other read all again. */
async function othersStillThere(
  root: string,
  before: ReadonlyMap<string, RememberedHash>,
  seen: ReadonlyMap<string, string>,
): Promise<[string, RememberedHash][]> {
  const kept: [string, RememberedHash][] = [];
  await forEachParallel(
    [...before].filter(([path]) => !seen.has(path)),
    readers,
    async (entry) => {
      const there = await lstat(join(root, entry[0])).then(
        (stat) => stat.isFile(),
        () => false,
      );
      if (there) kept.push(entry);
    },
  );
  return kept;
}

/** Whether a file is certainly still what it was when it was read. */
function holds(known: RememberedHash, stat: BigIntStats): boolean {
  const settled = known.takenNs - settledAfterNs;
  return stat.isFile() && known.stamp === stampOf(stat) && stat.mtimeNs < settled && stat.ctimeNs < settled;
}

function stampOf({size, mtimeNs, ctimeNs, ino}: BigIntStats): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}

async function hashFile(path: string, piece: Buffer, signal: AbortSignal | undefined): Promise<RememberedHash> {
  const file = await openPlainFile(path);
  try {
    for (let attempt = 0; attempt < tries; attempt++) {
      const takenNs = BigInt(Date.now()) * 1_000_000n;
      const stamp = stampOf(await file.stat({bigint: true}));
      const hash = await hashContent(file, piece, signal);
      if (stamp === stampOf(await file.stat({bigint: true}))) return {hash, stamp, takenNs};
    }
  } finally {
    await file.close();
  }
  throw new ProblemError({
    code: 'file-unreadable',
    message: `${shown(path)} changes while it is read.`,
    hint: 'Try again when nothing writes to it, or exclude it in .dockerignore.',
    file: shown(path),
  });
}

async function hashContent(file: FileHandle, piece: Buffer, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for (let position = 0; ; ) {
    signal?.throwIfAborted();
    const {bytesRead} = await file.read(piece, 0, piece.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}
