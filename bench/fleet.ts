import {execFile, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import type {Figure} from './measure.ts';
import {farmNetwork, machineCount} from './start-farm.ts';

/**
 * A thousand machines: a command on all of them, and the Machines tab while it asks them again and again. In a network
 * namespace, where all addresses of a network can be this computer's.
 */
export async function measureFleet(): Promise<readonly Figure[]> {
  const alone = [...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--net'];
  const network = `ip link set lo up && ip route add local ${farmNetwork} dev lo`;
  const missing = missingForFleet(alone, network);
  if (missing) return [{what: 'not measured', value: missing}];
  const program = fileURLToPath(new URL('fleet-figures.ts', import.meta.url));
  const {stdout} = await promisify(execFile)('unshare', [
    ...alone,
    'sh',
    '-c',
    `${network} && exec "$@"`,
    'sh',
    process.execPath,
    program,
  ]);
  return JSON.parse(stdout) as readonly Figure[];
}

/** What is missing here for it, as a sentence; undefined when nothing is. */
function missingForFleet(alone: readonly string[], network: string): string | undefined {
  const {status, stderr} = spawnSync('unshare', [...alone, 'sh', '-c', network], {encoding: 'utf8'});
  if (status !== 0) return `no network namespace can be made (unshare and ip, as root): ${(stderr ?? '').trim()}`;
  // Each machine takes one on both sides; Node raises its own limit to the hard one.
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  const needed = machineCount + 200;
  return hard !== undefined && Number(hard) < needed
    ? `a process may open ${hard} files, ${needed} are needed (ulimit -Hn)`
    : undefined;
}
