/** Which release of the original tools a tree is, as far as their configuration differs (behaviour 0.3). */

import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {Era} from '../catalog/types.ts';

/** `v0.14`: major and minor count. */
export type Release = `v${number}.${number}`;

export interface TreeVersion {
  /** The folder its tools run in, absolute. */
  readonly toolRoot: string;
  readonly era: Era;
  /** What version/PAI.VERSION says. */
  readonly version?: string;
}

/** By its version file, else by what came with each release; of several that look alike the last. */
export async function releaseOf(tree: TreeVersion): Promise<Release> {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,3})\b/.exec(tree.version?.trim() ?? '') ?? [];
  if (
    major !== undefined &&
    minor !== undefined &&
    eraOf(`v${Number(major)}.${Number(minor)}` as Release) === tree.era
  ) {
    return `v${Number(major)}.${Number(minor)}` as Release;
  }
  const has = (path: string) => stat(join(tree.toolRoot, path)).then(Boolean, () => false);
  if (tree.era === 'D' && (await has('k8sClusterManagement.py'))) return 'v0.6';
  if (tree.era === 'H' && !(await has('deployment/nodeCmd.py'))) return 'v1.6';
  return usual[tree.era];
}

/** What a configuration is read as where no tree tells more. */
export const usual: Readonly<Record<Era, Release>> = {
  A: 'v0.3',
  B: 'v0.4',
  C: 'v0.5',
  D: 'v0.7',
  E: 'v0.8',
  F: 'v0.9',
  G: 'v0.14',
  H: 'v1.8',
};

export function isAtLeast(release: Release, least: Release): boolean {
  return rank(release) >= rank(least);
}

function eraOf(release: Release): Era {
  if (isAtLeast(release, 'v1.0')) return 'H';
  if (isAtLeast(release, 'v0.10')) return 'G';
  return (Object.keys(usual) as Era[]).findLast((era) => isAtLeast(release, usual[era])) ?? 'A';
}

function rank(release: Release): number {
  const [major = 0, minor = 0] = release.slice(1).split('.').map(Number);
  return major * 1000 + minor;
}
