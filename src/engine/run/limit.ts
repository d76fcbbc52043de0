import {readlink, realpath} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join, resolve, sep} from 'node:path';
import type {Effect} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import type {Command, Tools} from '../tools.ts';
import {limitKube} from './limit-kube.ts';
import {limitMachines} from './limit-machines.ts';

export interface Limits {
  /** The task's id, for the message of a refusal. */
  readonly task: string;
  readonly does: readonly Effect[];
  readonly runFolder: string;
  readonly stateFolder: string;
  /** Refuse every change, declared or not. */
  readonly readOnly?: boolean;
}

/**
 * Tools that change only what a task declared. Any other change throws `not-in-plan` (or `read-only`) before
 * anything happened; reads are passed on as they are.
 */
export function limitTools(tools: Tools, limits: Limits): Tools {
  const {does} = limits;
  const check = (call: string, allowed: boolean) => {
    if (limits.readOnly) throw refused('read-only', limits.task, call);
    if (!allowed) throw refused('not-in-plan', limits.task, call);
  };
  const image = (call: 'build' | 'tag' | 'push' | 'pull', reference: string) =>
    check(
      `docker ${call} ${reference}`,
      does.some((effect) => effect.kind === 'docker' && effect.call === call && effect.image === reference),
    );
  /** The checked path, which is also the one that is passed on: a slash at the end would follow a link. */
  const path = async (call: string, target: string, touch: Touch): Promise<string> => {
    check(`${call} ${target}`, !limits.readOnly && (await coversPath(limits, target, touch)));
    return resolve(target);
  };

  return {
    clock: tools.clock,
    assets: tools.assets,
    machines: limitMachines(tools.machines, limits, check),
    kube: limitKube(tools.kube, limits, check),
    docker: {
      endpoint: tools.docker.endpoint,
      info: (...args) => tools.docker.info(...args),
      image: (...args) => tools.docker.image(...args),
      registryDigest: (...args) => tools.docker.registryDigest(...args),
      credentials: (...args) => tools.docker.credentials(...args),
      async build(request, ...rest) {
        // A copy: what was checked is what is done, whatever becomes of the object meanwhile.
        const checked = {...request};
        image('build', checked.tag);
        return tools.docker.build(checked, ...rest);
      },
      async tag(from, reference, ...rest) {
        image('tag', reference);
        return tools.docker.tag(from, reference, ...rest);
      },
      async push(reference, ...rest) {
        image('push', reference);
        return tools.docker.push(reference, ...rest);
      },
      async pull(reference, ...rest) {
        image('pull', reference);
        return tools.docker.pull(reference, ...rest);
      },
    },
    terminal: {
      kind: tools.terminal.kind,
      async run(command, ...rest) {
        const checked: Command = {...command, argv: [...command.argv]};
        check(
          checked.argv.join(' '),
          does.some((effect) => effect.kind === 'command' && sameCommand(limits, effect, checked)),
        );
        return tools.terminal.run(checked, ...rest);
      },
    },
    files: {
      listContext: (...args) => tools.files.listContext(...args),
      packContext: (...args) => tools.files.packContext(...args),
      hashEntries: (...args) => tools.files.hashEntries(...args),
      resolveInside: (...args) => tools.files.resolveInside(...args),
      exists: (...args) => tools.files.exists(...args),
      readText: (...args) => tools.files.readText(...args),
      async copyTree(from, to, ...rest) {
        return tools.files.copyTree(from, await path('copy a tree to', to, 'all below'), ...rest);
      },
      async removeTree(target) {
        return tools.files.removeTree(await path('remove', target, 'the tree or link'));
      },
      async makeExecutable(target) {
        return tools.files.makeExecutable(await path('make executable', target, 'what it leads to'));
      },
      async makeFolder(target) {
        const leads = !limits.readOnly && (await leadsToDeclared(limits, target));
        return tools.files.makeFolder(
          leads ? resolve(target) : await path('make a folder', target, 'what it leads to'),
        );
      },
      async writeFile(target, ...rest) {
        return tools.files.writeFile(await path('write', target, 'the file or link'), ...rest);
      },
      async beginFile(target, ...rest) {
        return tools.files.beginFile(await path('write', target, 'the file or link'), ...rest);
      },
      async moveFile(from, to) {
        const source = await path('move away', from, 'the file or link');
        return tools.files.moveFile(source, await path('write', to, 'the file or link'));
      },
    },
  };
}

