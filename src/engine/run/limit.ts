import {realpath} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join, resolve, sep} from 'node:path';
import type {Effect} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import type {Command, Tools} from '../tools.ts';

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
  const path = async (call: string, target: string, whole: boolean) =>
    check(`${call} ${target}`, !limits.readOnly && (await coversPath(limits, target, whole)));

  return {
    clock: tools.clock,
    docker: {
      endpoint: tools.docker.endpoint,
      info: (...args) => tools.docker.info(...args),
      image: (...args) => tools.docker.image(...args),
      registryDigest: (...args) => tools.docker.registryDigest(...args),
      credentials: (...args) => tools.docker.credentials(...args),
      async build(request, ...rest) {
        image('build', request.tag);
        return tools.docker.build(request, ...rest);
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
        check(
          command.argv.join(' '),
          does.some((effect) => effect.kind === 'command' && sameCommand(limits, effect, command)),
        );
        return tools.terminal.run(command, ...rest);
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
        await path('copy a tree to', to, true);
        return tools.files.copyTree(from, to, ...rest);
      },
      async removeTree(target) {
        await path('remove', target, true);
        return tools.files.removeTree(target);
      },
      async makeExecutable(target) {
        await path('make executable', target, false);
        return tools.files.makeExecutable(target);
      },
      async makeFolder(target) {
        check(
          `make a folder ${target}`,
          !limits.readOnly && (leadsToDeclared(limits, target) || (await coversPath(limits, target, false))),
        );
        return tools.files.makeFolder(target);
      },
      async writeFile(target, ...rest) {
        await path('write', target, false);
        return tools.files.writeFile(target, ...rest);
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
  const argv = effect.argv.map((word) => expand(limits, word));
  return (
    resolve(expand(limits, effect.cwd)) === resolve(command.cwd) &&
    argv.length === command.argv.length &&
    argv.every((word, index) => word === command.argv[index])
  );
}

/** `whole`: the call may touch everything below the path, so an effect for one file does not do. */
async function coversPath(limits: Limits, target: string, whole: boolean): Promise<boolean> {
  if (!isAbsolute(target)) return false;
  const wanted = resolve(target);
  const real = await realPlace(wanted);
  for (const effect of limits.does) {
    if (effect.kind !== 'file') continue;
    const below = effect.path.endsWith('/**');
    const allowed = resolve(expand(limits, below ? effect.path.slice(0, -3) : effect.path));
    if (below && within(wanted, allowed) && within(real, await realPlace(allowed))) return true;
    if (!below && !whole && wanted === allowed) return true;
  }
  return false;
}

/** Whoever may write a file of the run or of the state may make the folders it lies in. */
function leadsToDeclared(limits: Limits, target: string): boolean {
  const inside = [limits.runFolder, limits.stateFolder].some((folder) => within(resolve(target), folder));
  return (
    isAbsolute(target) &&
    inside &&
    limits.does.some(
      (effect) => effect.kind === 'file' && within(resolve(expand(limits, effect.path)), resolve(target)),
    )
  );
}

function expand({runFolder, stateFolder}: Limits, text: string): string {
  return text.replace(/\$(RUN|STATE)\b/g, (_all, name) => (name === 'RUN' ? runFolder : stateFolder));
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
