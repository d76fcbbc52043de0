import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {cacheFolder} from '../cache.ts';
import {execute} from '../execute.ts';

/** The version of all programs of the cluster, which its images have as tag. */
export const kubernetesVersion = 'v1.20.2';

const programs = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet', 'kubectl'];

/** Holds a program of each of these names, once it was built. */
export function kubernetesFolder(): string {
  return join(cacheFolder(), `kubernetes-${kubernetesVersion}`);
}

/** Why there is no Kubernetes here and none is about to be, as the end of a sentence; undefined when there is. */
export function whyNoKubernetes(): string | undefined {
  if (isBuilt() || isBeingBuilt()) return undefined;
  return 'Kubernetes is not built (npm run lab:prepare does that, once, in some ten minutes)';
}

/** Whether its programs are there, whole. */
export function isBuilt(): boolean {
  return programs.every((name) => existsSync(join(kubernetesFolder(), name)));
}

/** The folder of the programs, once whoever builds them has finished. Throws when that did not succeed. */
export async function builtKubernetes(): Promise<string> {
  const folder = kubernetesFolder();
  if (!isBuilt() && existsSync(lockOf(folder))) {
    const seconds = String(waitMs / 1000);
    await execute('flock', ['--timeout', seconds, '--shared', lockOf(folder), 'true'], '', waitMs + 60_000);
  }
  if (isBuilt()) return folder;
  throw new Error(`Kubernetes was not built. ${lastWords(folder)}`);
}

/** The most that a build may take, on a computer whose processors others want too. */
const waitMs = 45 * 60_000;

/** Whether a process is at it, or another one waits for that. */
export function isBeingBuilt(): boolean {
  const lock = lockOf(kubernetesFolder());
  return existsSync(lock) && spawnSync('flock', ['--nonblock', '--shared', lock, 'true']).status === 1;
}

function lockOf(folder: string): string {
  return `${folder}.lock`;
}

/** What its build said last. */
export function lastWords(folder: string): string {
  const log = `${folder}.log`;
  return existsSync(log)
    ? `${log} ends with:\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n')}`
    : '';
}
