import {displayText} from '../names.ts';
import {differingPaths} from './manifest.ts';
import type {BaseIdentity, ImageInputs, ImageRecord} from './record.ts';

/** What there is now, to be compared with what an image was built from. */
export interface Present {
  readonly inputs: ImageInputs;
  /** Id of the image the engine has under this name; undefined when it has none. */
  readonly onEngine: string | undefined;
  /** File name of the component's last hook, when it has not run to its end since the image was built. */
  readonly missingLastHook: string | undefined;
  /** Images of this tree that will be built again before this one. */
  readonly willRebuild: ReadonlySet<string>;
  /** Foreign bases whose registry has another digest than the engine, with that digest. */
  readonly moved: ReadonlyMap<string, string>;
  /** Paths of `inputs.files` that a hook wrote. Undefined: hooks have not run, so what they wrote last time is not compared. */
  readonly hookWrote: readonly string[] | undefined;
  /** Components that are copied to dependency/<name>. */
  readonly copies: readonly string[];
  /** Those of `copies` whose image this one stands on and that will be built again: reason enough without their files. */
  readonly rebuiltCopies: ReadonlySet<string>;
  /** File name of the hook that wrote, of the image's own component or of a copied one. */
  hookOf(copied?: string): string;
  /** Paths of `inputs.files` that hold a secret, which cannot be compared. */
  readonly secretFiles: readonly string[];
  /** A path of `inputs.files` as the operator knows it: where it comes from in the tree. */
  shown(path: string): string;
}

/** How many reasons are listed before the rest is only counted. */
const listed = 3;

/** Why an image would be built, as sentences without a full stop; empty: it is current. */
export function reasons(record: ImageRecord | undefined, now: Present): string[] {
  if (!record)
    return [now.onEngine === undefined ? 'never built here' : 'never built here; the engine has an image of this name'];
  const all = [
    ...onTheEngine(record, now),
    ...(now.missingLastHook === undefined ? [] : [`${now.missingLastHook} has not run to its end`]),
    ...settings(record.inputs, now.inputs),
    ...bases(record.inputs, now),
    ...writtenByHooks(record, now),
    ...files(record, now),
    ...now.secretFiles.map((path) => `${displayText(now.shown(path))} holds a secret, which is not remembered`),
  ];
  return all.length > listed + 1 ? [...all.slice(0, listed), `and ${all.length - listed} more`] : all;
}

function onTheEngine(record: ImageRecord, now: Present): string[] {
  if (now.onEngine === undefined) return ['the image is gone from the engine'];
  return now.onEngine === record.id ? [] : ['the engine has another image under this name'];
}

function settings(before: ImageInputs, now: ImageInputs): string[] {
  const found: string[] = [];
  if (before.dockerfile !== now.dockerfile) found.push(`the Dockerfile is now ${displayText(now.dockerfile)}`);
  if (before.builder !== now.builder)
    found.push(`the builder changed from ${builderNames[before.builder]} to ${builderNames[now.builder]}`);
  for (const name of Object.keys({...before.buildArgs, ...now.buildArgs}).sort()) {
    if (before.buildArgs[name] !== now.buildArgs[name]) found.push(`build argument ${displayText(name)} changed`);
  }
  return found;
}

const builderNames = {classic: 'classic', buildkit: 'BuildKit'} as const;

function bases(before: ImageInputs, now: Present): string[] {
  const found: string[] = [];
  for (const [name, base] of Object.entries(now.inputs.bases)) {
    const movedTo = now.moved.get(name);
    const was = before.bases[name];
    if (base.ours && now.willRebuild.has(name)) found.push(`${displayText(name)} will be rebuilt`);
    else if (movedTo) found.push(`${displayText(name)} moved to ${shortDigest(movedTo)}`);
    // A base that is new comes with a changed Dockerfile.
    else if (was && isAnother(was, base)) found.push(otherBase(name, base.ours, base.digest, was.digest));
  }
  return found;
}

/** One that the engine lacks is known by the digest of its registry, or has nothing to compare. */
function isAnother(was: BaseIdentity, now: BaseIdentity): boolean {
  if (was.id && now.id) return was.id !== now.id;
  return was.digest !== undefined && now.digest !== undefined && was.digest !== now.digest;
}

function otherBase(name: string, ours: boolean, digest: string | undefined, before: string | undefined): string {
  if (ours) return `${displayText(name)} was rebuilt`;
  return digest && digest !== before
    ? `${displayText(name)} moved to ${shortDigest(digest)}`
    : `${displayText(name)} is another image on the engine now`;
}

function writtenByHooks(record: ImageRecord, now: Present): string[] {
  if (!now.hookWrote) return [];
  const written = new Set([...record.hookWrote, ...now.hookWrote]);
  const found = new Set<string>();
  for (const path of differingPaths(record.inputs.files, now.inputs.files)) {
    if (written.has(path)) found.add(hookSentence(path, now));
  }
  return [...found];
}

/** Names the folder at the top that differs: a hook that copies a folder changes many files at once. */
function hookSentence(path: string, {copies, hookOf}: Present): string {
  const [first = '', second = '', ...rest] = path.split('/');
  if (first !== 'dependency' || second === '') return `${hookOf()} wrote a different ${topOf(path, 1)}`;
  if (!copies.includes(second)) return `${hookOf()} wrote a different ${topOf(path, 2)}`;
  return `${hookOf(second)} of ${displayText(second)} wrote a different ${topOf(rest.join('/'), 1)}`;
}

function topOf(path: string, depth: number): string {
  const parts = path.split('/');
  return displayText(parts.slice(0, depth).join('/') + (parts.length > depth ? '/' : ''));
}

function files(record: ImageRecord, now: Present): string[] {
  const before = record.inputs.files;
  const written = new Set([...record.hookWrote, ...(now.hookWrote ?? [])]);
  const differing = differingPaths(before, now.inputs.files).filter((path) => {
    if (written.has(path)) return false;
    const copied = copiedComponent(path, now.copies);
    return copied === undefined || !now.rebuiltCopies.has(copied);
  });
  return differing
    .filter((path, index) => !isFolderOf(path, differing[index + 1], before[path] ?? now.inputs.files[path]))
    .map((path) => fileSentence(displayText(now.shown(path)), before[path], now.inputs.files[path]));
}

function copiedComponent(path: string, copies: readonly string[]): string | undefined {
  return copies.find((name) => path === `dependency/${name}` || path.startsWith(`dependency/${name}/`));
}

/** A folder that came or went with what is in it is named by what is in it. */
function isFolderOf(path: string, next: string | undefined, state: string | undefined): boolean {
  return state?.startsWith('folder ') === true && next?.startsWith(`${path}/`) === true;
}

function fileSentence(shown: string, before: string | undefined, now: string | undefined): string {
  if (before === undefined) return `${shown} was added`;
  if (now === undefined) return `${shown} was removed`;
  const [kindBefore, modeBefore, ...contentBefore] = before.split(' ');
  const [kindNow, modeNow, ...contentNow] = now.split(' ');
  const onlyMode = kindBefore === kindNow && contentBefore.join(' ') === contentNow.join(' ');
  return onlyMode ? `file mode of ${shown} changed from ${modeBefore} to ${modeNow}` : `${shown} changed`;
}

/** sha256:0123456789ab…: enough to compare by eye. */
function shortDigest(digest: string): string {
  const text = displayText(digest);
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}
