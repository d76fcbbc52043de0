import {mkdtemp, realpath} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import * as z from 'zod/mini';
import {fittingJson, type Of, record} from '../../json.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import type {Answer, AskProgram, Files} from '../../tools.ts';
import type {Value} from '../context-values.ts';
import {decoder, Encoder, encodedValues} from './encoding.ts';
import {answerProblem, failure, failureProblem, lateProblem} from './module-problems.ts';
import {type ModulesAnswer, type ModulesRequest, moduleFile, type RunModules} from './types.ts';

export interface ModuleRunnerOptions {
  /** The Python program that loads the modules and calls them. */
  readonly program: string;
  readonly ask: AskProgram;
  readonly files: Files;
  /** Only its PATH is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For all modules together; half a minute when not given. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

const mostBytes = 32 * 1024 * 1024;

/**
 * Runs modules by python3, or by python2 where that cannot. They are run in a copy, in a process session of their own,
 * with an empty environment; what they are given goes over stdin. The program says what they may do.
 */
export function createModuleRunner(options: ModuleRunnerOptions): RunModules {
  return async (request) => {
    const {files} = options;
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'pai-tui-modules-')));
    try {
      await copyModules(request, join(folder, 'tree'), files);
      await files.copyTree(
        options.program,
        join(folder, 'run_modules.py'),
        {progress: () => undefined},
        AbortSignal.timeout(60_000),
      );
      const newer = await runBy('python3', folder, request, options);
      if (newer !== 'not there' && !newer.olderMayDo) return newer;
      const older = await runBy('python2', folder, request, options);
      if (older !== 'not there' && older.values) return {...older, problems: [...older.problems, ...noteOlder(newer)]};
      return newer === 'not there' ? (older === 'not there' ? nobody() : older) : newer;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return {problems: [error.problem]};
    } finally {
      await files.removeTree(folder);
    }
  };
}

/** What modules read: themselves, what lies beside them, and what is deployed, in their own places. */
async function copyModules({toolRoot, modules}: ModulesRequest, to: string, files: Files): Promise<void> {
  const folders = ['version', ...modules.flatMap(({name}) => [`src/${name}/config`, `src/${name}/deploy`])];
  await files.makeFolder(to);
  const limit = AbortSignal.timeout(60_000);
  for (const path of folders) {
    const from = join(toolRoot, path);
    if (!(await files.exists(from))) continue;
    await files.makeFolder(dirname(join(to, path)));
    await files.copyTree(from, join(to, path), {progress: () => undefined}, limit);
  }
}

interface Ran extends ModulesAnswer {
  /** Whether Python 2 may manage what failed here. */
  readonly olderMayDo?: boolean;
}

async function runBy(
  python: 'python3' | 'python2',
  folder: string,
  request: ModulesRequest,
  {ask, files, environment, deadlineMs = 30_000, signal}: ModuleRunnerOptions,
): Promise<Ran | 'not there'> {
  const about = {...request, python, copy: join(folder, 'tree')};
  const late = AbortSignal.timeout(deadlineMs);
  const at = async () => {
    const file = join(folder, 'at');
    return (await files.exists(file)) ? files.readText(file) : undefined;
  };
  let answer: Answer;
  try {
    const {PATH = '/usr/local/bin:/usr/bin:/bin'} = environment;
    answer = await ask(
      {
        argv: [python, '-B', '-E', '-s', 'run_modules.py'],
        cwd: folder,
        environment: {PATH, HOME: folder, TMPDIR: folder, LC_ALL: 'C.UTF-8'},
        input: asked(request, about.copy, deadlineMs),
        mostBytes,
      },
      signal ? AbortSignal.any([signal, late]) : late,
    );
  } catch (error) {
    if (late.aborted && !signal?.aborted) return {problems: [lateProblem(about, await at(), deadlineMs)]};
    if (error instanceof ProblemError && error.problem.code === 'not-found') return 'not there';
    throw error;
  }
  // What a version manager puts in place of a Python that is not installed.
  if (answer.exit === 127) return 'not there';
  const told = parsed(answer);
  if (!told) return {problems: [answerProblem(about, await at(), answer)]};
  if ('failed' in told) {
    const {kind} = told.failed;
    const olderMayDo = python === 'python3' && (kind === 'exception' || kind === 'import');
    return {problems: [failureProblem(about, told.failed, answer.stderr)], olderMayDo};
  }
  const decode = decoder(told.nodes);
  return {
    values: new Map(request.modules.map(({name}): [string, Value] => [name, decode(told.values[name] ?? null)])),
    problems: [],
  };
}

function asked({modules, whole}: ModulesRequest, copy: string, deadlineMs: number): string {
  const encoder = new Encoder();
  const calls = modules.map(({name, given}) => ({
    name,
    file: join(copy, moduleFile(name)),
    given: given.map((value) => encoder.encode(value)),
  }));
  return JSON.stringify({
    // A net for when this process is killed before it can end the other.
    seconds: Math.ceil(deadlineMs / 1000) + 5,
    modules: calls,
    whole: encoder.encode(whole),
    nodes: encoder.nodes,
  });
}

const said = z.union([record({failed: failure}), encodedValues]);

function parsed({stdout, saidTooMuch}: Answer): Of<typeof said> | undefined {
  return saidTooMuch ? undefined : fittingJson(said, stdout);
}

function noteOlder(newer: Ran | 'not there'): Problem[] {
  if (newer === 'not there') return [];
  return newer.problems.map(
    ({message, file, line}): Problem => ({
      code: 'module-failed',
      severity: 'notice',
      message: `The modules were run by python2, since python3 cannot: ${message}`,
      ...(file === undefined ? {} : {file}),
      ...(line === undefined ? {} : {line}),
    }),
  );
}

function nobody(): ModulesAnswer {
  return {
    problems: [
      {
        code: 'not-found',
        message: 'The modules of the tree were not run: there is neither python3 nor python2 in PATH.',
        hint: 'Install one with PyYAML, or leave out --python.',
      },
    ],
  };
}
