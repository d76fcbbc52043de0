/** Certificates are replaced on one master after the other, then on all other machines side by side. */

import {readAuthorities} from '../../cluster/authorities.ts';
import {withApi} from '../../cluster/boot/api.ts';
import {taskOn} from '../../cluster/boot/boot.ts';
import {newCertificates} from '../../cluster/boot/machine-certificates.ts';
import {type Changes, runSteps, stepEffects} from '../../cluster/boot/run-steps.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {certificatesOf} from '../../cluster/certificate-cluster.ts';
import {tlsKnock} from '../../cluster/check/api-endpoints.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import {type CertificateInput, certificateInput} from '../../cluster/packages/certificate-input.ts';
import type {PackageChoice} from '../../cluster/packages/choice.ts';
import {certificateSteps} from '../../cluster/packages/steps.ts';
import {pkiFolder, readCertificate} from '../../kube/certificates.ts';
import type {Kube} from '../../kube-tools.ts';
import {foldHostNames} from '../../machines/host-names.ts';
import {ProblemError} from '../../problem.ts';
import type {Retry, Task, TaskContext} from '../types.ts';
import {masterWaits, minutes, onlyWaits, patienceMs} from './k8s-waits.ts';

export interface Renewal {
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  /** In the order of the configuration, with why it is worth while. */
  readonly machines: readonly {readonly machine: ClusterMachine; readonly why: readonly string[]}[];
  /** The master that authorities are read from. */
  readonly home: ClusterMachine;
  /** Masters cannot be well before all of them have certificates that work. */
  readonly isBroken: boolean;
}

const minute = 60_000;

/** Every script can be run again, so a connection that broke is no reason to give up. */
const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

export function renewalTasks(renewal: Renewal): readonly Task[] {
  const {machines, isBroken} = renewal;
  const isMaster = ({roles}: ClusterMachine) => roles.includes('master');
  const masters = machines.filter(({machine}) => isMaster(machine));
  const tasks: Task[] = [];
  let before: readonly string[] = [];
  for (const one of masters) {
    const renew = renewTask(one, renewal, before);
    tasks.push(renew);
    before = [renew.id];
    if (isBroken) continue;
    const waits = waitsOf(one.machine, renewal, before);
    tasks.push(...waits);
    before = waits.map(({id}) => id);
  }
  if (isBroken) {
    const waits = masters.flatMap(({machine}) => waitsOf(machine, renewal, before));
    tasks.push(...waits);
    before = waits.map(({id}) => id);
  }
  const others = machines.filter(({machine}) => !isMaster(machine)).map((one) => renewTask(one, renewal, before));
  const ids = others.map(({id}) => id);
  return [...tasks, ...others, heardTask(renewal, before, ids)];
}

/** A master is well again when etcd answers with a quorum behind it, and its API server shows the new certificate. */
function waitsOf(machine: ClusterMachine, {layout}: Renewal, needs: readonly string[]): readonly Task[] {
  const {etcdHealthy, apiReady} = masterWaits(machine, layout);
  const served = servedTask(machine, layout, needs);
  return [{...etcdHealthy, needs}, served, {...apiReady, needs: [...needs, served.id]}];
}

/** What a task of a machine hands on: nothing of it is secret. */
interface Renewed extends Changes {
  /** SHA-256 of the API server's new certificate, hexadecimal; absent on machines without one. */
  readonly apiCertificate?: string;
}

function renewTask(
  {machine, why}: Renewal['machines'][number],
  {layout, choice, home}: Renewal,
  needs: readonly string[],
): Task<Renewed> {
  // Kubeconfigs name the files, and stay.
  const steps = certificateSteps(layout, machine).map(({does, ...step}) => ({
    ...step,
    does: does.filter((effect) => effect.kind !== 'machine file' || !effect.path.endsWith('.conf')),
  }));
  return {
    ...{id: renewId(machine), title: 'Replace its certificates and start its kubelet again'},
    ...{on: machine.name, needs, touches: 'a machine', expected: 'change', why, critical: true, retry},
    does: stepEffects(machine, 'certificates', steps),
    deadlineMs: 5 * minute,
    async run(context) {
      const files = await madeFor(machine, layout, home, context);
      const input = certificateInput(files).reveal();
      const stdinOf = async ({stdin}: (typeof steps)[number]) => (stdin === 'certificates' ? input : undefined);
      const end = await runSteps({layout, choice, machine, operation: 'certificates', steps, stdinOf}, context);
      const api = files.find(({path}) => path === apiCertificateFile)?.content;
      if (typeof api !== 'string') return end;
      const apiCertificate = readCertificate(api).fingerprint.replaceAll(':', '').toLowerCase();
      return {...end, result: {...end.result, apiCertificate}};
    },
  };
}

