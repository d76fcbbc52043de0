import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {
  exactly,
  fittingJson,
  flag,
  list,
  maybe,
  named,
  number,
  type Of,
  oneOf,
  record,
  schemaFor,
  text,
} from '../json.ts';
import {safeName, shortHash} from '../safe-name.ts';
import type {Files} from '../tools.ts';
import type {Manifest} from './manifest.ts';

/** The image on the engine and in its registry, by which a FROM is meant. */
const baseIdentity = record({
  /** Whether it is built from this tree. */
  ours: flag,
  /** Of the image on the engine; absent when the engine does not have it. */
  id: maybe(text),
  /** sha256:… by which its registry knows it. */
  digest: maybe(text),
});

const imageInputs = record({
  /** Relative to the context. */
  dockerfile: text,
  builder: oneOf('classic', 'buildkit'),
  buildArgs: named(text),
  /** The context with copied dependencies, by path in the context. */
  files: schemaFor<Manifest>()(named(text)),
  /** By name as the Dockerfile says it. */
  bases: named(baseIdentity),
});

const imageRecord = record({
  version: exactly(1),
  image: text,
  component: text,
  key: text,
  inputs: imageInputs,
  /** Paths of `inputs.files` that a hook wrote: they are not in the source tree as they were built. */
  hookWrote: list(text),
  id: text,
  /** Epoch milliseconds. */
  builtAt: number,
  /** The run that built it. */
  run: text,
  pushed: maybe(record({as: text, id: text, digest: text, at: number})),
});

export type BaseIdentity = Of<typeof baseIdentity>;
/** What an image is made of. Equal inputs make the same image, as far as a build can promise that. */
export type ImageInputs = Of<typeof imageInputs>;
/** What is remembered of an image's last build on one engine. */
export type ImageRecord = Of<typeof imageRecord>;

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
    const found = fittingJson(imageRecord, await readFile(join(stateFolder, recordPath(engineId, image)), 'utf8'));
    return found?.image === image ? found : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRecord(
  files: Files,
  stateFolder: string,
  engineId: string,
  written: ImageRecord,
): Promise<void> {
  const path = join(stateFolder, recordPath(engineId, written.image));
  await files.makeFolder(dirname(path));
  await files.writeFile(path, `${JSON.stringify(written)}\n`, 0o600);
}

/** JSON with sorted keys, so that equal inputs give equal text. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
