/** Where `config push` and `pull` of v0.8 and later keep a configuration outside of the cluster (behaviour 2.13). */

import type {Problem} from '../problem.ts';
import {checkShape} from './check-shape.ts';
import {nodeAt} from './node.ts';
import {hasErrors} from './problems.ts';
import {type Field, map, needed} from './shape.ts';
import {folderBelow, gitUrl, oneOf, path, text} from './shape-scalars.ts';
import {readSourceFile} from './source-file.ts';
import {placeIn, textAt} from './yaml-access.ts';

type ExternalStorage =
  | {readonly type: 'local'; readonly path: string}
  /** `path`: a folder in the repository; empty for the repository itself. */
  | {readonly type: 'git'; readonly url: string; readonly branch: string; readonly path: string};

export interface ExternalStorageReading {
  /** Only when no problem is an error. */
  readonly storage?: ExternalStorage;
  readonly problems: readonly Problem[];
}

/** Reads an external storage file. Never throws. */
export async function readExternalStorage(file: string): Promise<ExternalStorageReading> {
  const problems: Problem[] = [];
  const source = await readSourceFile(file, problems);
  if (!source || source.yaml.value === undefined) return {problems};
  const place = placeIn(source);
  const said = (key: string) => textAt(placeIn(source, key)) ?? '';
  const type = said('type');
  const fields = {type: kind, ...(type === 'local' ? ofLocal : type === 'git' ? ofGit : {})};
  problems.push(...checkShape(nodeAt(place), map(fields, type === 'local' || type === 'git' ? 'warning' : 'free')));
  if (hasErrors(problems)) return {problems};
  const storage: ExternalStorage =
    type === 'local'
      ? {type, path: said('path')}
      : {type: 'git', url: said('url'), branch: said('branch'), path: said('path')};
  return {storage, problems};
}

const kind = needed(oneOf('local', 'git'), 'type: local (a folder) or type: git (a repository)');

const ofLocal: Readonly<Record<string, Field>> = {path: needed(path, 'path: /folder/of/the/configuration')};

const ofGit: Readonly<Record<string, Field>> = {
  url: needed(gitUrl, 'url: https://git.example.com/cluster.git'),
  branch: needed(text, 'branch: main'),
  path: needed(folderBelow, 'path: with the folder in the repository'),
};