function refused(code: 'not-in-plan' | 'read-only', task: string, call: string): ProblemError {
  return new ProblemError(
    code === 'read-only'
      ? {
          code,
          message: `Task ${task} wanted to change something in a read-only run: ${call}.`,
          hint: 'Start it again without --readonly.',
        }
      : {
          code,
          message: `Task ${task} wanted to do what its plan does not list: ${call}.`,
          hint: 'Nothing of it was done. This is a mistake in pai-tui: please report it.',
        },
  );
}

function sameCommand(limits: Limits, effect: Extract<Effect, {kind: 'command'}>, command: Command): boolean {
  return (
    place(limits, effect.cwd) === resolve(command.cwd) &&
    effect.argv.length === command.argv.length &&
    effect.argv.every((word, index) => {
      const isPath = /^\$(RUN|STATE)(?=\/|$)/.test(word);
      return (isPath ? place(limits, word) : word) === command.argv[index];
    })
  );
}

/**
 * What a call does with the last part of a path: the ones of whole trees need an effect for all below it, and a call
 * that follows a link there is judged by where the link leads.
 */
type Touch = 'all below' | 'the tree or link' | 'the file or link' | 'what it leads to';

async function coversPath(limits: Limits, target: string, touch: Touch): Promise<boolean> {
  if (!isAbsolute(target)) return false;
  const wanted = resolve(target);
  const whole = touch === 'all below' || touch === 'the tree or link';
  const follows = touch === 'all below' || touch === 'what it leads to';
  const real = follows ? await realEnd(wanted) : await realPlace(wanted);
  for (const effect of limits.does) {
    if (effect.kind !== 'file') continue;
    const below = effect.path.endsWith('/**');
    const allowed = place(limits, below ? effect.path.slice(0, -3) : effect.path);
    if (below && within(wanted, allowed) && within(real, await realPlace(allowed))) return true;
    if (!below && !whole && wanted === allowed && (await staysHome(limits, wanted, real))) return true;
  }
  return false;
}

/** Whoever may write a file of the run or of the state may make the folders it lies in. */
async function leadsToDeclared(limits: Limits, target: string): Promise<boolean> {
  const wanted = resolve(target);
  return (
    isAbsolute(target) &&
    homeOf(limits, wanted) !== undefined &&
    limits.does.some(
      (effect) => effect.kind === 'file' && within(place(limits, effect.path.replace(/\/\*\*$/, '')), wanted),
    ) &&
    (await staysHome(limits, wanted, await realEnd(wanted)))
  );
}

/** A path inside the run's or the state folder must not be led out of it by a link. */
async function staysHome(limits: Limits, wanted: string, real: string): Promise<boolean> {
  const home = homeOf(limits, wanted);
  return home === undefined || within(real, await realEnd(home));
}

function homeOf({runFolder, stateFolder}: Limits, path: string): string | undefined {
  return [runFolder, stateFolder].find((folder) => within(path, folder));
}

/** An effect's path: `$RUN` and `$STATE` count at its beginning only. */
function place({runFolder, stateFolder}: Limits, path: string): string {
  return resolve(path.replace(/^\$(RUN|STATE)(?=\/|$)/, (_all, name) => (name === 'RUN' ? runFolder : stateFolder)));
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where a path lies once the links of its folders are followed; it need not be there yet. */
async function realPlace(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  try {
    return join(await realpath(folder), basename(path));
  } catch {
    return join(await realPlace(folder), basename(path));
  }
}

/** Where a path ends when every link is followed, one in its last part too; it need not be there yet. */
async function realEnd(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // A ring of links, or a file where a folder should be: the call will say so.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return realPlace(path);
    const target = await readlink(await realPlace(path)).catch(() => undefined);
    if (target === undefined) return realPlace(path);
    // A link that leads to what is not there: writing through it would make that.
    return realPlace(resolve(dirname(await realPlace(path)), target));
  }
}
