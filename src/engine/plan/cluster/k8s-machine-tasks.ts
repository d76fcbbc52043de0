/** What a boot does on each machine, by its roles. Each machine goes on by itself as far as its own needs allow. */

import type {Readable} from 'node:stream';
import {authorityInput, findAuthorities, makeAuthorities, readAnyAuthorities} from '../../cluster/authorities.ts';
import {type Boot, type Joining, taskOn} from '../../cluster/boot/boot.ts';
import {dockerInput, dockerSource} from '../../cluster/boot/docker-input.ts';
import {certificatesFor} from '../../cluster/boot/machine-certificates.ts';
import {onAnyOf} from '../../cluster/boot/on-any-of.ts';
import {type Changes, runSteps, stepEffects} from '../../cluster/boot/run-steps.ts';
import {certificateRoles} from '../../cluster/certificate-cluster.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {type CertificateInput, certificateInput} from '../../cluster/packages/certificate-input.ts';
import {type ClusterStep, deploySteps} from '../../cluster/packages/steps.ts';
import {foldHostNames} from '../../machines/host-names.ts';
import {ProblemError} from '../../problem.ts';
import type {Retry, Task, TaskContext} from '../types.ts';
import {masterWaits} from './k8s-waits.ts';

const minute = 60_000;

/** The authorities are made by one task; what it waits for is that each master says whether it has some. */
const authoritiesTask = 'cluster/authorities';
export const apiReadyTask = 'cluster/api-ready';

/** Every script can be run again, so a connection that broke is no reason to give up. */
const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

export function machineTasks(boot: Boot): readonly Task[] {
  return [
    ...makeAuthoritiesTask(boot),
    ...boot.machines.flatMap((machine) => [
      ...preparation(machine, boot, {
        // One thing at a time on a machine.
        after: homesOf(boot).includes(machine) ? [authoritiesTask] : [],
        docker: wellBefore(machine, boot),
        certificates: [authoritiesTask],
        kubelet: [apiReadyTask],
      }),
      ...(machine.roles.includes('master') ? controlPlane(machine, boot) : []),
    ]),
  ];
}

/** From a bare machine to a worker of a cluster that runs, whose API is reached when the tasks `kubelet` are done. */
export function workerTasks(machine: ClusterMachine, joining: Joining, kubelet: readonly string[]): readonly Task[] {
  return preparation(machine, joining, {after: [], docker: [], certificates: [], kubelet});
}

/** What has to have been done before a phase of a machine, beside its own. */
interface Gates {
  readonly after: readonly string[];
  readonly docker: readonly string[];
  readonly certificates: readonly string[];
  /** Of machines that are neither master nor proxy: nobody joins a cluster that is not there. */
  readonly kubelet: readonly string[];
}

/** From a bare machine to one with a kubelet. */
function preparation(machine: ClusterMachine, boot: Joining, gates: Gates): readonly Task[] {
  const id = (phase: string) => taskOn(machine, phase);
  const {roles} = machine;
  const isMaster = roles.includes('master');
  const isProxy = roles.includes('proxy');
  const steps = stepsOf(machine, boot);
  const isInstalled = boot.hasDocker(machine);
  const [pull, docker] = split(steps('docker'), ({script}) => script === 'pull-images.sh');
  return [
    stepsTask('system', machine, boot, {
      title: 'Prepare the system',
      needs: [],
      ...(gates.after.length > 0 ? {after: gates.after} : {}),
      steps: steps('machine'),
      // Half a /etc/fstab or /etc/hosts would be worse than a machine too many.
      critical: true,
      deadlineMs: 3 * minute,
    }),
    stepsTask('docker', machine, boot, {
      title: 'Set up docker',
      needs: [id('system'), ...gates.docker],
      steps: docker.filter(({script}) => script !== 'install-docker.sh' || !isInstalled),
      critical: true,
      deadlineMs: 20 * minute,
      stdinOf: (step, context) => dockerStdin(step, machine, boot, context),
    }),
    stepsTask('images', machine, boot, {
      title: 'Pull images',
      needs: [id('docker')],
      steps: pull,
      deadlineMs: 60 * minute,
    }),
    stepsTask('certificates', machine, boot, {
      title: 'Put certificates and kubeconfigs',
      needs: [...gates.certificates, id('images')],
      steps: steps('certificates'),
      critical: true,
      deadlineMs: 3 * minute,
      stdinOf: async (_step, context) => stdinOf(await certificates(machine, boot, context)),
    }),
    ...(isMaster
      ? [
          stepsTask('etcd', machine, boot, {
            title: 'Put the manifest of etcd',
            needs: [id('certificates')],
            steps: steps('etcd'),
            deadlineMs: 2 * minute,
          }),
        ]
      : []),
    ...(isProxy
      ? [
          stepsTask('proxy', machine, boot, {
            title: 'Put haproxy before the API servers',
            needs: [id(isMaster ? 'etcd' : 'certificates')],
            steps: steps('proxy'),
            deadlineMs: 2 * minute,
          }),
        ]
      : []),
    stepsTask('kubelet', machine, boot, {
      title: 'Start the kubelet',
      needs: [
        id(isProxy ? 'proxy' : isMaster ? 'etcd' : 'certificates'),
        ...(isMaster || isProxy ? [] : gates.kubelet),
      ],
      steps: steps('kubelet'),
      deadlineMs: 5 * minute,
    }),
  ];
}

/** What has to be so before a master is changed: nothing, unless those of an earlier turn serve a cluster that runs. */
function wellBefore(machine: ClusterMachine, {turns}: Boot): readonly string[] {
  const before = turns[turns.findIndex((turn) => turn.includes(machine)) - 1] ?? [];
  return before.map((master) => taskOn(master, 'api-ready'));
}

