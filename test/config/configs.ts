/** Configurations for tests: those of the fixtures, whole or with something changed. */

import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {Era} from '../../src/engine/catalog/types.ts';
import {type OpenConfigOptions, openConfig} from '../../src/engine/config/open.ts';
import type {ClusterConfig} from '../../src/engine/config/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {fixture} from '../catalog/trees.ts';

/** A text of a file, and what stands there instead. */
export type Edit = readonly [file: string, from: string | RegExp, to: string];

/** A copy of a fixture's configuration with these edits, removed after the test. */
export async function editedConfig(name: string, edits: readonly Edit[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-config-'));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  await cp(fixture(`config-${name}`), folder, {recursive: true});
  for (const [file, from, to] of edits) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} does not say ${from}`);
    await writeFile(path, changed);
  }
  return folder;
}

/** A fixture as its era reads it, without a tree at hand. */
export async function openFixture(name: string, edits: readonly Edit[] = []) {
  const folder = edits.length === 0 ? fixture(`config-${name}`) : await editedConfig(name, edits);
  return openConfig(folder, eraOptions(name));
}

/** A folder, as the era of a fixture reads it; fails with every error. */
export async function modelAt(folder: string, name: string): Promise<ClusterConfig> {
  const {config, problems} = await openConfig(folder, eraOptions(name));
  if (!config) throw new Error(said(problems).join('\n'));
  return config;
}

/** The model; fails with every error when there is none. */
export async function modelOf(name: string, edits: readonly Edit[] = []): Promise<ClusterConfig> {
  const {config, problems} = await openFixture(name, edits);
  if (!config) throw new Error(said(problems).join('\n'));
  return config;
}

/** A line for each problem. */
export function said(problems: readonly Problem[]): string[] {
  return problems.map(({severity = 'error', code, file, line, key, message, hint}) =>
    [severity, code, `${file?.split('/').at(-1) ?? ''}:${line ?? ''}`, key ?? '', message, hint ?? ''].join(' | '),
  );
}

function eraOptions(name: string): OpenConfigOptions {
  const [letter = ''] = name;
  return name.length === 1 ? {era: letter.toUpperCase() as Era} : {};
}
