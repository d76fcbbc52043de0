/** Renders and gathers what one machine is sent for one job. Writes nothing. */

import {Guarded} from '../config/guarded.ts';
import {hasErrors} from '../config/problems.ts';
import {withoutSecrets} from '../config/secret-keys.ts';
import {templateContext} from '../config/template-contexts.ts';
import type {ClusterConfig} from '../config/types.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {createTemplates, type Templates} from '../template/templates.ts';
import type {Files} from '../tools.ts';
import type {Value} from '../values/types.ts';
import {sha256Of} from './checksums.ts';
import type {PackageEntry, PackageManifest} from './manifest.ts';
import {readCopied} from './read-copied.ts';
import {readTemplate, templatesInside} from './read-template.ts';
import type {Package, PackageFile} from './types.ts';

interface PackageSource {
  readonly manifest: PackageManifest;
  /** The folder that `src` counts from, absolute; nothing outside of it is read. */
  readonly toolRoot: string;
  /** The machine that templates are rendered for. */
  readonly host: string;
  readonly files: Pick<Files, 'resolveInside'>;
}

/** Templates see the names of the configuration's era, or others that are given; those hold no secret. */
export type PackageRequest = PackageSource &
  (
    | {readonly config: Pick<ClusterConfig, 'era' | 'views'>; readonly names?: undefined; readonly common?: undefined}
    | {readonly names: ReadonlyMap<string, Value>; readonly common?: CommonFiles}
  );

/** What packages of several machines have in common: read, compiled and rendered once. Nothing of it may change meanwhile. */
export interface CommonFiles {
  readonly templates: Templates;
  /** Finds the words by which a template asks for more than is the same for all machines. */
  readonly asksForMore: RegExp;
  /** By what manifests call them. */
  readonly sources: Map<string, {readonly file: string; readonly text: string}>;
  readonly contents: Map<string, Content>;
}

/** `ofMachine`: the names that templates see and that are not the same for all machines. */
export function commonFiles(toolRoot: string, ofMachine: readonly string[]): CommonFiles {
  const words = [...ofMachine, 'include', 'import', 'extends'];
  return {
    templates: createTemplates(templatesInside(toolRoot)),
    asksForMore: new RegExp(`\\b(?:${words.join('|')})\\b`),
    ...{sources: new Map(), contents: new Map()},
  };
}

type Content = Omit<PackageFile, 'path' | 'installed'>;

export interface PackageReading {
  /** Only when no problem is an error. */
  readonly package?: Package;
  /** Every mistake of every file at once, and warnings of templates. */
  readonly problems: readonly Problem[];
}

/** Throws for a machine that the configuration does not have. */
export async function buildPackage(request: PackageRequest): Promise<PackageReading> {
  const {manifest, toolRoot, host} = request;
  const problems: Problem[] = [...conflicts(manifest.entries)];
  const rendering: Rendering = {
    templates: request.common?.templates ?? createTemplates(templatesInside(toolRoot)),
    ...(request.names
      ? {names: request.names, shownNames: request.names, secrets: new Set<string>()}
      : namesOf(request.config, host)),
    problems,
  };
  const files = new Map<string, PackageFile>();
  for (const entry of manifest.entries) {
    try {
      files.set(entry.path, await fileOf(entry, request, rendering));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(named(error.problem, entry));
    }
  }
  if (hasErrors(problems)) return {problems};
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines = sorted.map(({path, mode, digest}) => `${mode.toString(8)} ${digest} ${path}\n`);
  return {
    package: {machine: host, job: manifest.job, files: sorted, digest: sha256Of(lines.join(''))},
    problems,
  };
}

interface Rendering {
  readonly templates: Templates;
  readonly names: ReadonlyMap<string, Value>;
  /** The same with dots for secrets: what it renders to differently holds one, in whatever form. */
  readonly shownNames: ReadonlyMap<string, Value>;
  readonly secrets: ReadonlySet<string>;
  readonly problems: Problem[];
}

function namesOf(
  {era, views}: Pick<ClusterConfig, 'era' | 'views'>,
  host: string,
): Pick<Rendering, 'names' | 'shownNames' | 'secrets'> {
  const selection = {of: 'kubernetes', host} as const;
  return {
    names: templateContext({era, views}, selection),
    shownNames: templateContext({era, views: concealed(views)}, selection),
    secrets: views.kubernetes.secrets(),
  };
}

