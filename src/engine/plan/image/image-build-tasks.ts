import {posix} from 'node:path';
import type {Catalog, Component} from '../../catalog/types.ts';
import {type AskedBase, latestOf} from '../../images/bases.ts';
import {type BuildWork, buildImages, currentImages} from '../../images/build.ts';
import {readDone, treeCopy} from '../../images/copy.ts';
import {sourceSite} from '../../images/facts.ts';
import {forgetGenerated, keepGenerated, missingLastHook, restoreGenerated} from '../../images/generated.ts';
import type {GivenFile} from '../../images/hadoop-binary.ts';
import {digestsOf, imageOf, type Site} from '../../images/inputs.ts';
import {loginFor, withLogin} from '../../images/login.ts';
import {type CopiedComponent, folderInCopy, hookWrites, prepareComponent} from '../../images/prepare.ts';
import type {ImageTemplates, RenderedFile} from '../../images/templates.ts';
import type {Turns} from '../../images/turns.ts';
import {displayText} from '../../names.ts';
import {registryOf} from '../../tools.ts';
import type {Task, TaskContext, TaskEnd} from '../types.ts';

/** The part of a task that does something. */
type Doing<Result> = Required<Pick<Task<Result>, 'satisfied' | 'run'>>;

export interface CopyTreeWork {
  readonly catalog: Catalog;
}

/** Copies the tool root into the run, once; whole or not at all. */
export function runCopyTree({catalog}: CopyTreeWork): Doing<{readonly files: number}> {
  return {
    async satisfied({tools, runFolder}) {
      const {whole} = treeCopy(runFolder, catalog);
      return (await tools.files.exists(whole)) ? {files: Number(await tools.files.readText(whole))} : undefined;
    },
    async run({tools, runFolder, signal, output, progress}) {
      const copy = treeCopy(runFolder, catalog);
      await tools.files.removeTree(posix.dirname(copy.root));
      const report = await tools.files.copyTree(copy.from, copy.root, {progress}, signal);
      await tools.files.writeFile(copy.whole, String(report.files), 0o600);
      for (const path of report.skipped) output(`Not copied, as it is no file: ${JSON.stringify(path)}\r\n`);
      const how = {reflink: 'shared with the source until written', copy: 'copied', mixed: 'copied in part'}[
        report.how
      ];
      return {
        changed: false,
        result: {files: report.files},
        note: `${report.files} files, ${megabytes(report.bytes)}, ${how}`,
      };
    },
  };
}

/** Brings a foreign base to what its registry has. */
export function runPull(reference: string, digest: string): Doing<{readonly digest: string}> {
  return {
    async satisfied({tools, signal}) {
      const here = digestsOf(await tools.docker.image(reference, signal), reference);
      return here.includes(digest) ? {digest} : undefined;
    },
    async run({tools, signal, output, progress}) {
      const pulled = await withLogin(await loginFor(registryOf(reference), tools, signal), (credentials) =>
        tools.docker.pull(reference, credentials, {output, progress}, signal),
      );
      return {changed: true, result: {digest: pulled.digest}, note: pulled.digest.slice(0, 19)};
    },
  };
}

export interface ComponentWork {
  readonly catalog: Catalog;
  readonly component: Component;
  /** Those of its images that were asked for or are needed, in build order. */
  readonly images: readonly string[];
  readonly engineId: string;
  /** Works in the copy of the tree; otherwise contexts stream from the source. */
  readonly inCopy: boolean;
  /** False: every image was current when the plan was made, so that nothing may be built. */
  readonly mayBuild: boolean;
  readonly builder: 'auto' | 'classic' | 'buildkit';
  readonly force: boolean;
  readonly noCache: boolean;
  readonly moved: readonly (readonly [string, string])[];
  readonly asked: readonly AskedBase[];
  /** Shared by the hooks of a plan. */
  readonly turns: Turns;
  /** What images of A–D are rendered from. */
  templates(): Promise<ImageTemplates>;
  /** Files from outside of the tree that belong to these images. */
  readonly given: readonly GivenFile[];
}

export interface ComponentResult {
  /** Ids by image name. */
  readonly images: Readonly<Record<string, string>>;
}

/** One component: dependencies, first hook, images in order, second hook; what is current is left alone. */
export function runComponent(work: ComponentWork): Doing<ComponentResult> {
  return {
    satisfied: (context) => (work.inCopy ? doneInCopy(work, context) : currentInSource(work, context)),
    run: (context) => (work.inCopy ? runInCopy(work, context) : runInSource(work, context)),
  };
}

async function currentInSource(work: ComponentWork, context: TaskContext): Promise<ComponentResult | undefined> {
  const images = await currentImages(buildWork(work, sourceSite(work.catalog, context.tools, work.given)), context);
  return images ? {images} : undefined;
}

async function runInSource(work: ComponentWork, context: TaskContext): Promise<TaskEnd<ComponentResult>> {
  const site = sourceSite(work.catalog, context.tools, work.given);
  const {images, changed, note} = await buildImages(buildWork(work, site), context);
  return {changed, result: {images}, note};
}

