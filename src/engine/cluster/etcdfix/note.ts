/**
 * What is noted on this computer of mending a member, from when something was changed until it is well: so that another
 * run goes on, and does not try the same again. Lies in the state folder of the cluster.
 */

import {dirname, join} from 'node:path';
import {fittingJson, list, maybe, oneOf, record, text} from '../../json.ts';
import {plainId} from '../../plan/task-id.ts';
import type {Effect, TaskContext} from '../../plan/types.ts';
import type {Files} from '../../tools.ts';
import type {Cure, EtcdCase} from './types.ts';

export interface Note {
  /** The id of the member that is replaced. */
  readonly replaces?: string;
  /** The id of the one that takes its place, once it was added. */
  readonly added?: string;
  /** Cures that were begun. */
  readonly tried?: readonly TriedCure[];
}

type TriedCure = Extract<Cure['kind'], 'start' | 'promote learner'>;

const schema = record({
  replaces: maybe(text),
  added: maybe(text),
  tried: maybe(list(oneOf<TriedCure>('start', 'promote learner'))),
});

export function noteEffect(master: string): Effect {
  return {kind: 'file', path: pathOf('$STATE', master)};
}

/** Empty where there is none, or none that can be read. */
export async function readNote(
  stateFolder: string,
  master: string,
  files: Pick<Files, 'exists' | 'readText'>,
): Promise<Note> {
  const path = pathOf(stateFolder, master);
  return (await files.exists(path)) ? (fittingJson(schema, await files.readText(path)) ?? {}) : {};
}

/** Adds to what is noted; `{}` alone with `anew` forgets all of it. */
export async function note(
  master: string,
  more: Note,
  {tools: {files}, stateFolder}: Pick<TaskContext, 'tools' | 'stateFolder'>,
  anew = false,
): Promise<void> {
  const path = pathOf(stateFolder, master);
  const before = anew ? {} : await readNote(stateFolder, master, files);
  await files.makeFolder(dirname(path));
  await files.writeFile(path, `${JSON.stringify({...before, ...more})}\n`, 0o600);
}

/** As the rules of etcdfix look at it. */
export function pastOf({replaces, added, tried = []}: Note, hasSnapshot: boolean): Pick<EtcdCase, 'past' | 'tried'> {
  if (replaces === undefined && added === undefined && !hasSnapshot) return {tried};
  const ids = {...(replaces === undefined ? {} : {replaces}), ...(added === undefined ? {} : {added})};
  return {tried, past: {...ids, hasSnapshot}};
}

function pathOf(folder: string, master: string): string {
  return join(folder, 'etcdfix', `${plainId(master)}.json`);
}
