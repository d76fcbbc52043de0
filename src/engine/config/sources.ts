/** The files of a configuration folder of any era, found by what is there and read once. */

import {stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import type {Era} from '../catalog/types.ts';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {readSourceFile, type SourceFile} from './source-file.ts';
import type {ConfigFormat} from './types.ts';
import {mapAt, placeIn} from './yaml-access.ts';

/** What a file of a configuration is for. */
export type FileRole =
  | 'machines' // cluster-configuration.yaml, B–F
  | 'kubernetes' // kubernetes-configuration.yaml
  | 'roles' // k8s-role-definition.yaml
  | 'services' // services-configuration.yaml
  | 'layout' // layout.yaml, G–H
  | 'deployment' // config.yaml, H
  | 'single-kubernetes' // cluster-config.yaml, A
  | 'single-services'; // clusterconfig.yaml, A

export interface Sources {
  readonly folder: string;
  readonly format: ConfigFormat;
  readonly files: ReadonlyMap<FileRole, SourceFile>;
  /** Files that are there and could not be read: nobody should say that they are missing. */
  readonly unreadable: ReadonlySet<FileRole>;
}

/**
 * Reads a configuration folder, or the one file that era A was given. The era of the tree decides where the files of
 * several formats lie together. Undefined when there is no configuration; never throws.
 */
export async function readSources(
  config: string,
  era: Era | undefined,
  problems: Problem[],
): Promise<Sources | undefined> {
  const facts = await stat(config).catch(() => undefined);
  if (facts?.isFile()) return readSingleFile(config, era, problems);
  if (!facts?.isDirectory()) {
    problems.push({
      code: 'config-missing',
      message: `The configuration ${displayText(config)} ${facts ? 'is no folder' : 'does not exist'}.`,
      hint: 'Give the folder of the configuration files with --config DIR or PAI_CONFIG.',
      file: config,
    });
    return undefined;
  }
  const found = await findFiles(config);
  const format = formatOf(new Set(found.keys()), era);
  if (format === undefined) {
    problems.push({
      code: 'config-missing',
      message: `${displayText(config)} holds none of the files of a cluster configuration.`,
      hint: `Looked for: ${[...new Set(Object.values(fileNames).flat())].join(', ')}.`,
      file: config,
    });
    return undefined;
  }
  noteOthers(config, found, format, problems);
  return readFiles(config, format, found, problems);
}

/** `config get` of v0.8 wrote the misspelt name (behaviour 2.6). Relative to the folder; the first that is there counts. */
const fileNames: Readonly<Record<FileRole, readonly string[]>> = {
  machines: ['cluster-configuration.yaml'],
  kubernetes: ['kubernetes-configuration.yaml'],
  roles: ['k8s-role-definition.yaml'],
  services: ['services-configuration.yaml', 'serivces-configuration.yaml'],
  layout: ['layout.yaml'],
  deployment: ['config.yaml'],
  'single-kubernetes': ['cluster-config.yaml', 'kubernetes-deployment/cluster-config.yaml'],
  'single-services': ['clusterconfig.yaml', 'service-deployment/clusterconfig.yaml'],
};

const rolesOf: Readonly<Record<ConfigFormat, readonly FileRole[]>> = {
  'single-files': ['single-kubernetes', 'single-services'],
  'cluster-configuration': ['machines', 'kubernetes', 'roles', 'services'],
  layout: ['layout', 'kubernetes', 'roles', 'services'],
  'layout-and-config': ['layout', 'deployment', 'kubernetes', 'roles', 'services'],
};

/** The file a role is in, as it should be called. */
export function nameOf(role: FileRole): string {
  return fileNames[role][0] ?? role;
}

/** Where the files of a configuration are or would be, whatever its era; of a file that was given, that file too. */
export function possibleFiles(config: string): readonly string[] {
  const names = Object.values(fileNames).flat();
  return [config, ...[config, dirname(config)].flatMap((folder) => names.map((name) => join(folder, name)))];
}

type Found = ReadonlyMap<FileRole, readonly string[]>;

async function findFiles(folder: string): Promise<Found> {
  const found = new Map<FileRole, readonly string[]>();
  for (const [role, names] of Object.entries(fileNames) as [FileRole, readonly string[]][]) {
    const there: string[] = [];
    for (const name of names) {
      const isThere = await stat(join(folder, name)).then(
        () => true,
        // A link that leads in a circle, or a folder that may not be looked into, is told when the file is read.
        ({code}: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
      );
      if (isThere) there.push(name);
    }
    if (there.length > 0) found.set(role, there);
  }
  return found;
}

function formatOf(has: ReadonlySet<FileRole>, era: Era | undefined): ConfigFormat | undefined {
  const isLayout = has.has('layout');
  const isSingle = has.has('single-kubernetes') || has.has('single-services');
  if (era === 'A' && isSingle) return 'single-files';
  if (era !== undefined && era >= 'B' && era <= 'F' && has.has('machines')) return 'cluster-configuration';
  if (isLayout) return era === 'H' || (era === undefined && has.has('deployment')) ? 'layout-and-config' : 'layout';
  if (has.has('machines') || has.has('kubernetes') || has.has('services')) {
    if (era === 'H') return 'layout-and-config';
    return era === 'G' && !has.has('machines') ? 'layout' : 'cluster-configuration';
  }
  return isSingle ? 'single-files' : undefined;
}

/** Files of another format lie beside those that are read: whoever edits them should know. */
function noteOthers(folder: string, found: Found, format: ConfigFormat, problems: Problem[]): void {
  const beside: readonly FileRole[] = ['machines', 'layout', 'single-kubernetes', 'single-services'];
  for (const role of beside) {
    const [name] = found.get(role) ?? [];
    if (name === undefined || rolesOf[format].includes(role)) continue;
    problems.push({
      code: 'config-invalid',
      severity: 'notice',
      message: `${name} is of another release and is not read here.`,
      hint: 'Move it away once nothing needs it.',
      file: join(folder, name),
    });
  }
}

async function readFiles(folder: string, format: ConfigFormat, found: Found, problems: Problem[]): Promise<Sources> {
  const files = new Map<FileRole, SourceFile>();
  const unreadable = new Set<FileRole>();
  for (const role of rolesOf[format]) {
    const [name, second] = found.get(role) ?? [];
    if (name === undefined) continue;
    const source = await readSourceFile(join(folder, name), problems);
    if (source) files.set(role, source);
    if (source?.yaml.value === undefined) unreadable.add(role);
    noteSpelling(folder, role, name, second, problems);
  }
  return {folder, format, files, unreadable};
}

function noteSpelling(folder: string, role: FileRole, name: string, second: string | undefined, problems: Problem[]) {
  if (role !== 'services') return;
  const right = nameOf(role);
  const wrong = name === right ? second : name;
  if (wrong === undefined) return;
  problems.push({
    code: 'config-invalid',
    severity: 'warning',
    message:
      name === right
        ? `${wrong} lies beside ${right} and is not read.`
        : `${wrong} is read here, but the original tools do not read that spelling.`,
    hint: name === right ? 'Remove it when nothing in it is needed.' : `Rename it to ${right}.`,
    file: join(folder, wrong),
  });
}

/** A file of a known name stands for its folder; any other is one of the two of A, told apart by their sections. */
async function readSingleFile(file: string, era: Era | undefined, problems: Problem[]): Promise<Sources | undefined> {
  const folder = dirname(file);
  const known = (Object.keys(fileNames) as FileRole[]).find((role) => fileNames[role].includes(basename(file)));
  if (known !== undefined) return readSources(folder, known.startsWith('single') ? 'A' : era, problems);
  const source = await readSourceFile(file, problems);
  if (!source) return undefined;
  const top = mapAt(placeIn(source));
  const role = top.has('component_list') || top.has('remote_deployment') ? 'single-kubernetes' : 'single-services';
  const unreadable = new Set<FileRole>(source.yaml.value === undefined ? [role] : []);
  return {folder, format: 'single-files', files: new Map([[role, source]]), unreadable};
}
