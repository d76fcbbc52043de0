import {createHash} from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {builtProgram, type ProgramEnd, type RunningProgram, runProgram, startProgram} from './built-program.ts';
import {type PtyProgram, startInPty} from './pty.ts';

/** An operator's place: a copy of a tree, a state home of its own, and the built program before a terminal or none. */
export interface AppWorld {
  readonly folder: string;
  readonly tree: string;
  /** The built program. */
  readonly program: string;
  readonly stateHome: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Opens the screens on the tree, 80×24 unless said otherwise. */
  open(options?: OpenOptions): PtyProgram;
  /** Opens another program before a terminal of its own. */
  openShell(command: string, ...args: readonly string[]): PtyProgram;
  /** Runs a command to its end, without a terminal. */
  run(...args: readonly string[]): Promise<ProgramEnd>;
  start(...args: readonly string[]): RunningProgram;
  /** The same with some variables set otherwise. */
  runWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<ProgramEnd>;
  startWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): RunningProgram;
  /** Replaces a file of the tree by what the change makes of it. */
  edit(path: string, change: (text: string) => string): void;
  /**
   * Gives a component a pre-build hook that prints 'line 1' to 'line 30' and then waits until the gate is opened: a
   * build that is in the middle for as long as a test wants. Returns what opens the gate.
   */
  gate(component: string): () => void;
  /** The newest run: its folder, and what its journal and runner.json say. Undefined while there is none. */
  lastRun(): RunOnDisk | undefined;
  /** Processes that belong to this world, by their environment or command line, with the runner marked. */
  processes(): readonly OwnProcess[];
  /** Ends all that runs here, by pid. */
  stop(): Promise<void>;
  /** Ends all that runs here and removes everything. */
  close(): Promise<void>;
}

interface OpenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface RunOnDisk {
  readonly id: string;
  readonly folder: string;
  /** Events of its journal so far. */
  events(): readonly JournalEvent[];
  /** The pid of its runner; undefined before it is up. */
  runner(): number | undefined;
}

interface JournalEvent {
  readonly type: string;
  readonly task?: string;
  readonly outcome?: string;
  readonly changed?: boolean;
}

interface OwnProcess {
  readonly pid: number;
  readonly command: string;
  readonly isRunner: boolean;
}

export interface AppWorldOptions {
  /** Path of the engine's socket; absent: one where nobody listens. */
  readonly socket?: string | undefined;
  /** A folder of fixtures/. */
  readonly fixture?: string;
}