/** Done earlier in this run, and the engine still has what was built. */
async function doneInCopy(
  {catalog, component}: ComponentWork,
  context: TaskContext,
): Promise<ComponentResult | undefined> {
  const done = await readDone(treeCopy(context.runFolder, catalog), component);
  if (!done) return undefined;
  for (const [name, id] of Object.entries(done.images)) {
    const found = await context.tools.docker.image(imageOf(catalog, name).localName, context.signal);
    if (found?.id !== id) return undefined;
  }
  return {images: done.images};
}

/** What was rendered is gone when the task ends, in whatever way: a secret may stand in it. */
async function runInCopy(work: ComponentWork, context: TaskContext): Promise<TaskEnd<ComponentResult>> {
  const rendered: RenderedFile[] = [];
  try {
    return await workInCopy(work, rendered, context);
  } finally {
    const {toolRoot} = treeCopy(context.runFolder, work.catalog);
    for (const {path} of rendered) await context.tools.files.removeTree(posix.join(toolRoot, path));
  }
}

async function workInCopy(
  work: ComponentWork,
  rendered: RenderedFile[],
  context: TaskContext,
): Promise<TaskEnd<ComponentResult>> {
  const {catalog, component, turns} = work;
  const {files} = context.tools;
  const copy = treeCopy(context.runFolder, catalog);
  const copied = {catalog, component, copy, turns};
  const hookWrote = new Set(await prepareComponent(copied, context));
  await copyGiven(work, copied, context);
  await renderTemplates(work, copied, rendered, context);
  for (const {path} of rendered) hookWrote.add(posix.relative(component.folder, path));
  const site: Site = {
    catalog,
    root: copy.root,
    toolRoot: copy.toolRoot,
    kind: 'copy',
    files,
    given: work.given,
    read: new Map(),
    unhashed: new Set(rendered.filter(({holdsSecret}) => holdsSecret).map(({path}) => path)),
  };
  const {images, built, changed, note} = await buildImages(
    {
      ...buildWork(work, site),
      hookWrote: [...hookWrote],
      missingLastHook: await missingLastHook(component, {files, stateFolder: context.stateFolder}),
      // Until its last hook has ended, a component that is built again is not done.
      building: async () => {
        if (component.postHook !== undefined) await forgetGenerated(component, context);
      },
    },
    context,
  );
  const runsLast = component.postHook !== undefined && (built > 0 || component.images.length === 0);
  if (component.postHook !== undefined && runsLast) {
    for (const path of await hookWrites(copied, component.postHook, context)) hookWrote.add(path);
  }
  // Without the last hook `generated/` is not whole, and what was kept holds.
  const isWhole = component.postHook === undefined ? component.preHook !== undefined : runsLast;
  const kept = isWhole ? await keepGenerated(copied, context) : false;
  if (component.postHook !== undefined && !runsLast) {
    for (const path of await restoreGenerated(copied, context)) hookWrote.add(path);
  }
  const done = {hookWrote: [...hookWrote].sort(), images};
  await files.makeFolder(posix.dirname(copy.done(component.name)));
  await files.writeFile(copy.done(component.name), JSON.stringify(done), 0o600);
  return {
    // What hooks hand on counts where a component has nothing else.
    changed: component.images.length === 0 ? kept : changed,
    result: {images},
    note: component.images.length === 0 ? (kept ? 'its hooks wrote something else' : 'nothing changed') : note,
  };
}

/** Puts files from outside of the tree where images have them; what else is in their folder there goes. */
async function copyGiven({given}: ComponentWork, copied: CopiedComponent, context: TaskContext): Promise<void> {
  const {files} = context.tools;
  for (const {from, path} of given) {
    const folder = await folderInCopy(copied, posix.dirname(path), context);
    context.output(`Copying ${displayText(from)} to ${displayText(path)}\r\n`);
    await files.removeTree(folder);
    await files.makeFolder(folder);
    const {progress} = context;
    await files.copyTree(from, posix.join(folder, posix.basename(path)), {progress}, context.signal);
  }
}

/** Writes what the templates of the component's images become into its folder in the copy; `written` grows. */
async function renderTemplates(
  {catalog, component, templates}: ComponentWork,
  copied: CopiedComponent,
  written: RenderedFile[],
  context: TaskContext,
): Promise<void> {
  const {files} = context.tools;
  for (const image of component.images.map((name) => imageOf(catalog, name))) {
    if (image.templates.length === 0) continue;
    const {files: rendered} = await (await templates()).render(image, copied.copy.toolRoot, files);
    for (const file of rendered) {
      context.output(`Rendering ${displayText(file.template)} to ${displayText(file.path)}\r\n`);
      // The folder of the run is this user's alone; an image has the mode that the original tools gave the file.
      written.push(file);
      await files.writeFile(await folderInCopy(copied, file.path, context), file.text, 0o644);
    }
  }
}

/** For a component without hooks. */
function buildWork(work: ComponentWork, site: Site): BuildWork {
  const {images, engineId, builder, force, noCache, mayBuild, moved, asked} = work;
  return {
    ...{site, images, engineId, builder, force, noCache, mayBuild, moved: new Map(moved), latest: latestOf(asked)},
    hookWrote: [],
    missingLastHook: undefined,
    building: async () => {},
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
