import {createHash} from 'node:crypto';
import {cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile} from 'node:fs/promises';
import {request} from 'node:http';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {createEngine} from '../../src/engine/engine.ts';
import type {Engine, ImageRequest, Proposal, RunView} from '../../src/engine/index.ts';

/** A source tree of its own, a state home of its own, and the engine over a real Docker engine. */
export interface ImageWorld {
  readonly folder: string;
  readonly source: string;
  readonly stateHome: string;
  readonly engine: Engine;
  /** Writes a file of the tree. */
  write(path: string, content: string, mode?: number): Promise<void>;
  build(names?: readonly string[], more?: Partial<ImageRequest>): Promise<Proposal>;
  /** Starts a proposal and waits for its end; sees that the source tree is as before. */
  carryOut(proposal: Proposal): Promise<RunView>;
  /** Waits until the run is as wished. */
  waitFor(run: string, wish: (view: RunView) => boolean): Promise<RunView>;
  /** Path, kind, mode, mtime and content of everything in the source tree. */
  snapshot(): Promise<string>;
  /** Asks the Docker engine directly. */
  docker(method: string, path: string): Promise<unknown>;
  remove(): Promise<void>;
}

export interface WorldOptions {
  readonly socket: string;
  /** A folder of fixtures/ to begin with; absent: an empty tree of era E. */
  readonly fixture?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export async function imageWorld({socket, fixture, environment = {}}: WorldOptions): Promise<ImageWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pai-images-')));
  const source = join(folder, 'tree');
  const stateHome = join(folder, 'state');
  if (fixture === undefined) await emptyTree(source);
  else await cp(fileURLToPath(new URL(`../../fixtures/${fixture}`, import.meta.url)), source, {recursive: true});
  const engine = createEngine({
    environment: {
      ...process.env,
      HOME: join(folder, 'home'),
      DOCKER_HOST: `unix://${socket}`,
      DOCKER_BUILDKIT: '',
      ...environment,
    },
    stateHome,
    runnerCommand: [process.execPath, '--disable-warning=ExperimentalWarning', runnerFile],
    programVersion: '0.0.0-test',
    assets: fileURLToPath(new URL('../../assets', import.meta.url)),
  });
  const waitFor = async (run: string, wish: (view: RunView) => boolean): Promise<RunView> => {
    const live = engine.runs.follow(run);
    try {
      return await new Promise<RunView>((resolve, reject) => {
        const deadline = setTimeout(
          () => reject(new Error(`The run did not become so: ${JSON.stringify(live.get().state.tasks, undefined, 1)}`)),
          90_000,
        );
        const look = () => {
          const view = live.get();
          if (!wish(view)) return;
          clearTimeout(deadline);
          resolve(view);
        };
        live.subscribe(look);
        look();
      });
    } finally {
      live.close();
    }
  };
  const snapshot = async () => (await snapshotOf(source)).join('\n');
  return {
    folder,
    source,
    stateHome,
    engine,
    async write(path, content, mode = 0o644) {
      const file = join(source, path);
      await mkdir(dirname(file), {recursive: true});
      await rm(file, {force: true});
      await writeFile(file, content, {mode});
    },
    build: (names = [], more = {}) =>
      engine.propose({
        operation: 'image build',
        source,
        names,
        force: false,
        noCache: false,
        builder: 'auto',
        ...more,
      } as ImageRequest),
    carryOut: (proposal) => leavingSourceAlone({snapshot}, async () => waitFor(await engine.start(proposal), hasEnded)),
    waitFor,
    snapshot,
    docker: (method, path) => callDocker(socket, method, path),
    async remove() {
      await runnersGone((await engine.runs.list()).map((run) => run.folder));
      await rm(folder, {recursive: true, force: true});
    },
  };
}

/**
 * Does something with a tree and sees that it is as before in content, mode and mtime, also when doing it failed.
 * What the test itself writes into the tree belongs before or after.
 */
export async function leavingSourceAlone<Result>(
  world: Pick<ImageWorld, 'snapshot'>,
  doing: () => Promise<Result>,
): Promise<Result> {
  const before = await world.snapshot();
  const outcome = await doing().then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  const after = await world.snapshot();
  if (after !== before) throw new Error(`The source tree was changed. Before:\n${before}\nAfter:\n${after}`);
  return outcome();
}

export function hasEnded({summary}: RunView): boolean {
  return ['done', 'failed', 'stopped'].includes(summary.status);
}

/** Status, whether it changed something, and the note or problem of every task, by id. */
export function outcomes(view: RunView): Record<string, string> {
  return Object.fromEntries(
    view.state.tasks.map(({id, status, changed}) => [id, changed ? `${status}, changed` : status]),
  );
}

/** Every file below a folder with its content, to look for what must not be there. */
export async function allTexts(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(folder, {recursive: true})) {
    const path = join(folder, name);
    if ((await lstat(path)).isFile()) found.set(path, await readFile(path, 'latin1'));
  }
  return found;
}

/** A run ends before its runner does, which gives back its lock: its folder must not be removed under its hands. */
async function runnersGone(runs: readonly string[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (const run of runs) {
    const text = await readFile(join(run, 'runner.json'), 'utf8').catch(() => '{}');
    const {pid} = JSON.parse(text) as {pid?: number};
    while (pid !== undefined && isThere(pid) && Date.now() < deadline) await sleep(5);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const runnerFile = fileURLToPath(new URL('runner-process.ts', import.meta.url));

async function emptyTree(source: string): Promise<void> {
  await mkdir(join(source, 'build'), {recursive: true});
  await mkdir(join(source, 'src'), {recursive: true});
  await writeFile(join(source, 'paictl.py'), '');
  await writeFile(join(source, 'build/pai_build.py'), '');
}

/** Links are told of, never followed. */
async function snapshotOf(folder: string, path = ''): Promise<string[]> {
  const file = join(folder, path);
  const stat = await lstat(file);
  const content = stat.isFile()
    ? createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
    : '';
  const target = stat.isSymbolicLink() ? await readlink(file) : '';
  const size = target || content ? stat.size : '';
  const line = [JSON.stringify(path), stat.mode.toString(8), stat.mtimeMs, size, target, content].join(' ');
  if (!stat.isDirectory()) return [line];
  const below = await Promise.all((await readdir(file)).sort().map((name) => snapshotOf(folder, join(path, name))));
  return [line, ...below.flat()];
}

function callDocker(socketPath: string, method: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request({socketPath, method, path, agent: false}, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(text === '' ? undefined : JSON.parse(text))).on('error', reject);
    });
    outgoing.on('error', reject).end();
  });
}
