import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Files} from '../tools.ts';
import type {Manifest} from './manifest.ts';

/** What an image is made of. Equal inputs make the same image, as far as a build can promise that. */
export interface ImageInputs {
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly builder: 'classic' | 'buildkit';
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The context with copied dependencies, by path in the context. */
  readonly files: Manifest;
  /** By name as the Dockerfile says it. */
  readonly bases: Readonly<Record<string, BaseIdentity>>;
}

export interface BaseIdentity {
  /** Whether it is built from this tree. */
  readonly ours: boolean;
  /** Of the image on the engine; absent when the engine does not have it. */
  readonly id?: string;
  /** sha256:… by which its registry knows it. */
  readonly digest?: string;
}

/** What is remembered of an image's last build on one engine. */
export interface ImageRecord {
  readonly version: 1;
  readonly image: string;
  readonly component: string;
  readonly key: string;
  readonly inputs: ImageInputs;
  /** Paths of `inputs.files` that a hook wrote: they are not in the source tree as they were built. */
  readonly hookWrote: readonly string[];
  readonly id: string;
  /** Epoch milliseconds. */
  readonly builtAt: number;
  /** The run that built it. */
  readonly run: string;
  readonly pushed?: {readonly as: string; readonly id: string; readonly digest: string; readonly at: number};
}

/** The content key: a hash over everything the image is made of. */
export function contentKey(inputs: ImageInputs): string {
  const bases = Object.fromEntries(Object.entries(inputs.bases).map(([name, {id}]) => [name, id]));
  return createHash('sha256')
    .update(stable({...inputs, bases}))
    .digest('hex');
}

/** Where the record of an image lies, relative to the cluster's state folder. */
function recordPath(engineId: string, image: string): string {
  return `images/${shortHash(engineId)}/${safeName(image)}.json`;
}

/** Undefined when there is none, or none that can be used (torn, of another version): then the image counts as never built. */
export async function readRecord(
  stateFolder: string,
  engineId: string,
  image: string,
): Promise<ImageRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(stateFolder, recordPath(engineId, image)), 'utf8'));
    return isRecord(record) && record.image === image ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRecord(
  files: Files,
  stateFolder: string,
  engineId: string,
  record: ImageRecord,
): Promise<void> {
  const path = join(stateFolder, recordPath(engineId, record.image));
  await files.makeFolder(dirname(path));
  await files.writeFile(path, `${JSON.stringify(record)}\n`, 0o600);
}

/** Enough of a SHA-256 to tell a few engines, trees or configurations apart. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** A file name of its own for every image name: what is not plain becomes a hash. */
export function safeName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\./, '_');
  return plain === name && name.length <= 100 ? name : `${plain.slice(0, 80)}-${shortHash(name)}`;
}

function isRecord(value: unknown): value is ImageRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<ImageRecord>;
  return (
    record.version === 1 &&
    typeof record.key === 'string' &&
    typeof record.id === 'string' &&
    typeof record.builtAt === 'number' &&
    Array.isArray(record.hookWrote) &&
    typeof record.inputs?.files === 'object' &&
    typeof record.inputs.bases === 'object' &&
    typeof record.inputs.buildArgs === 'object'
  );
}

/** JSON with sorted keys, so that equal inputs give equal text. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
