import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Operation, Plan, RunRequest, Task} from '../../src/engine/plan/types.ts';
import type {Files, Tools} from '../../src/engine/tools.ts';

/** What the six-task operation can be asked for. */
export interface SixRequest extends RunRequest {
  readonly operation: 'six tasks';
  /** Folder its files go to. */
  readonly target: string;
  /** The facts: this file's text, read when the plan is made and again when the run starts. */
  readonly factFile: string;
  /** Tasks that wait until a file `go-<task>` is in the target, or they are aborted. */
  readonly hold?: readonly string[];
  /** Among those, tasks that are critical. */
  readonly critical?: readonly string[];
  /** Output as it is given by each task. */
  readonly say?: string;
  /** A program that the first task runs. */
  readonly hook?: string;
  /** Megabytes that the first task puts out. */
  readonly flood?: number;
}

const shape: Readonly<Record<string, readonly string[]>> = {
  a: [],
  b: ['a'],
  c: ['a'],
  d: ['b', 'c'],
  e: [],
  f: ['d', 'e'],
};

/** Six tasks in a diamond and a bit, each of which writes a file that holds the results it stands on. */
export const sixTasks: Operation<SixRequest, string> = {
  name: 'six tasks',
  locks: (request) => [{scope: 'images', of: request.target}],
  readFacts: async (request, {tools}) => tools.files.readText(request.factFile),
  plan: (request, facts): Plan => ({
    operation: 'six tasks',
    title: 'Write six files',
    notices: [],
    tasks: Object.keys(shape).map((name) => taskOf(name, request, facts)),
  }),
};

function taskOf(name: string, request: SixRequest, facts: string): Task<string> {
  const path = join(request.target, name);
  return {
    id: `write/${name}`,
    title: `Write ${name}`,
    needs: (shape[name] ?? []).map((need) => `write/${need}`),
    touches: 'this computer',
    does: [
      {kind: 'file', path, digest: facts.trim()},
      {kind: 'file', path: '$RUN/tree/**'},
      ...(name === 'a' && request.hook ? [{kind: 'command', argv: [request.hook], cwd: request.target} as const] : []),
    ],
    expected: 'change',
    why: ['it is not there'],
    ...(request.critical?.includes(name) ? {critical: true as const} : {}),
    async run({tools, signal, output, progress, resultOf, runFolder, secret}) {
      output(`${name} begins ${request.say ?? ''} ${secret('password')?.reveal() ?? 'no secret'}\n`);
      if (name === 'a' && request.flood) {
        const megabyte = Buffer.alloc(1 << 20, `${'x'.repeat(63)}\n`);
        for (let count = 0; count < request.flood; count++) output(megabyte);
      }
      progress(1, 2);
      if (name === 'a' && request.hook)
        await tools.terminal.run({argv: [request.hook], cwd: request.target}, {output}, signal);
      while (request.hold?.includes(name) && !(await tools.files.exists(join(request.target, `go-${name}`))))
        await tools.clock.sleep(10, signal);
      const below = (shape[name] ?? []).map((need) => resultOf<string>(`write/${need}`));
      const result = `${name}(${below.join(',')})`;
      await tools.files.writeFile(join(runFolder, 'tree', name), result, 0o600);
      await tools.files.writeFile(path, `${result} ${facts}`, 0o644);
      return {changed: true, result, note: `${result.length} bytes`};
    },
  };
}

/** The outside as these tasks need it; whatever else is asked of it fails. */
export function plainTools(clock: Tools['clock']): Tools {
  const no = (): never => {
    throw new Error('not part of this test');
  };
  const files: Files = {
    copyTree: no,
    listContext: no,
    packContext: no,
    hashEntries: no,
    resolveInside: no,
    makeExecutable: no,
    makeFolder: no,
    beginFile: no,
    moveFile: no,
    removeTree: (path) => rm(path, {recursive: true, force: true}),
    async writeFile(path, content, mode) {
      await mkdir(dirname(path), {recursive: true});
      await writeFile(`${path}.part`, content, {mode});
      await rename(`${path}.part`, path);
    },
    exists: (path) => import('node:fs').then(({existsSync}) => existsSync(path)),
    readText: (path) => import('node:fs/promises').then(({readFile}) => readFile(path, 'utf8')),
  };
  return {
    clock,
    files,
    terminal: {kind: 'pipes', run: no},
    machines: {use: no},
    kube: {open: no},
    assets: '/none',
    docker: {
      endpoint: 'none',
      info: no,
      image: no,
      build: no,
      tag: no,
      push: no,
      pull: no,
      registryDigest: no,
      credentials: no,
    },
  };
}