function renewId(machine: ClusterMachine): string {
  return taskOn(machine, 'certificates');
}

const apiCertificateFile = `${pkiFolder}/apiserver.crt`;

/** Signed in memory by the authorities that a master keeps. */
async function madeFor(
  machine: ClusterMachine,
  layout: ClusterLayout,
  home: ClusterMachine,
  {tools, signal}: TaskContext,
): Promise<readonly CertificateInput[]> {
  const authorities = await readAuthorities(tools.machines, home.name, signal);
  if (!authorities) {
    throw new ProblemError({
      code: 'certificate-invalid',
      message: `The authorities of the cluster are not on ${home.name} any more, so nothing can be signed.`,
      hint: 'See who removes files below /etc/kubernetes/pki there, and renew again.',
      machine: home.name,
    });
  }
  return newCertificates(certificatesOf(layout, machine), authorities, new Date(tools.clock.now()));
}

/** It looks for other files once a minute (dynamic_serving_content.go); by its own word it would be ready before that. */
function servedTask(
  {name, address, ...machine}: ClusterMachine,
  layout: ClusterLayout,
  needs: readonly string[],
): Task {
  const own = {...machine, name, address};
  const server = `${address}:${layout.masterPort}`;
  return {
    ...onlyWaits,
    id: taskOn(own, 'certificate-shown'),
    title: 'Wait until the API server shows its new certificate',
    on: name,
    needs,
    async run(context) {
      const {tools, signal} = context;
      const {apiCertificate} = context.resultOf<Renewed>(renewId(own));
      const knock = tlsKnock(tools.clock);
      const look = async (): Promise<Look<true>> => {
        const {state, certificate} = await knock(address, layout.masterPort, signal);
        if (certificate === apiCertificate) return {found: true};
        return {waitsFor: certificate === undefined ? `${server}: ${state}` : `${server} shows another certificate`};
      };
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `The API server of ${name} does not show its new certificate after ${minutes(patienceMs)}: ${waitsFor}.`,
          hint: `See its log with: pai-tui machine logs ${name}`,
          machine: name,
        });
      await waitFor({deadlineMs: patienceMs, look, late}, context);
      return {changed: false, result: true};
    },
  };
}

/** By what the API hears of them: their clocks need not be ours. */
function heardTask({machines}: Renewal, needs: readonly string[], after: readonly string[]): Task {
  const masters = machines.flatMap(({machine}) => (machine.roles.includes('master') ? [machine.name] : []));
  return {
    ...onlyWaits,
    id: 'cluster/nodes-heard',
    title: 'Wait until every kubelet is heard again',
    needs,
    after,
    async run(context) {
      let before: ReadonlyMap<string, number> | undefined;
      const look = async (api: Kube): Promise<Look<true>> => {
        const nodes = new Map((await api.nodes(context.signal)).map((node) => [node.name, node]));
        before ??= new Map([...nodes].map(([name, {heardAt = 0}]) => [name, heardAt]));
        const silent = machines.filter(({machine: {nodeName}}) => {
          const node = nodes.get(nodeName);
          return node?.ready !== 'ready' || (node.heardAt ?? 0) <= (before?.get(nodeName) ?? 0);
        });
        if (silent.length === 0) return {found: true};
        return {waitsFor: `not heard: ${foldHostNames(silent.map(({machine}) => machine.name))}`};
      };
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `Not every kubelet is heard again after ${minutes(patienceMs)}: ${waitsFor}.`,
          hint: 'See why with: pai-tui cluster status',
        });
      await withApi(masters, context, (api) => waitFor({deadlineMs: patienceMs, look: () => look(api), late}, context));
      return {changed: false, result: true};
    },
  };
}
