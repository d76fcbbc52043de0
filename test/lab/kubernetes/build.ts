import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {isBeingBuilt, isBuilt, kubernetesFolder} from './binaries.ts';

const script = fileURLToPath(new URL('build.sh', import.meta.url));

/** Why Kubernetes cannot be built here, as the end of a sentence; undefined when it can. */
export function whyNotToBuild(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can, since apt fetches the sources';
  const version = existsSync('/etc/debian_version') ? readFileSync('/etc/debian_version', 'utf8') : '';
  if (!/^1[12]\./.test(version)) return 'only Debian 11 and 12 have its sources';
  const missing = Object.entries({'golang-go': '/usr/bin/go', 'dpkg-dev': '/usr/bin/dpkg-source'})
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  return missing.length > 0 ? `${missing.join(', ')} missing` : undefined;
}

/**
 * Starts to build it, beside whatever else this computer does. All of it ends with this process, in whatever way that
 * ends; what was built until then is kept for the next start. Resolves when it is under way, or has ended already.
 */
export async function startBuild(): Promise<ChildProcess> {
  const own = ['unshare', '--pid', '--fork', '--kill-child=KILL'];
  const child = spawn('setpriv', ['--pdeathsig=KILL', 'nice', '-n', '5', ...own, 'bash', script, kubernetesFolder()], {
    cwd: '/',
    stdio: 'ignore',
  });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  while (!isBuilt() && !isBeingBuilt() && child.exitCode === null && child.signalCode === null) await sleep(20);
  return child;
}
