import {accessSync, constants, existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {displayText, nearestNames} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {notReadable} from '../sharing.ts';
import {type RunFolder, runFolder} from './folder.ts';

/** Every run of every cluster below a state home, newest first. Throws `file-unreadable` when it may not be read. */
export function allRuns(stateHome: string): readonly RunFolder[] {
  return runFolders(stateHome)
    .filter(({request}) => existsSync(request))
    .sort((a, b) => compare(b.run, a.run));
}

/** Folders of runs that were never asked for to the end: whoever made one is about to, or was killed. */
export function unaskedRuns(stateHome: string): readonly RunFolder[] {
  return runFolders(stateHome).filter(({request}) => !existsSync(request));
}

function runFolders(stateHome: string): readonly RunFolder[] {
  checkReadable(stateHome);
  return runsFolders(stateHome).flatMap((runs) => foldersIn(runs).map((id) => runFolder(join(runs, id))));
}

/** The folders that runs are made in, for watching. */
export function runsFolders(stateHome: string): readonly string[] {
  return foldersIn(stateHome).map((cluster) => join(stateHome, cluster, 'runs'));
}

/**
 * The run meant by an id, a unique beginning of one, or `last`. Throws `unknown-run` with the ids that come nearest,
 * or with those that it could mean.
 */
export function findRun(stateHome: string, id: string): RunFolder {
  const runs = allRuns(stateHome);
  const exact = id === 'last' ? runs[0] : runs.find(({run}) => run === id);
  if (exact) return exact;
  const fitting = id === '' ? [] : runs.filter(({run}) => run.startsWith(id));
  const [only, ...others] = fitting;
  if (only && others.length === 0) return only;
  if (only) {
    throw new ProblemError({
      code: 'unknown-run',
      message: `${id} is the beginning of ${fitting.length} runs.`,
      hint: `Type more of it: ${listed(fitting.map(({run}) => run))}.`,
    });
  }
  const ids = runs.map(({run}) => run);
  const near = nearestNames(id, ids);
  throw new ProblemError({
    code: 'unknown-run',
    message: ids.length === 0 ? 'There are no runs yet.' : noSuchRun(id),
    hint:
      ids.length === 0
        ? 'Runs are made by operations such as `pai-tui image build`.'
        : `${near.length > 0 ? 'Near to it' : 'The newest'}: ${listed(near.length > 0 ? near : ids)}.`,
  });
}

/** That a folder is another account's, or none, must not look like there being no runs. Throws `file-unreadable`. */
export function checkReadable(stateHome: string): void {
  try {
    // The slash: of a file, too, one may have the right to read and go through it.
    accessSync(`${stateHome}/`, constants.R_OK | constants.X_OK);
  } catch (error) {
    const problem = notReadable(error, stateHome);
    if (problem) throw problem;
  }
}

function noSuchRun(id: string): string {
  return id.trim() === '' ? 'No run was named.' : `There is no run ${displayText(id)}.`;
}

function listed(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ');
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, {withFileTypes: true})
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({name}) => name);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
    throw error;
  }
}

/** By time, and the second of one second behind the first: 9 before 10. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', {numeric: true});
}
