/**
 * What the package of a job holds, as the trees' maintainconf/*.yaml say it: jobs with a `template-list` and a
 * `file-list` of `name`, `src` and `dst` (behaviour 6.3). A service.yaml, whose list has names alone, is one job.
 */

import {basename, dirname, join, relative} from 'node:path';
import {hasErrors} from '../config/problems.ts';
import {readSourceFile} from '../config/source-file.ts';
import {below, keyOf, lineOf, listAt, type Place, placeIn, textAt, valueAt} from '../config/yaml-access.ts';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {isJobName, packagePath} from './package-path.ts';

/** What goes into the package for one job. */
export interface PackageManifest {
  /** A name of letters, digits, '.', '_' and '-': also the folder that everything lies in. */
  readonly job: string;
  /** A later one of the same path takes the place of an earlier one. */
  readonly entries: readonly PackageEntry[];
}

export interface PackageEntry {
  /** In the package, below the job's folder: 'etc/kubernetes/manifests/etcd.yaml'. */
  readonly path: string;
  /** As the manifest names it, from the tool root on. */
  readonly src: string;
  readonly how: 'rendered' | 'copied';
  /** Where the entry is written. */
  readonly file: string;
  readonly line: number;
  readonly key: string;
}

export interface ManifestReading {
  /** In the order of the file; only those without a mistake. */
  readonly manifests: readonly PackageManifest[];
  readonly problems: readonly Problem[];
}

const lists = [
  ['template-list', 'rendered'],
  ['file-list', 'copied'],
] as const;

/** Reads one manifest of jobs, or a service.yaml; both absolute. Never throws. */
export async function readManifests(file: string, toolRoot: string): Promise<ManifestReading> {
  const problems: Problem[] = [];
  const source = await readSourceFile(file, problems);
  const value = source?.yaml.value;
  if (!source || value === undefined) return {problems, manifests: []};
  const root = placeIn(source);
  if (!(value instanceof Map)) {
    return {problems: [...problems, mistake(root, 'is no map', 'Write a job and its lists.')], manifests: []};
  }
  const isOneJob = lists.some(([key]) => value.has(key));
  const jobs: readonly (readonly [string, Place])[] = isOneJob
    ? [[folderName(file), root]]
    : [...value.keys()].map((key) => [String(key), below(root, String(key))] as const);
  const manifests = jobs.flatMap(([job, place]) => {
    const {entries, mistakes} = readJob(job, place, toolRoot);
    problems.push(...mistakes);
    return hasErrors(mistakes) ? [] : [{job, entries}];
  });
  return {manifests, problems};
}

/** src/rest-server/deploy/service.yaml and bootstrap/rest-server/service.yaml are both of rest-server. */
function folderName(file: string): string {
  const folder = dirname(file);
  return basename(basename(folder) === 'deploy' ? dirname(folder) : folder);
}

function readJob(job: string, place: Place, toolRoot: string): {entries: PackageEntry[]; mistakes: Problem[]} {
  const mistakes: Problem[] = [];
  const entries: PackageEntry[] = [];
  if (!isJobName(job)) {
    const hint = 'Name it with letters, digits, ".", "_" and "-".';
    mistakes.push(mistake(place, `cannot be the name of a folder: ${displayText(job)}`, hint));
  }
  if (!(valueAt(place) instanceof Map)) {
    mistakes.push(mistake(place, 'has neither a template-list nor a file-list', 'Write what its package holds.'));
  }
  for (const [key, how] of lists) {
    const list = below(place, key);
    const value = valueAt(list);
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) mistakes.push(mistake(list, 'is no list', 'Write entries that begin with "- ".'));
    for (const index of listAt(list).keys()) {
      const at = below(list, index);
      const entry = typeof valueAt(at) === 'string' ? ofName(at, how, toolRoot) : ofMap(at);
      if ('code' in entry) mistakes.push(entry);
      else {
        const path = packagePath(job, entry.dst, entry.name);
        const leaves = 'leads out of the package';
        if (path === undefined)
          mistakes.push(mistake(at, leaves, 'Write dst and name without "..".', 'path-leaves-tree'));
        else entries.push({path, src: entry.src, how, file: at.source.file, line: lineOf(at), key: keyOf(at)});
      }
    }
  }
  return {entries, mistakes};
}

interface Written {
  readonly name: string;
  readonly src: string;
  readonly dst: string;
}

/** Of a service.yaml: the template lies beside it. */
function ofName(at: Place, how: PackageEntry['how'], toolRoot: string): Written {
  const name = textAt(at) ?? '';
  const suffix = how === 'rendered' ? '.template' : '';
  return {name, src: relative(toolRoot, join(dirname(at.source.file), `${name}${suffix}`)), dst: ''};
}

function ofMap(at: Place): Written | Problem {
  const [name, src] = ['name', 'src'].map((key) => textAt(below(at, key)) ?? '');
  if (!name || !src) {
    const missing = name ? 'src' : 'name';
    return mistake(
      at,
      `has no ${missing}`,
      'Write name (of the file), src (in the tree) and dst (a folder of the package).',
    );
  }
  return {name, src, dst: textAt(below(at, 'dst')) ?? ''};
}

function mistake(place: Place, message: string, hint: string, code: Problem['code'] = 'tree-invalid'): Problem {
  const key = keyOf(place);
  return {
    code,
    message: `${key === '' ? displayText(place.source.name) : displayText(key)} ${message}.`,
    hint,
    file: place.source.file,
    line: lineOf(place),
    ...(key === '' ? {} : {key}),
  };
}
