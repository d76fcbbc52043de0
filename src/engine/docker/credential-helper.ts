import {spawn} from 'node:child_process';
import * as z from 'zod/mini';
import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';

/**
 * Asks docker-credential-NAME for the credentials of a server, which it reads from its stdin. Undefined when it has
 * none. What it prints is never part of a message, because it may be a secret.
 */
export async function askCredentialHelper(
  environment: NodeJS.ProcessEnv,
  name: string,
  server: string,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<{readonly username: string; readonly secret: string} | undefined> {
  // The name comes from a file and becomes part of a program's name: no path can be made of it.
  if (!/^[\w][\w.-]*$/.test(name)) throw unusable(name, server, 'its name in config.json is not a name of a program');
  signal?.throwIfAborted();
  const end = await runHelper(environment, `docker-credential-${name}`, server, deadlineMs, signal);
  signal?.throwIfAborted();
  if (end.type === 'not-started') throw unusable(name, server, `it cannot be started (${end.code})`);
  if (end.type === 'late') throw unusable(name, server, `it did not answer within ${Math.round(deadlineMs / 1000)} s`);
  if (end.exit !== 0) {
    // The words every helper uses for this, by the library they are made with.
    if (/credentials not found/i.test(end.output)) return undefined;
    throw unusable(name, server, `it ended with exit code ${end.exit ?? 'none (a signal)'}`);
  }
  const answer = parseAnswer(end.output);
  if (!answer) throw unusable(name, server, 'its answer is not what a credential helper gives');
  return answer;
}

type HelperEnd =
  | {readonly type: 'not-started'; readonly code: string}
  | {readonly type: 'late'}
  | {readonly type: 'ended'; readonly exit: number | null; readonly output: string};

const mostOutput = 1024 * 1024;

function runHelper(
  environment: NodeJS.ProcessEnv,
  program: string,
  server: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<HelperEnd> {
  return new Promise((resolve) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(program, ['get'], {env: environment, stdio: ['pipe', 'pipe', 'ignore'], detached: true});
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (end: HelperEnd) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      child.stdout.destroy();
      child.stdin.destroy();
      resolve(end);
    };
    const giveUp = () => {
      endGroup(child.pid);
      finish({type: 'late'});
    };
    const timer = setTimeout(giveUp, deadlineMs);
    signal?.addEventListener('abort', giveUp, {once: true});
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= mostOutput) chunks.push(chunk);
    });
    // A helper that does not read its stdin may be gone before it is written.
    child.stdin.on('error', () => {});
    child.on('error', (error: NodeJS.ErrnoException) => finish({type: 'not-started', code: error.code ?? 'unknown'}));
    child.on('close', (exit) => finish({type: 'ended', exit, output: Buffer.concat(chunks).toString('utf8')}));
    child.stdin.end(server);
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It ended in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const credentials = z.object({Username: z.string(), Secret: z.string()});

function parseAnswer(output: string): {username: string; secret: string} | undefined {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return undefined;
  }
  const answer = z.safeParse(credentials, json).data;
  return answer && {username: answer.Username, secret: answer.Secret};
}

function unusable(name: string, server: string, why: string): ProblemError {
  const program = `docker-credential-${printableLine(name, 60)}`;
  const host = printableLine(server, 120);
  return new ProblemError({
    code: 'registry-login',
    message: `The credentials for ${host} cannot be had from ${program}: ${why}.`,
    hint: `Try it by hand: echo ${host} | ${program} get. It is named in docker's config.json (credsStore, credHelpers).`,
  });
}