function concealed(views: ClusterConfig['views']): ClusterConfig['views'] {
  return {...views, kubernetes: new Guarded(views.kubernetes.shown())};
}

async function fileOf(entry: PackageEntry, request: PackageRequest, rendering: Rendering): Promise<PackageFile> {
  const {path} = entry;
  const install = installedAt(path);
  const installed = install === undefined ? {} : {installed: install};
  const content = await contentOf(entry, request, rendering);
  return {path, ...installed, ...content};
}

async function contentOf(
  {src, how}: PackageEntry,
  {files, toolRoot, common}: PackageRequest,
  rendering: Rendering,
): Promise<Content> {
  const known = common?.contents.get(src);
  if (known) return known;
  if (how === 'copied') {
    const copied = await readCopied(await files.resolveInside(toolRoot, src));
    if (!common) return copied;
    const bytes = await copied.read();
    const content = {...copied, read: async () => bytes};
    common.contents.set(src, content);
    return content;
  }
  const source = common?.sources.get(src) ?? (await sourceOf(src, {files, toolRoot}));
  const content = rendered(source, rendering);
  common?.sources.set(src, source);
  if (common && !common.asksForMore.test(source.text)) common.contents.set(src, content);
  return content;
}

async function sourceOf(src: string, {files, toolRoot}: Pick<PackageSource, 'files' | 'toolRoot'>) {
  const file = await files.resolveInside(toolRoot, src);
  return {file, text: readTemplate(file)};
}

function rendered(
  source: {readonly file: string; readonly text: string},
  {templates, names, shownNames, secrets, problems}: Rendering,
): Content {
  const template = templates.compile(source.file, source.text);
  const {text, warnings} = template.render(names);
  problems.push(...warnings);
  const isSecret =
    withoutSecrets(text, secrets) !== text || (shownNames !== names && differs(template, text, shownNames));
  const bytes = Buffer.from(text, 'utf8');
  // The originals leave it to each job to make rendered scripts executable, or to call them through bash.
  const isScript = text.startsWith('#!');
  return {
    mode: (isScript ? 0o755 : 0o644) & (isSecret ? 0o700 : 0o777),
    size: bytes.length,
    digest: isSecret ? 'secret' : sha256Of(bytes),
    read: () => Promise.resolve(bytes),
  };
}

function differs(
  template: ReturnType<Templates['compile']>,
  text: string,
  shownNames: Rendering['shownNames'],
): boolean {
  try {
    return template.render(shownNames).text !== text;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return true;
  }
}

/** Jobs copy their folder etc/ over that of the machine (kubelet-start.sh, behaviour 6.3). */
function installedAt(path: string): string | undefined {
  return path.startsWith('etc/') ? `/${path}` : undefined;
}

/** A file where another entry needs a folder; and two entries for one file, of which the later one counts. */
function conflicts(entries: readonly PackageEntry[]): Problem[] {
  const first = new Map<string, PackageEntry>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const earlier = first.get(entry.path);
    if (earlier) {
      problems.push({
        ...placed(
          entry,
          `${displayText(entry.path)} is there twice: also in line ${earlier.line}; the later one counts.`,
        ),
        severity: 'warning',
        hint: 'Remove one of the two.',
      });
    }
    first.set(entry.path, entry);
  }
  for (const entry of first.values()) {
    const parts = entry.path.split('/').slice(0, -1);
    const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const file = folders.find((folder) => first.has(folder));
    if (file === undefined) continue;
    const message = `${displayText(entry.path)} needs a folder ${displayText(file)}, and that is a file.`;
    problems.push({...placed(entry, message), hint: 'Give one of the two another dst or name.'});
  }
  return problems;
}

function placed({file, line, key}: PackageEntry, message: string): Problem {
  return {code: 'tree-invalid', message, file, line, key};
}

/** A source that is not there is a mistake of the manifest; a template's own mistakes stay in the template. */
function named(problem: Problem, {file, line, key}: PackageEntry): Problem {
  const isOfEntry = problem.code === 'file-unreadable' || problem.code === 'path-leaves-tree';
  return isOfEntry ? {...problem, file, line, key} : problem;
}
