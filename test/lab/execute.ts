import {spawn} from 'node:child_process';

/**
 * Runs a program of this computer; resolves with what it printed, rejects with its errors when it fails or takes longer
 * than so many milliseconds.
 */
export function execute(
  program: string,
  argv: readonly string[],
  input: string | Uint8Array = '',
  timeout = 120_000,
): Promise<string> {
  const child = spawn(program, argv, {cwd: '/', timeout, killSignal: 'SIGKILL'});
  const said = {stdout: '', stderr: ''};
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(said.stdout);
      else reject(new Error(`${program} ended with ${code ?? signal}: ${said.stderr.trim() || said.stdout.trim()}`));
    });
  });
}
