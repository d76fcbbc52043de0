/** The folders of test/config/broken: configurations with mistakes, each with the exact problems it has. */

import {chmod, cp, mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {parse} from 'yaml';
import type {Era} from '../../src/engine/catalog/types.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import type {TreeVersion} from '../../src/engine/config/release.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {fixture} from '../catalog/trees.ts';

const root = new URL('broken/', import.meta.url).pathname;

export interface Expected {
  /** What is wrong, or why nothing is. */
  readonly about: string;
  readonly era: Era;
  /** Of a tree of that release. */
  readonly version?: string;
  /** Permissions of files, in octal; 600 where nothing is said. */
  readonly modes?: Readonly<Record<string, string>>;
  readonly problems: readonly Partial<Problem>[];
}

export async function brokenFolders(): Promise<readonly string[]> {
  return (await readdir(root)).sort();
}

export async function expectedOf(name: string): Promise<Expected> {
  return parse(await readFile(join(root, name, 'expected.yaml'), 'utf8'));
}

/** Opens a copy, since permissions are no matter of a checkout; file names without the folder. */
export async function problemsOf(name: string, expected: Expected): Promise<readonly Partial<Problem>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-broken-'));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  await chmod(folder, 0o755);
  await cp(join(root, name), folder, {recursive: true});
  await rm(join(folder, 'expected.yaml'), {force: true});
  for (const file of await readdir(folder)) {
    await chmod(join(folder, file), Number.parseInt(expected.modes?.[file] ?? '600', 8));
  }
  const {problems} = await openConfig(folder, treeOf(expected));
  return problems.map(({severity = 'error', detail: _, ...problem}) => relativeTo(folder, {severity, ...problem}));
}

/** What stands behind keys of passwords, tokens and secrets in the files of a folder. */
export async function secretsOf(name: string): Promise<readonly string[]> {
  const files = (await readdir(join(root, name))).filter((file) => file !== 'expected.yaml');
  const texts = await Promise.all(files.map((file) => readFile(join(root, name, file), 'utf8')));
  const lines = texts
    .join('\n')
    .matchAll(/^\s*[\w-]*(?:passw(?:or)?d|token|jwt-secret)"?: *["']?([^"'\n]{4,}?)["']?$/gm);
  return [...new Set([...lines].flatMap(([, secret]) => secret ?? []))];
}

/** Without modules of its own, so that those of the release count. */
function treeOf({era, version}: Expected): {era: Era} | {tree: TreeVersion} {
  return version === undefined ? {era} : {tree: {toolRoot: join(fixture('config-a'), 'no-tree'), era, version}};
}

function relativeTo(folder: string, problem: Partial<Problem>): Partial<Problem> {
  const entries = Object.entries(problem).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER') : value,
  ]);
  return Object.fromEntries(entries);
}