/** From a kubelet to an API server. Members of etcd of one turn come up together: each waits for a quorum of them. */
function controlPlane(machine: ClusterMachine, boot: Boot): readonly Task[] {
  const together = boot.turns.find((turn) => turn.includes(machine));
  const {etcdHealthy, apiReady} = masterWaits(machine, boot.layout, together);
  return [
    etcdHealthy,
    stepsTask('control-plane', machine, boot, {
      title: 'Put the manifests of the control plane',
      needs: [etcdHealthy.id],
      steps: stepsOf(machine, boot)('control plane'),
      deadlineMs: 2 * minute,
    }),
    apiReady,
  ];
}

interface StepsTask {
  readonly title: string;
  readonly needs: readonly string[];
  readonly after?: readonly string[];
  readonly steps: readonly ClusterStep[];
  readonly critical?: true;
  readonly deadlineMs: number;
  stdinOf?(step: ClusterStep, context: TaskContext): Promise<string | Readable | undefined>;
}

function stepsTask(phase: string, machine: ClusterMachine, boot: Joining, what: StepsTask): Task<Changes> {
  const {title, needs, after, steps, critical, deadlineMs, stdinOf} = what;
  const {layout, choice} = boot;
  const isMember = boot.isMember(machine);
  return {
    ...{id: taskOn(machine, phase), title, on: machine.name, needs, ...(after ? {after} : {})},
    touches: 'a machine',
    does: stepEffects(machine, 'deploy', steps),
    expected: isMember ? 'decided while running' : 'change',
    why: isMember ? ['it is of this cluster: what is as it should be stays'] : [],
    ...(critical ? {critical} : {}),
    ...{retry, deadlineMs},
    run: (context) =>
      runSteps(
        {
          layout,
          choice,
          machine,
          operation: 'deploy',
          steps,
          ...(stdinOf ? {stdinOf: (step) => stdinOf(step, context)} : {}),
        },
        context,
      ),
  };
}

function stepsOf(
  machine: ClusterMachine,
  {layout}: Pick<Joining, 'layout'>,
): (phase: ClusterStep['phase']) => readonly ClusterStep[] {
  const all = deploySteps(layout, machine);
  return (phase) => all.filter((step) => step.phase === phase);
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

async function dockerStdin({stdin}: ClusterStep, machine: ClusterMachine, boot: Joining, {tools, signal}: TaskContext) {
  const {layout, choice} = boot;
  if (stdin === 'docker source') return dockerSource(layout);
  if (stdin !== 'docker settings') return undefined;
  const request = {layout, machine, podNetwork: choice.podNetwork, isFresh: !boot.hasDocker(machine)};
  return dockerInput(request, tools.machines, signal);
}

// ---------------------------------------------------------------- certificates

/** Two, where there are two: when one dies, the run goes on with the other, and nobody makes other authorities after it. */
function homesOf({masters}: Boot): readonly ClusterMachine[] {
  return masters.slice(0, 2);
}

/** Where the authorities are made, and read from by all later tasks. Those that another master has are brought there. */
function makeAuthoritiesTask(boot: Boot): readonly Task<Changes>[] {
  const {layout, choice, machines, masters} = boot;
  const homes = homesOf(boot);
  const [home] = homes;
  if (!home) return [];
  const steps = (master: ClusterMachine) => stepsOf(master, boot)('certificates');
  const isBooted = masters.some((master) => boot.isMember(master));
  const task: Task<Changes> = {
    id: authoritiesTask,
    title: 'Make the authorities of the cluster',
    on: home.name,
    needs: [],
    touches: 'a machine',
    does: homes.flatMap((master) => stepEffects(master, 'deploy', steps(master))),
    expected: isBooted ? 'decided while running' : 'change',
    why: [
      ...(isBooted ? ['those that a master has stay'] : []),
      ...(homes.length > 1
        ? [
            `they lie on ${homes.map(({name}) => name).join(' and ')} before anything is signed, so that either may fail`,
          ]
        : []),
    ],
    critical: true,
    ...{retry, deadlineMs: 3 * minute},
    async run(context) {
      const {tools, signal} = context;
      const names = masters.map(({name}) => name);
      const isFresh = !machines.some((machine) => boot.isMember(machine));
      const found = await findAuthorities(tools.machines, names, {isFresh}, signal);
      const authorities = found ?? (await makeAuthorities(new Date(tools.clock.now())));
      const put = (master: ClusterMachine) => {
        const stdin = stdinOf(authorityInput(authorities, certificateRoles(master)));
        const work = {layout, choice, machine: master, operation: 'deploy', steps: steps(master)} as const;
        return runSteps({...work, stdinOf: async () => stdin}, context);
      };
      return onAnyOf(homes, put, context);
    },
  };
  return [task];
}

async function certificates(machine: ClusterMachine, {layout, masters}: Joining, {tools, signal}: TaskContext) {
  const names = masters.map(({name}) => name);
  const authorities = await readAnyAuthorities(tools.machines, names, signal);
  if (!authorities) {
    throw new ProblemError({
      code: 'certificate-invalid',
      message: `The authorities that were put on ${foldHostNames(names)} are there no more, so nothing can be signed.`,
      hint: 'See who removes files below /etc/kubernetes/pki there, and repeat the run.',
    });
  }
  const now = new Date(tools.clock.now());
  return certificatesFor(machine, {layout, authorities, now}, tools.machines, signal);
}

function stdinOf(files: readonly CertificateInput[]): string {
  return certificateInput(files).reveal();
}
