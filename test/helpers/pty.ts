import {mkdtemp, rm, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import xterm from '@xterm/headless';
import {build} from 'esbuild';
import pty from 'node-pty';
import {keyBytes} from './key-bytes.ts';

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
}

/** A program in a real pseudo terminal, with its screen mirrored in memory. */
export interface PtyProgram {
  readonly pid: number;
  /** The rows of the screen, trailing spaces cut. */
  lines(): readonly string[];
  screen(): string;
  /** Waits for a text on screen, or for anything else. */
  waitFor(expected: string | RegExp | (() => boolean | Promise<boolean>), within?: number): Promise<void>;
  /** Names of keys, or text typed as it is. */
  press(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  /** Stops reading what the program writes, as a terminal does after Ctrl-S. */
  pause(): void;
  resume(): void;
  signal(signal: NodeJS.Signals): void;
  /** Closes the terminal under the program, as a lost connection does. */
  hangUp(): void;
  readonly kind: 'normal' | 'alternate';
  readonly cursorShown: boolean;
  /** Bracketed paste and autowrap as the program left them. */
  readonly modes: {readonly paste: boolean; readonly wrap: boolean};
  /** Calls the listener whenever something that was written is on the screen. Returns the function that ends it. */
  onScreen(listener: () => void): () => void;
  /** Settles when the program has ended and all it wrote is on the screen. */
  readonly exited: Promise<{readonly code: number; readonly signal: number}>;
  /** Ends the program if it still runs. */
  close(): Promise<void>;
}

/** Starts a program without the variables that test runners and CI set. */
export function startInPty(command: string, args: readonly string[], options: PtyOptions = {}): PtyProgram {
  const {columns = 80, rows = 24, folder = tmpdir()} = options;
  const terminal = new xterm.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true});
  let cursorShown = true;
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({prefix: '?', final}, (parameters) => {
      if (parameters.includes(25)) cursorShown = final === 'h';
      return false;
    });
  }
  const child = pty.spawn(command, [...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: folder,
    env: cleanEnvironment(options.environment),
  });
  let ended = false;
  const listeners = new Set<() => void>();
  child.onData((data) =>
    terminal.write(data, () => {
      for (const listener of [...listeners]) listener();
    }),
  );
  const exited = new Promise<{code: number; signal: number}>((resolve) => {
    child.onExit(({exitCode, signal}) => {
      ended = true;
      terminal.write('', () => resolve({code: exitCode, signal: signal ?? 0}));
    });
  });
  const lines = () =>
    // Lines of the alternate buffer keep their old length when the terminal becomes narrower.
    Array.from(
      {length: terminal.rows},
      (_, y) => terminal.buffer.active.getLine(y)?.translateToString(false, 0, terminal.cols).trimEnd() ?? '',
    );
  const screen = () => lines().join('\n');
  return {
    pid: child.pid,
    lines,
    screen,
    async waitFor(expected, within = 15_000) {
      const end = Date.now() + within;
      const holds = async () =>
        typeof expected === 'function'
          ? expected()
          : typeof expected === 'string'
            ? screen().includes(expected)
            : expected.test(screen());
      for (;;) {
        if (await holds()) return;
        if (Date.now() > end) throw new Error(`Never came: ${String(expected)}\n${screen()}`);
        await sleep(10);
      }
    },
    press(...keys) {
      for (const key of keys) child.write(keyBytes(key));
    },
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
    signal: (signal) => process.kill(child.pid, signal),
    hangUp: () => (child as unknown as {destroy(): void}).destroy(),
    get kind() {
      return terminal.buffer.active.type;
    },
    get cursorShown() {
      return cursorShown;
    },
    get modes() {
      return {paste: terminal.modes.bracketedPasteMode, wrap: terminal.modes.wraparoundMode};
    },
    onScreen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exited,
    async close() {
      child.resume();
      if (!ended) child.kill('SIGKILL');
      await exited;
      terminal.dispose();
    },
  };
}

/** Builds a program of test/e2e/programs into a folder of its own. */
export async function buildProgram(name: string): Promise<{readonly file: string; remove(): Promise<void>}> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'pai-tui-program-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'program.mjs');
  await build({
    entryPoints: [join(root, 'test/e2e/programs', name)],
    outfile: file,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    jsx: 'automatic',
    define: {'process.env.NODE_ENV': '"production"'},
    logLevel: 'error',
  });
  return {file, remove: () => rm(folder, {recursive: true, force: true})};
}

/** The environment of a person at a terminal. */
export function cleanEnvironment(more: PtyOptions['environment'] = {}): Record<string, string> {
  const merged = {...process.env, TERM: 'xterm-256color', COLORTERM: 'truecolor', NODE_ENV: 'production', ...more};
  const unwanted = ['CI', 'VITEST', 'NO_COLOR', 'FORCE_COLOR', 'TMUX', 'TMUX_PANE', 'NODE_OPTIONS', 'VITEST_WORKER_ID'];
  const kept = Object.entries(merged).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (!unwanted.includes(entry[0]) || entry[0] in more),
  );
  return Object.fromEntries(kept);
}
