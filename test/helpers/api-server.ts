/**
 * A real API server of Kubernetes with its etcd, as processes on the loopback of this computer: no kubelet, no
 * controllers, so objects stay as they are made.
 */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {accessSync, existsSync} from 'node:fs';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {KeyedCertificate} from '../../src/engine/kube/certificates/types.ts';
import {
  adminIdentity,
  issueCertificate,
  kubeconfigWithData,
  makeAuthority,
  makeServiceAccountKeys,
} from '../../src/engine/kube/certificates.ts';
import type {Secret} from '../../src/engine/secret.ts';
import {builtKubernetes, kubernetesVersion, whyNoKubernetes} from '../lab/kubernetes/binaries.ts';

const startMs = 120_000;

/** Why none can be started here, as the end of a sentence; undefined when one can. */
export function whyNoApiServer(): string | undefined {
  return (
    whyNoKubernetes() ?? (existsSync('/usr/bin/etcd') ? undefined : 'etcd is not there (Debian package etcd-server)')
  );
}

/** The time to give a hook that starts one: Kubernetes may have to be built first. */
export const apiServerMs = 60 * 60_000;

export interface ApiServer {
  /** 'https://127.0.0.1:41234' */
  readonly server: string;
  readonly version: string;
  readonly authority: KeyedCertificate;
  /** Of a member of system:masters. */
  readonly admin: Secret;
  /** Of a user that no role is bound to. */
  readonly stranger: Secret;
  /** Ends the API server alone, and starts it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends everything and removes it. */
  close(): Promise<void>;
}

export async function startApiServer(): Promise<ApiServer> {
  const program = join(await builtKubernetes(), 'kube-apiserver');
  const folder = await mkdtemp(join(tmpdir(), 'pai-api-server-'));
  try {
    return await startIn(folder, program);
  } catch (error) {
    await rm(folder, {recursive: true, force: true});
    throw error;
  }
}

async function startIn(folder: string, program: string): Promise<ApiServer> {
  const [port, etcdPort, peerPort] = await freePorts();
  const server = `https://127.0.0.1:${port}`;
  const now = new Date();
  const authority = await makeAuthority('cluster', {now});
  const identity = {names: [], addresses: []};
  const serving = await issueCertificate(
    authority,
    {...identity, commonName: 'kube-apiserver', organizations: [], addresses: ['127.0.0.1'], usages: ['server']},
    {now},
  );
  const kubeconfigFor = async (commonName: string, organizations: readonly string[]) => {
    const credentials = await issueCertificate(
      authority,
      {...identity, commonName, organizations, usages: ['client']},
      {now},
    );
    const names = {cluster: 'test', user: commonName, context: 'test'};
    return kubeconfigWithData({...names, server, authorities: authority.certificate, credentials});
  };
  const accounts = await makeServiceAccountKeys();
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, {mode: 0o600});
    return join(folder, name);
  };
  const ca = await write('ca.crt', authority.certificate);
  const cert = await write('apiserver.crt', serving.certificate);
  const key = await write('apiserver.key', serving.key.reveal());
  const accountsKey = await write('sa.key', accounts.key.reveal());

  const clients = `http://127.0.0.1:${etcdPort}`;
  const peers = `http://127.0.0.1:${peerPort}`;
  await mkdir(join(folder, 'etcd'), {mode: 0o700});
  const etcd = startProcess('/usr/bin/etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
  ]);
  let api: RunningProcess | undefined;
  const world = {
    server,
    version: kubernetesVersion,
    authority,
    admin: await kubeconfigFor(adminIdentity.commonName, adminIdentity.organizations),
    stranger: await kubeconfigFor('stranger', []),
    async start() {
      api = startProcess(program, [
        `--etcd-servers=${clients}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        '--insecure-port=0',
        `--tls-cert-file=${cert}`,
        `--tls-private-key-file=${key}`,
        `--client-ca-file=${ca}`,
        `--service-account-key-file=${accountsKey}`,
        `--service-account-signing-key-file=${accountsKey}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.254.0.0/24',
        '--endpoint-reconciler-type=none',
        '--authorization-mode=RBAC',
        '--disable-admission-plugins=ServiceAccount',
      ]);
      await untilReady(world.admin, api);
    },
    async stop() {
      await api?.end();
      api = undefined;
    },
    async close() {
      await world.stop();
      await etcd.end();
      await rm(folder, {recursive: true, force: true});
    },
  };
  try {
    await world.start();
  } catch (error) {
    await world.close();
    throw error;
  }
  return world;
}

interface RunningProcess {
  /** The last of what it said. */
  said(): string;
  readonly hasEnded: () => boolean;
  end(): Promise<void>;
}

/** A process that ends with this one, however this one ends. */
function startProcess(path: string, args: readonly string[]): RunningProcess {
  accessSync(path);
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', path, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/nonexistent'},
  });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString('utf8')).slice(-4000);
  });
  const ended = once(child, 'close');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    said: () => said,
    hasEnded,
    async end() {
      if (!hasEnded()) child.kill('SIGKILL');
      await ended;
    },
  };
}

async function untilReady(admin: Secret, api: RunningProcess): Promise<void> {
  const {createKubeAccess} = await import('../../src/engine/kube/create-kube.ts');
  const kube = createKubeAccess().open(admin);
  const signal = AbortSignal.timeout(startMs);
  try {
    for (;;) {
      const failing = await kube.notReady(signal).catch(() => ['everything']);
      if (failing.length === 0) return;
      if (api.hasEnded() || signal.aborted) throw new Error(`The API server did not become ready:\n${api.said()}`);
      await sleep(100);
    }
  } finally {
    await kube.close();
  }
}

/** Three at once, so that they differ. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = await Promise.all(
    [0, 1, 2].map(async () => {
      const server = createServer();
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as {port: number}).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as [number, number, number];
}
