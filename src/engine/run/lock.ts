import {
  accessSync,
  closeSync,
  constants,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {fittingJson, type Of} from '../json.ts';
import type {LockName} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import {makeFolder, notWritable, openFile, sharingHint} from '../sharing.ts';
import {holderRecord} from './checks.ts';
import {fateOf, thisProcess, userName} from './process.ts';
import {diskFull} from './room.ts';

/** Who holds a lock, and for what. */
export type Holder = Of<typeof holderRecord>;

export interface Lock {
  /** Set when the lock was left by a process that is gone. */
  readonly tookOverFrom?: Holder;
  release(): void;
}

/**
 * Takes a lock, or throws `lock-held` with its holder in words. One whose process is gone is taken over.
 *
 * A lock is the file `<name>.<n>` with the highest n. Whoever takes it makes the next one exclusively (a hard link,
 * so it is never there without its content), and gives way when a higher one exists after all. The highest file is
 * never removed, so of several who find the same dead holder exactly one goes on. Releasing empties one's own file.
 */
export function takeLock(folder: string, name: string, run: string, now: number): Lock {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw notWritable(error, folder) ?? diskFull(error, folder) ?? error;
  }
  const own: Holder = {...thisProcess(), user: userName(), run, since: now};
  const draft = join(folder, `.${name}.${own.pid}.${process.hrtime.bigint()}`);
  try {
    writeDraft(draft, `${JSON.stringify(own)}\n`);
    for (;;) {
      const top = highest(folder, name);
      const before = top === 0 ? undefined : holderIn(join(folder, `${name}.${top}`));
      if (before && ['alive', 'unknown'].includes(fateOf(before))) throw held(name, folder, before);
      const path = join(folder, `${name}.${top + 1}`);
      if (!linked(draft, path)) continue;
      if (highest(folder, name) > top + 1) {
        removeIfThere(path);
        continue;
      }
      removeBelow(folder, name, top + 1);
      let free = false;
      const release = () => {
        if (!free) empty(path);
        free = true;
      };
      return {...(before ? {tookOverFrom: before} : {}), release};
    }
  } catch (error) {
    throw diskFull(error, folder) ?? error;
  } finally {
    removeIfThere(draft);
  }
}

/** Who holds a lock now, dead or alive; undefined when nobody does. */
export function holderOf(folder: string, name: string): Holder | undefined {
  const top = highest(folder, name);
  return top === 0 ? undefined : holderIn(join(folder, `${name}.${top}`));
}

/** Where a lock lies: those on images beside all clusters, because two clusters may share tree and engine. */
export function lockPlace(lock: LockName, places: {readonly stateHome: string; readonly stateFolder: string}) {
  const home = lock.scope === 'images' ? places.stateHome : places.stateFolder;
  return {folder: join(home, 'locks'), name: `${lock.scope}-${lock.of.replace(/[^\w-]/g, '_')}`};
}

/** A holder as words: 'run 20261120-… of ann on box (process 4711)'. */
export function holderWords(holder: Pick<Holder, 'run' | 'user' | 'host' | 'pid'>): string {
  return `run ${holder.run} of ${holder.user} on ${holder.host} (process ${holder.pid})`;
}

function held(name: string, folder: string, holder: Holder): ProblemError {
  const far = fateOf(holder) === 'unknown';
  return new ProblemError({
    code: 'lock-held',
    message: `${lockWords(name)} is locked by ${holderWords(holder)}, since ${new Date(holder.since).toISOString()}.`,
    hint: far
      ? `Whether that process still lives can only be seen on ${holder.host}. If it does not, remove the lock's files.`
      : `Wait for it (\`pai-tui run attach ${holder.run}\`), or stop it (\`pai-tui run cancel ${holder.run}\`).`,
    file: join(folder, name),
  });
}

/** Names of locks end in a hash: nobody knows a tree by it. */
function lockWords(name: string): string {
  return name.startsWith('images-') ? 'Building and pushing this tree' : name;
}

function highest(folder: string, name: string): number {
  return Math.max(0, ...numbersOf(folder, name));
}

function numbersOf(folder: string, name: string): readonly number[] {
  return readdirSync(folder)
    .filter((entry) => entry.startsWith(`${name}.`))
    .map((entry) => Number(entry.slice(name.length + 1)))
    .filter((number) => Number.isSafeInteger(number) && number > 0);
}

/** Undefined for one that was released, or is gone because a newer one is there. Throws when it may not be read. */
function holderIn(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  // Torn by a crash of the machine: nobody who held it outlived that.
  return fittingJson(holderRecord, text);
}

function unreadable(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'lock-held',
      message: `Who holds a lock cannot be read: ${(cause as Error).message}.`,
      hint: `Perhaps another account holds it. ${sharingHint}`,
      file: path,
    },
    {cause},
  );
}

function writeDraft(path: string, text: string): void {
  const file = openFile(path, 'w');
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function removeBelow(folder: string, name: string, number: number): void {
  for (const old of numbersOf(folder, name)) {
    if (old < number) removeIfThere(join(folder, `${name}.${old}`));
  }
}

/** Several may tidy up at once. */
function removeIfThere(path: string): void {
  rmSync(path, {force: true});
}

/** In place: a full disk must not keep a lock. */
function empty(path: string): void {
  try {
    truncateSync(path);
  } catch (error) {
    // Removed by hand.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
