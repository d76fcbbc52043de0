import {availableParallelism} from 'node:os';
import type {TaskState} from '../src/engine/run/events.ts';
import {type ClusterOptions, clusterWorld} from '../test/lab/kubernetes/cluster-world.ts';
import {startKubernetesLab, whyNoKubernetesLab} from '../test/lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../test/lab/lab.ts';
import {atMost, type Figure, seconds, times} from './measure.ts';

type Role = ClusterOptions['machines'][number]['role'];

/** Of 1, 3 and 5 hosts; the last two differ by their workers alone. */
const clusters: readonly (readonly Role[])[] = [
  ['master'],
  ['master', 'proxy', 'worker'],
  ['master', 'proxy', 'worker', 'worker', 'worker'],
];
/** What a boot of several hosts may take, as a multiple of the time that its slowest host needs by itself. */
const goal = 1.3;

interface Boot {
  readonly roles: readonly Role[];
  /** From the start of the runner's work to its end, in milliseconds. */
  readonly tookMs: number;
  readonly slowest: Slowest;
}

interface Slowest {
  readonly host: string;
  readonly ms: number;
}

/** Boots clusters on hosts of the lab, one after the other, from bare machines to nodes that are Ready and proven. */
export async function measureBoots(): Promise<readonly Figure[]> {
  const obstacle = whyNoKubernetesLab();
  if (obstacle) return [{what: 'boots of clusters', value: `not measured: ${obstacle}`}];
  const boots: Boot[] = [];
  for (const roles of clusters) boots.push(await boot(roles));
  return [...boots.flatMap(figuresOf), growth(boots)];
}

function figuresOf({roles, tookMs, slowest}: Boot): readonly Figure[] {
  const what = `boot of ${roles.length === 1 ? '1 host' : `${roles.length} hosts`}`;
  return [
    {what: `${what} (${folded(roles)})`, value: seconds(tookMs)},
    {what: `its slowest host (${slowest.host}): own and cluster tasks`, value: seconds(slowest.ms)},
    atMost(`${what} ÷ that of its slowest host`, tookMs / slowest.ms, goal, times),
  ];
}

/** Where there are fewer cores than hosts, those that are too many wait: so much longer may it take, and the noise. */
function growth(boots: readonly Boot[]): Figure {
  const [few, many] = boots.slice(-2);
  if (!few || !many) throw new Error('no two boots were measured');
  const cores = availableParallelism();
  const turns = ({roles}: Boot) => Math.max(1, roles.length / cores);
  const what = `${workersOf(many)} workers ÷ ${workersOf(few)} worker, on ${cores} cores`;
  return atMost(what, many.tookMs / few.tookMs, (turns(many) / turns(few)) * goal, times);
}

async function boot(roles: readonly Role[]): Promise<Boot> {
  const lab = await startKubernetesLab({hosts: roles.length});
  try {
    const machines = lab.hosts.map((host, index) => ({host, role: roles[index] ?? 'worker'}));
    const entrance = machines.find(({role}) => role === 'proxy') ?? machines[0];
    if (!entrance) throw new Error('the lab has no host');
    const world = await clusterWorld(lab, {machines, api: entrance.host.address});
    try {
      const {state} = await world.carryOut(world.bootup());
      const failed = state.tasks.find(({status}) => status !== 'done');
      if (failed) throw new Error(`${failed.id} ${failed.status}: ${failed.problem?.message ?? failed.because}`);
      if (state.tookMs === undefined) throw new Error('the run did not end');
      return {roles, tookMs: state.tookMs, slowest: slowestHost(lab.hosts, state.tasks)};
    } finally {
      await world.remove();
    }
  } finally {
    await lab.close();
  }
}

/**
 * The time of a host by itself: the longest chain of tasks, by the order that the plan asks for and the times that they
 * took in this run, through its own tasks and those that belong to no host (the cluster's, this computer's). What it
 * waits for on other hosts is left out, and so is what the runner does between tasks: both make a boot slower than its
 * slowest host. A task that waits for all hosts counts with the time from its own start on.
 */
function slowestHost(hosts: readonly Pick<Host, 'name'>[], tasks: readonly TaskState[]): Slowest {
  return hosts
    .map(({name: host}) => {
      const others = hosts.filter(({name}) => name !== host);
      const own = tasks.filter(({id}) => !others.some(({name}) => id.startsWith(`${name}/`)));
      return {host, ms: longestChain(own)};
    })
    .reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest));
}

function longestChain(tasks: readonly TaskState[]): number {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const ends = new Map<string, number>();
  const end = (id: string): number => {
    const task = byId.get(id);
    if (!task) return 0;
    const known = ends.get(id);
    if (known !== undefined) return known;
    const value = Math.max(0, ...[...task.needs, ...(task.after ?? [])].map(end)) + (task.tookMs ?? 0);
    ends.set(id, value);
    return value;
  };
  return Math.max(0, ...tasks.map(({id}) => end(id)));
}

function workersOf({roles}: Boot): number {
  return roles.filter((role) => role === 'worker').length;
}

/** 'master, proxy, 3 workers' */
function folded(roles: readonly Role[]): string {
  return [...new Set(roles)]
    .map((role) => [roles.filter((one) => one === role).length, role] as const)
    .map(([count, role]) => (count === 1 ? role : `${count} ${role}s`))
    .join(', ');
}
