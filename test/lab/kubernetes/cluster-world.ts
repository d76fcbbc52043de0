import {randomUUID} from 'node:crypto';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Engine, OperationRequest, Proposal, RunView} from '../../../src/engine/api.ts';
import type {Role} from '../../../src/engine/config/types.ts';
import {createEngine} from '../../../src/engine/engine.ts';
import {runFolder} from '../../../src/engine/run/folder.ts';
import {fateOf} from '../../../src/engine/run/process.ts';
import {readRunner} from '../../../src/engine/run/read-record.ts';
import {builtProgram} from '../../helpers/built-program.ts';
import {writeClusterFolder} from '../cluster-folder.ts';
import {execute} from '../execute.ts';
import type {Host} from '../host.ts';
import type {KubernetesLab} from './kubernetes-lab.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));

export interface ClusterOptions {
  readonly machines: readonly {readonly host: Host; readonly role: Role}[];
  /** Where the API is reached: load-balance-ip. */
  readonly api: string;
  /** Lines below `kubernetes:` of kubernetes-configuration.yaml. */
  readonly settings?: readonly string[];
}

/** The engine that works with a configuration as the program does; runs are carried out by the built program. */
export interface RunWorld {
  readonly engine: Engine;
  /** What is asked of the whole cluster, with the paths that belong to it. */
  bootup(): OperationRequest & {readonly operation: 'cluster k8s-bootup'};
  /** Proposes, starts, and waits for the end. */
  carryOut(request: OperationRequest): Promise<RunView>;
  /** Starts it and returns the run's id. */
  start(proposal: Proposal): Promise<string>;
  /** Waits until the run has ended, or until that is so. */
  until(id: string, isSo?: (view: RunView) => boolean): Promise<RunView>;
  /** Ends the runner of a run by SIGKILL, if it has not ended by itself. */
  kill(id: string): Promise<void>;
}

/** The same, with a cluster's configuration on this computer. */
export interface ClusterWorld extends RunWorld {
  /** A folder for this test. */
  readonly folder: string;
  readonly config: string;
  /** Asks a master with the rights of its administrator. */
  kubectl(master: Host, ...words: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

const patienceMs = 15 * 60_000;

/** Trusts the keys of the hosts of a configuration; state, and what is made for the account, goes into the folder. */
export async function runWorld(folder: string, config: string): Promise<RunWorld> {
  const engine = createEngine({
    environment: {...process.env, HOME: folder},
    stateHome: join(folder, 'state'),
    runnerCommand: [process.execPath, await builtProgram(), '__runner'],
    programVersion: '0.0.0-test',
    assets,
  });
  const {signal} = new AbortController();
  const reports = await engine.machines.hostKeys({config, names: []}, () => {}, signal);
  const keys = reports.map(({machine, keys: shown}) => ({machine: machine.name, keys: shown}));
  await engine.machines.trust({config, names: []}, keys, {how: 'compared on screen'});

  const start = (proposal: Proposal) => engine.start(proposal);
  const until: RunWorld['until'] = async (id, isSo = ({state}) => state.endedAt !== undefined) => {
    const run = engine.runs.follow(id);
    const seen = Promise.withResolvers<RunView>();
    const patience = setTimeout(() => {
      const {tasks} = run.get().state;
      seen.reject(new Error(`run ${id} did not come so far: ${JSON.stringify(tasks)}`));
    }, patienceMs);
    const look = () => {
      const view = run.get();
      if (isSo(view)) seen.resolve(view);
    };
    run.subscribe(look);
    look();
    try {
      return await seen.promise;
    } finally {
      clearTimeout(patience);
      run.close();
    }
  };
  return {
    ...{engine, start, until},
    bootup: () => ({
      ...{operation: 'cluster k8s-bootup', config, verify: false},
      kubeconfig: join(folder, '.kube/config'),
      programs: join(folder, 'bin'),
    }),
    carryOut: async (request) => until(await start(await engine.propose(request, signal))),
    async kill(id) {
      const {summary} = await engine.runs.show(id);
      const found = readRunner(runFolder(summary.folder));
      if (!found) throw new Error('no runner');
      if (fateOf(found) === 'alive') process.kill(found.pid, 'SIGKILL');
      while (fateOf(found) === 'alive') await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
}

/** Writes the configuration, and trusts the hosts' keys. */
export async function clusterWorld(lab: KubernetesLab, options: ClusterOptions): Promise<ClusterWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-cluster-'));
  const config = join(folder, 'lab');
  await writeClusterFolder(
    config,
    options.machines.map(({host}) => host),
    undefined,
    options.machines.map(({role}) => role),
  );
  await writeFile(join(config, 'kubernetes-configuration.yaml'), kubernetesOf(lab, options));
  const runs = await runWorld(folder, config);
  return {
    ...{...runs, folder, config},
    async kubectl(master, ...words) {
      const conf = join(folder, `admin-${randomUUID()}.conf`);
      // Its files lie on the master.
      const text = await readFile(join(master.root, 'etc/kubernetes/admin.conf'), 'utf8');
      await writeFile(conf, text.replaceAll('/etc/kubernetes/pki', join(master.root, 'etc/kubernetes/pki')));
      try {
        return await execute(lab.kubectl, ['--kubeconfig', conf, ...words]);
      } finally {
        await rm(conf);
      }
    },
    async remove() {
      await runs.engine.machines.close();
      await rm(folder, {recursive: true, force: true});
    },
  };
}

function kubernetesOf({images}: KubernetesLab, {api, settings = []}: ClusterOptions): string {
  const {kubernetes, etcd, dashboard, haproxy} = images.versions;
  return [
    'kubernetes:',
    `  load-balance-ip: ${api}`,
    '  cluster-dns: 192.0.2.53',
    '  service-cluster-ip-range: 10.254.0.0/16',
    '  storage-backend: etcd3',
    `  docker-registry: ${images.registry}`,
    `  etcd-version: ${etcd}`,
    ...['hyperkube', 'apiserver', 'kube-scheduler', 'kube-controller-manager'].map(
      (part) => `  ${part}-version: ${kubernetes}`,
    ),
    `  dashboard-version: ${dashboard}`,
    `  haproxy-version: "${haproxy}"`,
    ...settings.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
