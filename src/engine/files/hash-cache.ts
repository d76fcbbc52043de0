import {readFile, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {errnoOf} from './file-problem.ts';
import {makeFolders} from './make-folder.ts';
import {writeFile} from './write-file.ts';

/** What is remembered of one file. */
export interface RememberedHash {
  readonly hash: string;
  /** Size, mtime and ctime in nanoseconds, inode. */
  readonly stamp: string;
  /** When its reading began, in nanoseconds since 1970. */
  readonly takenNs: bigint;
}

/** Hashes of files by folder and path below it, kept in one file that several processes may use. */
export interface HashCache {
  read(folder: string): Promise<ReadonlyMap<string, RememberedHash>>;
  /** Replaces what is remembered of a folder. A cache that cannot be written is no reason to stop a build. */
  write(folder: string, hashes: ReadonlyMap<string, RememberedHash>): Promise<void>;
}

const firstLine = 'pai-tui file hashes, version 1';

/** Hash, stamp, time, name. */
const line = /^([0-9a-f]{64}) (\d+ -?\d+ -?\d+ \d+) (\d+) (.+)$/gm;

/** Some 250 000 files: beyond this, the folders that were not written for the longest time are forgotten. */
const mostCharacters = 40_000_000;

/** Folders by name, the one written last at the end; each with its lines as they lie in the file, parsed when asked for. */
type Sections = Map<string, string>;

/** A cache in `file`, which is made with its folder when there is something to remember. */
export function openHashCache(file: string): HashCache {
  let known: {sections: Sections; version: string} | undefined;
  let writing: Promise<void> = Promise.resolve();

  /** Parsed anew only when another process replaced the file. */
  const load = async (): Promise<Sections> => {
    const version = await versionOf(file);
    if (known?.version !== version) known = {sections: await readSections(file), version};
    return known.sections;
  };

  const save = async (folder: string, hashes: ReadonlyMap<string, RememberedHash>): Promise<void> => {
    const sections = new Map(await load());
    sections.delete(folder);
    if (hashes.size > 0) sections.set(folder, linesOf(hashes));
    await forgetOld(sections);
    await makeFolders(dirname(file));
    await writeFile(file, textOf(sections), 0o600);
    known = {sections, version: await versionOf(file)};
  };

  return {
    read: async (folder) => parseLines((await load()).get(folder) ?? ''),
    write: (folder, hashes) => {
      writing = writing.then(() => save(folder, hashes)).catch(() => undefined);
      return writing;
    },
  };
}

async function versionOf(file: string): Promise<string> {
  try {
    const {ino, mtimeNs, size} = await stat(file, {bigint: true});
    return `${ino} ${mtimeNs} ${size}`;
  } catch {
    return 'none';
  }
}

/** Anything unexpected in the file means that nothing is remembered: it is made anew. */
async function readSections(file: string): Promise<Sections> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [head, ...parts] = text.split('\n/');
  if (head !== firstLine || !text.endsWith('\n')) return new Map();
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n');
      return [unescaped(`/${part.slice(0, end)}`), part.slice(end + 1).replace(/\n$/, '')];
    }),
  );
}

function textOf(sections: Sections): string {
  const parts = [...sections].map(([folder, lines]) => `${escaped(folder)}\n${lines}\n`);
  return `${firstLine}\n${parts.join('')}`;
}

/** Folders that are gone (copies of finished runs), and the oldest ones of too many. */
async function forgetOld(sections: Sections): Promise<void> {
  let characters = 0;
  for (const [folder, lines] of [...sections].reverse()) {
    characters += lines.length;
    if (characters > mostCharacters || !(await isThere(folder))) sections.delete(folder);
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    return errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR';
  }
}

function linesOf(hashes: ReadonlyMap<string, RememberedHash>): string {
  const lines: string[] = [];
  for (const [path, {hash, stamp, takenNs}] of hashes) lines.push(`${hash} ${stamp} ${takenNs} ${escaped(path)}`);
  return lines.join('\n');
}

function parseLines(lines: string): Map<string, RememberedHash> {
  const hashes = new Map<string, RememberedHash>();
  for (const [, hash = '', stamp = '', takenNs = '', path = ''] of lines.matchAll(line)) {
    hashes.set(unescaped(path), {hash, stamp, takenNs: BigInt(takenNs)});
  }
  return hashes;
}

/** Names may hold line ends. */
function escaped(path: string): string {
  return /[\n\r\u2028\u2029\\]/.test(path)
    ? path.replace(/[\n\r\u2028\u2029\\]/g, (char) => `\\${char.charCodeAt(0)};`)
    : path;
}

function unescaped(path: string): string {
  return path.includes('\\') ? path.replace(/\\(\d+);/g, (_, code) => String.fromCharCode(Number(code))) : path;
}
