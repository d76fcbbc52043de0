import {dirname, join, posix, relative} from 'node:path';
import type {Catalog, Component} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {TaskContext} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import {readDone, type TreeCopy} from './copy.ts';
import {componentOf, imageOf} from './inputs.ts';
import {differingPaths, treeManifest} from './manifest.ts';
import type {Turns} from './turns.ts';

/** One component in the copy of the tree. */
export interface CopiedComponent {
  readonly catalog: Catalog;
  readonly component: Component;
  readonly copy: TreeCopy;
  /** One hook at a time in a run: they may write beside their folders, and the originals ran one after another. */
  readonly turns: Turns;
}

/**
 * Makes a component's folder in the copy ready for its images: as it is in the source, with what is copied into it,
 * and with what its first hook writes. Returns the paths in the folder that hooks wrote. Safe to do again.
 */
export async function prepareComponent(work: CopiedComponent, context: TaskContext): Promise<readonly string[]> {
  const {component, copy} = work;
  const {files} = context.tools;
  await freshFolder(work, context);
  await files.makeFolder(dirname(copy.started(component.name)));
  await files.writeFile(copy.started(component.name), '', 0o600);
  for (const hook of [component.preHook, component.postHook]) {
    if (hook !== undefined) await files.makeExecutable(await folderInCopy(work, hook, context));
  }
  const fromCopies = await copyDependencies(work, context);
  await copyLists(work, context);
  if (component.preHook === undefined) return fromCopies;
  const written = await hookWrites(work, component.preHook, context);
  return [...new Set([...fromCopies, ...written])].sort();
}

/** Runs a hook in the copy and returns the paths in the component's folder that differ since. */
export async function hookWrites(work: CopiedComponent, hook: string, context: TaskContext): Promise<string[]> {
  const {files} = context.tools;
  const folder = await folderInCopy(work, work.component.folder, context);
  const waiting = (other: string) => context.output(`Waiting until ${other} has ended.\r\n`);
  return work.turns.take(displayText(hook), waiting, context.signal, async () => {
    const before = await treeManifest(files, folder, context.signal);
    await runHook(work, hook, context);
    return differingPaths(before, await treeManifest(files, folder, context.signal));
  });
}

/** A path of the tree inside the copy, every link followed. Throws `path-leaves-tree` when it is outside. */
export function folderInCopy({copy}: CopiedComponent, path: string, {tools}: TaskContext): Promise<string> {
  return tools.files.resolveInside(copy.root, join(relative(copy.root, copy.toolRoot), path));
}

/** What an earlier attempt left half-done is thrown away. */
async function freshFolder(work: CopiedComponent, context: TaskContext): Promise<void> {
  const {component, copy, catalog} = work;
  const {files} = context.tools;
  if (!(await files.exists(copy.started(component.name)))) return;
  const folder = await folderInCopy(work, posix.dirname(component.folder), context);
  const inCopy = join(folder, posix.basename(component.folder));
  context.output(`The folder ${displayText(component.folder)} is copied anew.\r\n`);
  await files.removeTree(inCopy);
  await files.copyTree(join(catalog.toolRoot, component.folder), inCopy, {progress: () => {}}, context.signal);
}

/** Returns the paths below dependency/ that hooks of the copied components wrote. */
async function copyDependencies(work: CopiedComponent, context: TaskContext): Promise<string[]> {
  const {component, catalog, copy} = work;
  const {files} = context.tools;
  const written: string[] = [];
  for (const name of component.copies) {
    const from = await folderInCopy(work, componentOf(catalog, name).folder, context);
    // The link of the last part is not followed: it is replaced, as everything that is there.
    const to = join(await folderInCopy(work, posix.join(component.folder, 'dependency'), context), name);
    context.output(`Copying ${displayText(name)} to dependency/${displayText(name)}\r\n`);
    await files.removeTree(to);
    await files.copyTree(from, to, {progress: () => {}}, context.signal);
    const done = await readDone(copy, componentOf(catalog, name));
    written.push(...(done?.hookWrote ?? []).map((path) => `dependency/${name}/${path}`));
  }
  return written;
}

/** Folders and files of the tree that are put into a context for the build. */
async function copyLists(work: CopiedComponent, context: TaskContext): Promise<void> {
  for (const {from, to} of work.component.images.flatMap((name) => imageOf(work.catalog, name).copyList)) {
    const source = await folderInCopy(work, from, context);
    const target = await folderInCopy(work, to, context);
    context.output(`Copying ${displayText(from)} to ${displayText(to)}\r\n`);
    await context.tools.files.copyTree(source, target, {progress: () => {}}, context.signal);
  }
}

/** As the original: by its path from the tool root, without arguments, with the operator's environment. */
async function runHook(work: CopiedComponent, hook: string, context: TaskContext): Promise<void> {
  const {terminal} = context.tools;
  context.output(`$ ${displayText(hook)}\r\n`);
  const tail = createTail();
  const silence = watchSilence(hook, context);
  const hears = (bytes: Uint8Array) => {
    silence.heard();
    context.output(bytes);
    tail.add(bytes);
  };
  const end = await terminal
    .run({argv: [hook], cwd: work.copy.toolRoot}, {output: hears}, context.signal)
    .finally(silence.close);
  if (end.exit === 0) return;
  const how = end.exit === undefined ? `was ended by ${end.signal ?? 'a signal'}` : `ended with exit code ${end.exit}`;
  throw new ProblemError({
    code: 'hook-failed',
    message: `${displayText(hook)} of ${displayText(work.component.name)} ${how}.`,
    hint: 'Read its output, mend what it says, and build again; the source tree was not touched.',
    command: displayText(hook),
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
    ...(tail.lines() === '' ? {} : {detail: tail.lines()}),
    file: join(work.catalog.toolRoot, hook),
  });
}

const silentMs = 5 * 60_000;

/** A hook has no bound of its own: it may download for an hour. One that is silent is told of, with what ends it. */
function watchSilence(hook: string, {tools, output, runFolder}: TaskContext): {heard(): void; close(): void} {
  const {clock} = tools;
  const ended = new AbortController();
  let last = clock.monotonic();
  const watch = async () => {
    for (let told = last; ; ) {
      await clock.sleep(Math.max(1_000, Math.max(told, last) + silentMs - clock.monotonic()), ended.signal);
      const now = clock.monotonic();
      if (now - Math.max(told, last) < silentMs) continue;
      told = now;
      const minutes = Math.round((now - last) / 60_000);
      output(
        `-- ${displayText(hook)} has said nothing for ${minutes} minutes and goes on. To stop the run: pai-tui run cancel ${posix.basename(runFolder)} --\r\n`,
      );
    }
  };
  watch().catch((error: unknown) => {
    if (!ended.signal.aborted) throw error;
  });
  return {
    heard() {
      last = clock.monotonic();
    },
    close: () => ended.abort(),
  };
}

const tailLines = 15;
const tailBytes = 8192;

/** The last lines of an output, for the problem of a hook that failed. */
function createTail(): {add(bytes: Uint8Array): void; lines(): string} {
  let kept = Buffer.alloc(0);
  return {
    add(bytes) {
      kept = Buffer.concat([kept, bytes]).subarray(-tailBytes);
    },
    lines: () =>
      kept
        .toString('utf8')
        .split(/\r?\n|\r/)
        .map((line) => displayText(line).trimEnd())
        .filter((line) => line !== '')
        .slice(-tailLines)
        .join('\n'),
  };
}
