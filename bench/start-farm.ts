import {fork} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {root} from './program.ts';

export const machineCount = 1000;
export const login = {user: 'operator', password: 'pass word'} as const;

/** What ssh-farm.ts says first. */
export interface FarmReady {
  readonly port: number;
  /** As in known_hosts. */
  readonly hostKey: string;
}

/** What it says when it is asked: how many machines have told their facts. */
export interface FarmAnswered {
  readonly answered: number;
}

/** A thousand machines, a configuration of them, and the home of somebody who knows their host keys. */
export interface Farm {
  readonly config: string;
  readonly state: string;
  /** For a program that is to see nothing of this account. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  answered(): Promise<number>;
  stop(): Promise<void>;
}

/** A network that is all this computer, where fleet.ts made it so. A configuration may not name 127.0.0.0/8. */
export const farmNetwork = '10.77.0.0/16';

function address(index: number): string {
  return `10.77.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

/** Of one of those addresses: 'node-0001'. */
export function machineName(address: string): string {
  const [, , block = '0', last = '0'] = address.split('.');
  return `node-${String(Number(block) * 250 + Number(last)).padStart(4, '0')}`;
}

export async function startFarm(): Promise<Farm> {
  const folder = mkdtempSync(join(tmpdir(), 'pai-bench-farm-'));
  const child = fork(fileURLToPath(new URL('ssh-farm.ts', import.meta.url)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      void ended.then(() => reject(new Error('the farm ended')));
    });
  const stop = async () => {
    if (child.connected) child.disconnect();
    await ended;
    rmSync(folder, {recursive: true, force: true});
  };
  try {
    const {port, hostKey} = await next<FarmReady>();
    const [home, config, state] = ['home', 'config', 'state'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(join(home, '.ssh'), {recursive: true, mode: 0o700});
    writeFileSync(join(home, '.ssh/known_hosts'), `[10.77.*]:${port} ${hostKey}\n`);
    cpSync(join(root, 'fixtures/config-sample'), config, {recursive: true});
    writeFileSync(join(config, 'layout.yaml'), layout(port));
    return {
      config,
      state,
      environment: {
        HOME: home,
        XDG_STATE_HOME: undefined,
        SSH_AUTH_SOCK: undefined,
        DOCKER_HOST: `unix://${home}/none`,
      },
      async answered() {
        const answer = next<FarmAnswered>();
        child.send('answered');
        return (await answer).answered;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function layout(port: number): string {
  const machines = Array.from({length: machineCount}, (_, index) => {
    const at = address(index);
    const roles =
      index === 0
        ? ['k8s-role: master', 'etcdid: etcdid1', 'dashboard: "true"', 'pai-master: "true"', 'zkid: "1"']
        : ['k8s-role: worker', 'pai-worker: "true"'];
    return [
      `  - hostname: ${machineName(at)}`,
      `hostip: ${at}`,
      `machine-type: ${index % 4 === 0 ? 'generic' : 'gpu-worker'}`,
      ...roles,
      `nodename: ${at}`,
      'docker-data: /var/lib/docker',
      `username: ${login.user}`,
      `password: ${login.password}`,
      `sshport: ${port}`,
    ].join('\n    ');
  });
  return [
    'kubernetes:',
    `  api-servers-url: http://${address(0)}:8080`,
    `  dashboard-url: http://${address(0)}:9090`,
    'machine-sku:',
    '  gpu-worker: {mem: 224, gpu: {type: teslak80, count: 4}, cpu: {vcore: 24}, os: ubuntu16.04}',
    '  generic: {mem: 64, cpu: {vcore: 16}, os: ubuntu16.04}',
    'machine-list:',
    ...machines,
    '',
  ].join('\n');
}
