import {type ChildProcess, spawn} from 'node:child_process';
import {fileURLToPath} from 'node:url';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/**
 * Brings dist/ up to date, as `npm start` does, and gives the path of the program. Cheap when nothing changed, and
 * safe when several tests do it at once.
 */
export async function builtProgram(): Promise<string> {
  const {code, stderr} = await endOf(spawn(process.execPath, [build], {stdio: ['ignore', 'pipe', 'pipe']}));
  if (code !== 0) throw new Error(`The program does not build:\n${stderr}`);
  return main;
}

export interface ProgramOptions {
  readonly cwd: string;
  /** All of it: nothing is taken over from the tests' own environment but what is needed to run. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly process: ChildProcess;
  readonly ended: Promise<ProgramEnd>;
  /** Resolves with what was printed so far once it matches; fails when the program ends without it. */
  prints(pattern: RegExp): Promise<string>;
}

/** Starts the built program over pipes, as a script would. */
export function startProgram(args: readonly string[], {cwd, environment}: ProgramOptions): RunningProgram {
  const {PATH} = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: {PATH: PATH ?? '', LANG: 'C.UTF-8', TZ: 'UTC', ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endOf(child);
  return {
    process: child,
    ended,
    prints(pattern) {
      let text = '';
      return new Promise((resolve, reject) => {
        const look = (chunk: Buffer) => {
          text += chunk.toString();
          if (pattern.test(text)) resolve(text);
        };
        child.stdout?.on('data', look);
        child.stderr?.on('data', look);
        ended.then(
          (end) => reject(new Error(`It ended (${end.code ?? end.signal}) without ${pattern}:\n${text}`)),
          reject,
        );
      });
    },
  };
}

/** Runs the built program to its end. */
export function runProgram(args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  return startProgram(args, options).ended;
}

function endOf(child: ChildProcess): Promise<ProgramEnd> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
}
