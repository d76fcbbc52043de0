import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, readFileSync} from 'node:fs';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Secret} from '../secret.ts';
import {openFile} from '../sharing.ts';
import type {Clock} from '../tools.ts';
import type {RunFolder} from './folder.ts';
import {packSecrets} from './handover.ts';
import {readRunner} from './read-record.ts';
import {fullDisk, isFull} from './room.ts';
import {runnerScope} from './runner-scope.ts';
import {watchFolders} from './watch.ts';

export interface RunnerCommand {
  /** argv that starts the runner; the run's folder is appended. Absolute paths: it starts in `/`. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** How long it may take to be up; 20 s. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 20_000;
/** For one that did not come up in time to end. */
const patienceMs = 5000;

/**
 * Starts a detached runner on a run's folder, hands over the secrets, and waits until it has read them and is at
 * work. Throws `runner-not-started` with the last lines of its log, or the problem it left with.
 */
export async function spawnRunner(
  run: RunFolder,
  secrets: ReadonlyMap<string, Secret>,
  options: RunnerCommand,
): Promise<void> {
  const scope = runnerScope(options.environment, run.run);
  try {
    await spawnOnce(run, secrets, options, [...scope, ...options.command, run.folder]);
  } catch (error) {
    // The user manager may refuse a scope for reasons of its own: a runner in the session is better than none.
    if (scope.length === 0 || !(error instanceof ProblemError) || error.problem.code !== 'runner-not-started')
      throw error;
    await spawnOnce(run, secrets, options, [...options.command, run.folder]);
  }
}

async function spawnOnce(
  run: RunFolder,
  secrets: ReadonlyMap<string, Secret>,
  {environment, clock, deadlineMs = defaultDeadlineMs}: RunnerCommand,
  argv: readonly string[],
): Promise<void> {
  const [program = '', ...args] = argv;
  const before = readRunner(run);
  const log = openFile(run.runnerLog, 'a');
  let child: ChildProcess;
  try {
    child = spawn(program, args, {detached: true, cwd: '/', env: environment, stdio: ['pipe', log, log]});
  } finally {
    closeSync(log);
  }
  child.unref();
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`It could not be started: ${error.message}.`));
    child.once('exit', (code, signal) => resolve(`It ended at once (${signal ?? `exit code ${code}`}).`));
  });
  // It may be gone before it has read everything; `gone` says so better than a broken pipe.
  child.stdin?.on('error', () => {});
  child.stdin?.end(packSecrets(secrets));

  const fresh = () => {
    const record = readRunner(run);
    const same =
      record?.pid === before?.pid && record?.started === before?.started && record?.bootId === before?.bootId;
    return same ? undefined : record;
  };
  const outcome = await new Promise<'ready' | Problem | string>((resolve) => {
    const waiting = new AbortController();
    const finish = (result: 'ready' | Problem | string) => {
      watch.close();
      waiting.abort();
      resolve(result);
    };
    const look = () => {
      const record = fresh();
      // One that was at work and left again has said so in the run, where everybody looks.
      if (record?.ready) finish('ready');
      else if (record?.left) finish(record.left);
    };
    const watch = watchFolders([run.folder], clock, 250, look);
    void gone.then((why) => {
      const record = fresh();
      finish(record?.ready ? 'ready' : (record?.left ?? why));
    });
    void clock.sleep(deadlineMs, waiting.signal).then(
      () => finish(`It was not up after ${deadlineMs / 1000} s.`),
      () => {},
    );
  });
  if (outcome === 'ready') return;
  if (typeof outcome !== 'string') throw new ProblemError(outcome);
  await ended(child, gone, clock);
  throw isFull(run.folder) ? fullDisk(run.folder) : notStarted(run, outcome);
}

/** Nobody waits for it any more: it must not begin after all, in a folder that may be gone. */
async function ended(child: ChildProcess, gone: Promise<unknown>, clock: Clock): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    const waiting = new AbortController();
    await Promise.race([gone, clock.sleep(patienceMs, waiting.signal).catch(() => {})]);
    waiting.abort();
  }
}

function notStarted(run: RunFolder, why: string): ProblemError {
  const lines = lastLines(run.runnerLog, 20);
  return new ProblemError({
    code: 'runner-not-started',
    message: `The runner did not start. ${why}`,
    hint: 'Nothing was changed. Its log says more.',
    ...(lines === '' ? {} : {detail: lines}),
    file: run.runnerLog,
  });
}

function lastLines(path: string, count: number): string {
  try {
    return displayLines(readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count));
  } catch {
    return '';
  }
}

function displayLines(lines: readonly string[]): string {
  return lines.map(displayText).join('\n');
}
