import type {HostKey} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import type {HostKeyOwner} from './host-key-check.ts';
import {type KnownHost, readKnownHosts} from './known-hosts.ts';
import {knownHostName} from './known-hosts-pattern.ts';

/**
 * Where the host keys that were accepted for a cluster are kept: a file in the format of known_hosts, so that ssh can
 * be given it too, and beside it a journal of every acceptance, which is only ever added to.
 */
export interface PinStore {
  /** For people and problems. */
  readonly file: string;
  /** The text of the pins; empty where nothing was pinned yet. Throws `file-unreadable`. */
  read(): Promise<string>;
  /** Replaces the text by what is made of it, while nobody else writes. Throws `file-unwritable`, or what `make` does. */
  change(make: (text: string) => string): Promise<void>;
  /** Adds lines to the journal; they are on disk when it resolves. */
  journal(lines: readonly string[]): Promise<void>;
}

/** Keys that somebody accepted for a machine. */
export interface Acceptance {
  readonly owner: HostKeyOwner;
  readonly keys: readonly HostKey[];
}

export interface HowAccepted {
  /** Epoch milliseconds. */
  readonly at: number;
  /** user@host. */
  readonly by: string;
  /** 'compared on screen', 'accepted without comparison', … */
  readonly how: string;
  /** The keys take the place of what is pinned. */
  readonly replace?: boolean;
}

/**
 * Pins keys, and journals each before it counts. Throws `host-key-changed` for a machine of which others are pinned,
 * unless they are to be replaced; then nothing at all is pinned.
 */
export async function pinKeys(
  store: PinStore,
  acceptances: readonly Acceptance[],
  accepted: HowAccepted,
): Promise<void> {
  // Asked before the journal says that it was accepted, and again when it is written.
  withPins(await store.read(), acceptances, accepted, store.file);
  await store.journal(acceptances.flatMap(({owner, keys}) => keys.map((key) => journalLine(owner, key, accepted))));
  await store.change((text) => withPins(text, acceptances, accepted, store.file));
}

/** 'pinned 2026-11-20' for a line of the pins. */
export function pinWords({comment}: KnownHost): string {
  const [, day] = /^pinned (\d{4}-\d\d-\d\d)/.exec(comment) ?? [];
  return day ? `pinned ${day}` : 'pinned';
}

function withPins(text: string, acceptances: readonly Acceptance[], accepted: HowAccepted, file: string): string {
  return acceptances.reduce((before, acceptance) => withOne(before, acceptance, accepted, file), text);
}

function withOne(text: string, {owner, keys}: Acceptance, accepted: HowAccepted, file: string): string {
  const host = plainName(owner);
  const pinned = readKnownHosts(text, file).entries.filter((entry) => !entry.marker && entry.names.matches(host));
  const has = (key: HostKey) => pinned.some((entry) => entry.key.blob === key.blob);
  const differs = (key: HostKey) => !has(key) && pinned.some((entry) => entry.key.type === key.type);
  if (!accepted.replace && pinned.length > 0 && (!keys.some(has) || keys.some(differs)))
    throw otherPinned(owner, pinned);
  // Whatever else stands in the file, broken lines included, stays as it is.
  const gone = new Set(accepted.replace ? pinned.map(({line}) => line) : []);
  const kept = text.split('\n').filter((line, index) => line !== '' && !gone.has(index + 1));
  const fresh = keys.filter((key) => accepted.replace || !has(key)).map((key) => pinLine(host, owner, key, accepted));
  return [...(kept.length > 0 ? kept : [heading]), ...fresh, ''].join('\n');
}

/** An address that cannot be taken for a pattern, a hash or two words. */
function plainName({name, address, port}: HostKeyOwner): string {
  if (/^[\w.:%-]+$/.test(address)) return knownHostName(address, port);
  throw new ProblemError({
    code: 'config-invalid',
    message: `"${address}" is no address that a host key can be pinned for.`,
    machine: name,
  });
}

function pinLine(host: string, {name}: HostKeyOwner, {type, blob}: HostKey, {at, by, how}: HowAccepted): string {
  return `${host} ${type} ${blob} pinned ${new Date(at).toISOString()} by ${word(by)} as ${word(name)}: ${how}`;
}

function journalLine({name, address, port}: HostKeyOwner, key: HostKey, {at, by, how, replace}: HowAccepted): string {
  const {type, fingerprint} = key;
  const host = knownHostName(address, port);
  return JSON.stringify({
    at: new Date(at).toISOString(),
    by,
    machine: name,
    host,
    type,
    fingerprint,
    how,
    ...(replace ? {replace} : {}),
  });
}

function otherPinned({name}: HostKeyOwner, pinned: readonly KnownHost[]): ProblemError {
  return new ProblemError({
    code: 'host-key-changed',
    message: `Another host key is pinned for ${name}.`,
    hint: `Was it reinstalled? Then pin its new key: pai-tui machine trust ${name} --replace. If not, somebody may be in between.`,
    detail: pinned.map((entry) => `${pinWords(entry)}: ${entry.key.type} ${entry.key.fingerprint}`).join('\n'),
    machine: name,
  });
}

/** One word of one line, whatever it is made of. */
function word(text: string): string {
  return text.replace(/[^\p{Letter}\p{Number}\p{Punctuation}\p{Symbol}]+/gu, '_') || '_';
}

const heading = '# Host keys that were accepted for this cluster. Made by pai-tui; see docs/machines.md.';
