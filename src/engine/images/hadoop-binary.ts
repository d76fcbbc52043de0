/**
 * The Hadoop binary of A–D: the original tools put it into src/hadoop-run/hadoop before they build (behaviour 4.1, 4.3),
 * from where the configuration says, or from the network, unverified. Here it comes from where the configuration says.
 */

import {constants} from 'node:fs';
import {access, realpath, stat} from 'node:fs/promises';
import {basename, join, posix, resolve} from 'node:path';
import {copiesFrom} from '../catalog/copied-paths.ts';
import type {Selection} from '../catalog/select.ts';
import type {Catalog, Image} from '../catalog/types.ts';
import type {Origin} from '../config/origins.ts';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import type {Files} from '../tools.ts';
import {type Manifest, movedBelow, treeManifest} from './manifest.ts';

/** A file from outside of the tree that is put into the folder of an image. Plain JSON. */
export interface GivenFile {
  readonly image: string;
  /** Absolute, links resolved. */
  readonly from: string;
  /** Relative to the tool root; nothing else is in its folder. */
  readonly path: string;
  /** SHA-256 of its content. */
  readonly digest: string;
}

/** What the configuration says of the binary. Plain JSON. */
export interface HadoopFacts {
  readonly given?: GivenFile;
  readonly version?: string;
  /** Where the configuration says it, as far as it does; nowhere when none was named. */
  readonly place: Pick<Problem, 'file' | 'line' | 'key'>;
  /** It names a file that cannot be had. */
  readonly problems: readonly Problem[];
}

const imageName = 'hadoop-run';

/** Undefined where hadoop-run is not asked for, and in later trees. Reads only. */
export async function readHadoopFacts(
  config: string | undefined,
  catalog: Catalog,
  {images}: Selection,
  files: Files,
  signal: AbortSignal,
): Promise<HadoopFacts | undefined> {
  const image = catalog.images.find(({name}) => name === imageName && images.includes(name));
  if (!image || catalog.era > 'D') return undefined;
  if (config === undefined) return {place: {}, problems: []};
  const {path, version, place} = await settingOf(config, catalog);
  const known = {place, ...(version === undefined ? {} : {version})};
  if (path === undefined) return {...known, problems: []};
  const found = await fileAt(resolve(catalog.toolRoot, path));
  if ('why' in found) {
    const problem: Problem = {
      code: 'file-unreadable',
      message: `${imageName} is built with ${displayText(path)}, and that ${found.why}.`,
      hint: 'Correct the path, which counts from the folder of the tools; None stands for none.',
      ...place,
    };
    return {...known, problems: [problem]};
  }
  const state = (await treeManifest(files, found.real, signal))[''] ?? '';
  const given: GivenFile = {
    image: imageName,
    from: found.real,
    path: posix.join(folderOf(image), basename(path)),
    digest: state.split(' ')[2] ?? '',
  };
  return {...known, given, problems: []};
}

/** What given files make of an image's context, by path there: in the source where they come from, in the copy themselves. */
export async function givenManifest(
  given: readonly GivenFile[],
  image: Image,
  {files, toolRoot, kind}: {readonly files: Files; readonly toolRoot: string; readonly kind: 'source' | 'copy'},
  signal: AbortSignal,
): Promise<Manifest> {
  const parts = given
    .filter(({image: name}) => name === image.name)
    .map(async ({from, path}) =>
      movedBelow(
        posix.relative(image.context, path),
        await treeManifest(files, kind === 'source' ? from : join(toolRoot, path), signal),
      ),
    );
  return Object.assign({}, ...(await Promise.all(parts)));
}

/** Whether a file of the image's context is replaced by one that is given. */
export function isReplaced(given: readonly GivenFile[], image: Image, path: string): boolean {
  return given.some((file) => {
    const folder = posix.relative(image.context, posix.dirname(file.path));
    return file.image === image.name && path.startsWith(`${folder}/`);
  });
}

/**
 * Why hadoop-run cannot be built although the configuration names no file: its Dockerfile (rendered, where it is made
 * from a template) copies from hadoop/, and nothing is there.
 */
export async function missingBinary(
  facts: HadoopFacts | undefined,
  catalog: Catalog,
  files: Files,
  dockerfile: (image: Image) => Promise<string | undefined>,
): Promise<readonly Problem[]> {
  if (!facts || facts.given || facts.problems.length > 0) return [];
  const image = catalog.images.find(({name}) => name === imageName);
  if (!image || (await files.exists(join(catalog.toolRoot, folderOf(image))))) return [];
  const line = copiesFrom((await dockerfile(image)) ?? '', 'hadoop');
  if (line === undefined) return [];
  const {version, place} = facts;
  const copies = `The Dockerfile of ${imageName} copies the Hadoop binary (line ${line}: hadoop/)`;
  if (place.key === undefined) {
    const message = `${copies}, and where that lies is in the configuration.`;
    const file = join(catalog.toolRoot, image.dockerfile);
    return [{code: 'config-missing', message, hint: 'Name the configuration with -c DIR.', file, line}];
  }
  const name = version === undefined ? 'hadoop-VERSION' : `hadoop-${displayText(version)}`;
  return [
    {
      code: 'config-missing',
      message: `${copies}, and the configuration names no file: ${place.key} is None.`,
      hint: `Download https://archive.apache.org/dist/hadoop/common/${name}/${name}.tar.gz, compare it with the checksum beside it, and write ${place.key}: /path/to/${name}.tar.gz. Nothing is downloaded unverified for you.`,
      ...place,
    },
  ];
}

function folderOf({context}: Image): string {
  return posix.join(context, 'hadoop');
}

/** As templates see it; what else is wrong in the configuration is told elsewhere. */
async function settingOf(
  config: string,
  catalog: Catalog,
): Promise<{path?: string; version?: string; place: HadoopFacts['place']}> {
  const {openConfig} = await import('../config/open.ts');
  const {draft} = await openConfig(config, {tree: catalog});
  const info = draft?.views.services.reveal().get('clusterinfo');
  const hadoop = info instanceof Map ? info.get('hadoopinfo') : undefined;
  const section: ReadonlyMap<unknown, unknown> = hadoop instanceof Map ? hadoop : new Map();
  const key = 'custom_hadoop_binary_path';
  const path = section.get(key);
  const version = section.get('hadoopversion');
  const origin = draft?.originOf(section, key);
  const named = typeof path === 'string' && path !== '' && path !== 'None';
  return {
    ...(named ? {path} : {}),
    ...(version === undefined || version === null ? {} : {version: String(version)}),
    place: placeOf(origin, config, catalog.era === 'A'),
  };
}

function placeOf(origin: Origin | undefined, config: string, isSingle: boolean): HadoopFacts['place'] {
  if (origin?.from === 'file') return {file: origin.file, line: origin.line, key: origin.key};
  const key = isSingle ? 'clusterinfo.hadoopinfo.custom_hadoop_binary_path' : 'hadoop.custom-hadoop-binary-path';
  return {file: config, key};
}

async function fileAt(path: string): Promise<{readonly real: string} | {readonly why: string}> {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isFile()) return {why: 'is no file'};
    await access(real, constants.R_OK);
    return {real};
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {why: 'is not there'};
    return {why: code === 'EACCES' ? 'may not be read by this account' : `cannot be read (${code})`};
  }
}