export async function appWorld({socket, fixture = 'sample'}: AppWorldOptions): Promise<AppWorld> {
  const program = await builtProgram();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pai-app-')));
  const tree = join(folder, 'tree');
  const stateHome = join(folder, 'state');
  cpSync(join(fixtures, fixture), tree, {recursive: true, preserveTimestamps: true});
  // The engine is shared: images that differ from those of other tests are built, not found in its cache.
  for (const path of readdirSync(tree, {recursive: true, encoding: 'utf8'}).filter((name) =>
    name.endsWith('dockerfile'),
  ))
    writeFileSync(join(tree, path), `${readFileSync(join(tree, path), 'utf8')}\nLABEL tests.world=${folder}\n`);
  const environment = {
    HOME: folder,
    XDG_STATE_HOME: stateHome,
    DOCKER_HOST: `unix://${socket ?? join(folder, 'no.sock')}`,
    DOCKER_CONFIG: join(folder, '.docker'),
  };
  const terminals: PtyProgram[] = [];
  const run = (...args: readonly string[]) => runProgram(args, {cwd: folder, environment});
  const edit = (path: string, change: (text: string) => string) => {
    const file = join(tree, path);
    writeFileSync(file, change(existsSync(file) ? readFileSync(file, 'utf8') : ''));
  };
  const world: AppWorld = {
    folder,
    tree,
    program,
    stateHome,
    environment,
    open({columns = 80, rows = 24, args = ['-s', tree], environment: more = {}} = {}) {
      // A pty is always opened with a TERM of its own, hence env.
      const names = Object.entries(more).map(([name, value]) => `${name}=${value}`);
      const terminal = startInPty('env', [...names, process.execPath, program, ...args], {
        columns,
        rows,
        folder,
        environment,
      });
      terminals.push(terminal);
      return terminal;
    },
    openShell(command, ...args) {
      const terminal = startInPty(command, args, {folder, environment});
      terminals.push(terminal);
      return terminal;
    },
    run,
    start: (...args) => startProgram(args, {cwd: folder, environment}),
    runWith: (more, ...args) => runProgram(args, {cwd: folder, environment: {...environment, ...more}}),
    startWith: (more, ...args) => startProgram(args, {cwd: folder, environment: {...environment, ...more}}),
    edit,
    gate(component) {
      const file = join(folder, `gate-${component}`);
      edit(`src/${component}/build/build-pre.sh`, (text) => {
        const wait = `for i in $(seq 1 30); do echo "line $i"; done\nwhile [ ! -e "${file}" ]; do sleep 0.1; done\n`;
        return text === '' ? `#!/bin/bash\n${wait}` : text.replace('\n', `\n${wait}`);
      });
      return () => writeFileSync(file, '');
    },
    lastRun() {
      const clusters = foldersIn(join(stateHome, 'pai-tui'));
      const [last] = clusters
        .flatMap((cluster) => foldersIn(join(cluster, 'runs')))
        .sort((one, other) => (one.slice(one.lastIndexOf('/')) < other.slice(other.lastIndexOf('/')) ? 1 : -1));
      return last === undefined ? undefined : runOnDisk(last);
    },
    processes: () => processesOf(folder),
    async stop() {
      await Promise.all(terminals.map((terminal) => terminal.close()));
      // A runner ends its hooks and builds itself when it is asked to.
      for (const {pid, isRunner} of world.processes()) if (isRunner) signal(pid, 'SIGTERM');
      const end = Date.now() + 10_000;
      while (world.processes().length > 0 && Date.now() < end) await sleep(50);
      for (const {pid} of world.processes()) signal(pid, 'SIGKILL');
    },
    async close() {
      await world.stop();
      rmSync(folder, {recursive: true, force: true, maxRetries: 5});
    },
  };
  return world;
}

/** Path, kind, mode, mtime and content of everything in a folder, the folder included. */
export function treeSnapshot(folder: string): readonly string[] {
  return ['', ...readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort()].map((path) => {
    const file = join(folder, path);
    const stat = lstatSync(file);
    const content = stat.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
    return [path, stat.mode.toString(8), stat.mtimeMs, content].join(' ');
  });
}

/** Waits for anything that is not on a screen. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, within = 30_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It never came that ${what}.`);
    await sleep(20);
  }
}

/** Marks all images, asks for their build, and starts it once the plan is shown. */
export async function startBuildOfAll(screen: PtyProgram): Promise<void> {
  await screen.waitFor('never built here');
  screen.press('*', 'B');
  await screen.waitFor('would change something');
  screen.press('tab', 'enter');
  await screen.waitFor('┌ Plan');
}

function runOnDisk(folder: string): RunOnDisk {
  return {
    id: folder.slice(folder.lastIndexOf('/') + 1),
    folder,
    events() {
      const file = join(folder, 'journal.jsonl');
      if (!existsSync(file)) return [];
      const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      return whole.map((line) => JSON.parse(line) as JournalEvent);
    },
    runner() {
      const file = join(folder, 'runner.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as {pid: number}).pid : undefined;
    },
  };
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => join(folder, name));
}

function processesOf(folder: string): readonly OwnProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      if (command === '' || !`${command} ${textOf(`/proc/${name}/environ`)}`.includes(folder)) return [];
      return [{pid: Number(name), command, isRunner: command.includes(' __runner ')}];
    });
}

/** Processes come and go while they are read. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself in the meantime.
  }
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
