import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {Problem} from '../problem.ts';
import type {KnownLines} from './host-key-book.ts';
import {readKnownHosts} from './known-hosts.ts';

/** A known_hosts file of this computer. It is never written. */
export interface KnownHostsPlace {
  /** Absolute. */
  readonly path: string;
  /** For people. */
  readonly name: string;
}

/** The files that ssh reads where nobody tells it another one (ssh_config(5), UserKnownHostsFile and GlobalKnownHostsFile). */
export function knownHostsPlaces(home: string): readonly KnownHostsPlace[] {
  return [
    {path: join(home, '.ssh/known_hosts'), name: '~/.ssh/known_hosts'},
    {path: join(home, '.ssh/known_hosts2'), name: '~/.ssh/known_hosts2'},
    ...['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'].map((path) => ({path, name: path})),
  ];
}

export interface KnownHostsReading {
  readonly files: readonly KnownLines[];
  /** Warnings: lines that cannot be read, and files. */
  readonly problems: readonly Problem[];
}

/** Reads files and remembers them until they change; one that is not there or no file (/dev/null) has no lines. */
export function knownHostsReader(places: readonly KnownHostsPlace[]): () => Promise<KnownHostsReading> {
  let stamps: string | undefined;
  let reading: KnownHostsReading = {files: [], problems: []};
  return async () => {
    const now = (await Promise.all(places.map(stampOf))).join('\n');
    if (now !== stamps) {
      reading = await readAll(places);
      stamps = now;
    }
    return reading;
  };
}

async function stampOf({path}: KnownHostsPlace): Promise<string> {
  const facts = await stat(path, {bigint: true}).catch(() => undefined);
  return facts?.isFile() ? `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}` : '-';
}

async function readAll(places: readonly KnownHostsPlace[]): Promise<KnownHostsReading> {
  const all = await Promise.all(places.map(readOne));
  return {files: all.map(({lines}) => lines), problems: all.flatMap(({problems}) => problems)};
}

async function readOne({path, name}: KnownHostsPlace): Promise<{lines: KnownLines; problems: readonly Problem[]}> {
  const nothing = {lines: {name, entries: []}, problems: []};
  try {
    const facts = await stat(path);
    if (!facts.isFile()) return nothing;
    if (facts.size > mostBytes) return {...nothing, problems: [unread(name, path, 'it is larger than 64 MB')]};
    const {entries, problems} = readKnownHosts(await readFile(path, 'utf8'), path);
    return {lines: {name, entries}, problems};
  } catch (error) {
    const {code = 'an error'} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return nothing;
    return {...nothing, problems: [unread(name, path, code)]};
  }
}

function unread(name: string, file: string, reason: string): Problem {
  return {
    code: 'file-unreadable',
    severity: 'warning',
    message: `The host keys in ${name} do not count, because it cannot be read: ${reason}.`,
    file,
  };
}

const mostBytes = 64 * 1024 * 1024;
