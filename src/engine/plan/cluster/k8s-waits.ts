/** Where a boot waits: for etcd, for API servers, for nodes. Each says what it waits for, and in the end what is wrong. */

import {withApi} from '../../cluster/boot/api.ts';
import {type Boot, taskOn} from '../../cluster/boot/boot.ts';
import {etcdHealth, lastWordsOf} from '../../cluster/boot/components.ts';
import {takenUp} from '../../cluster/boot/taken-up.ts';
import {isSo, type Look, waitFor} from '../../cluster/boot/wait.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import {manifestOf} from '../../cluster/packages/steps.ts';
import type {Kube} from '../../kube-tools.ts';
import {ProblemError} from '../../problem.ts';
import type {Task, TaskContext} from '../types.ts';

const minute = 60_000;
/** Five minutes: a slow disk, a first start of large images. */
export const patienceMs = 5 * minute;
/** So that it is us who say why it took too long. */
const taskMs = patienceMs + 2 * minute;

/** What nobody changes by waiting. */
export const onlyWaits = {touches: 'nothing', does: [], expected: 'unchanged', why: [], deadlineMs: taskMs} as const;

/** `together`: masters that come up with it, as a quorum of etcd needs several. Both wait for what the manifests say now. */
export function masterWaits(
  machine: ClusterMachine,
  layout: ClusterLayout,
  together: readonly ClusterMachine[] = [],
): {readonly etcdHealthy: Task; readonly apiReady: Task} {
  const {name, address} = machine;
  const lookAtEtcd = async ({tools, signal}: TaskContext) => {
    const seen = await takenUp(tools.machines, name, {part: 'etcd', manifest: manifestOf('etcd')}, signal);
    return 'found' in seen ? etcdHealth(tools.machines, name, signal) : seen;
  };
  const server = `https://${address}:${layout.masterPort}`;
  const atApi = <T>(context: TaskContext, work: (api: Kube) => Promise<T>) => withApi([name], context, work, server);
  const lookAtApi = async (api: Kube, context: TaskContext) => {
    const part = {part: 'kube-apiserver', manifest: manifestOf('apiserver')};
    const seen = await takenUp(context.tools.machines, name, part, context.signal);
    return 'found' in seen ? readiness(api, context) : seen;
  };
  return {
    etcdHealthy: {
      ...onlyWaits,
      id: taskOn(machine, 'etcd-healthy'),
      title: 'Wait until etcd is healthy',
      on: name,
      needs: [taskOn(machine, 'kubelet')],
      after: together.filter((master) => master !== machine).map((master) => taskOn(master, 'kubelet')),
      satisfied: (context) => isSo(() => lookAtEtcd(context), context.signal),
      run: async (context) => {
        const late = (waitsFor: string) =>
          partIsLate(
            context,
            machine,
            'etcd',
            `etcd of ${name} is not healthy after ${minutes(patienceMs)}: ${waitsFor}`,
          );
        await waitFor({deadlineMs: patienceMs, look: () => lookAtEtcd(context), late}, context);
        return {changed: false, result: true};
      },
    },
    apiReady: {
      ...onlyWaits,
      id: taskOn(machine, 'api-ready'),
      title: 'Wait until the API server is ready',
      on: name,
      needs: [taskOn(machine, 'control-plane')],
      satisfied: (context) => isSo(() => atApi(context, (api) => lookAtApi(api, context)), context.signal),
      run: async (context) => {
        const late = (waitsFor: string) =>
          partIsLate(
            context,
            machine,
            'kube-apiserver',
            `The API server of ${name} is not ready after ${minutes(patienceMs)}: ${waitsFor}`,
          );
        await atApi(context, (api) =>
          waitFor({deadlineMs: patienceMs, look: () => lookAtApi(api, context), late}, context),
        );
        return {changed: false, result: true};
      },
    },
  };
}

/** By the address that everybody uses, once API servers are ready: with a balancer, through it. */
export function apiReady(id: string, boot: Boot): Task {
  const {masters, machines} = boot;
  const servers = masters.map((master) => taskOn(master, 'api-ready'));
  const proxies = machines.filter(({roles}) => roles.includes('proxy')).map((proxy) => taskOn(proxy, 'kubelet'));
  return {
    ...apiReached(id, boot),
    // Some of several masters are enough.
    ...(servers.length === 1 ? {needs: servers, after: proxies} : {needs: [], after: [...servers, ...proxies]}),
  };
}

/** The same of a cluster that runs: nothing has to come before. */
export function apiReached(id: string, {masters, layout}: Pick<Boot, 'masters' | 'layout'>): Task {
  const {host, port} = layout.api;
  const names = masters.map(({name}) => name);
  const look = (context: TaskContext) => withApi(names, context, (api) => readiness(api, context));
  return {
    ...onlyWaits,
    id,
    title: `Wait until the API is reached by ${host}`,
    needs: [],
    satisfied: (context) => isSo(() => look(context), context.signal),
    run: async (context) => {
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'api-unreachable',
          message: `The API is not reached by https://${host}:${port} after ${minutes(balancerMs)}: ${waitsFor}`,
          hint:
            layout.availability === 'single-master'
              ? `See whether this computer reaches ${host}.`
              : `See whether the balancer passes on TCP to port ${layout.masterPort} of the masters, and whether this computer reaches it.`,
        });
      await waitFor({deadlineMs: balancerMs, look: () => look(context), late}, context);
      return {changed: false, result: true};
    },
  };
}

/** API servers are ready by then; only who stands in front of them may still have to see it. */
const balancerMs = 2 * minute;

async function readiness(api: Kube, {signal}: TaskContext): Promise<Look<true>> {
  const failing = await api.notReady(signal);
  return failing.length === 0 ? {found: true} : {waitsFor: `not ready: ${failing.join(', ')}`};
}

async function partIsLate(
  {tools, signal}: TaskContext,
  {name}: ClusterMachine,
  part: string,
  message: string,
): Promise<ProblemError> {
  const detail = await lastWordsOf(tools.machines, name, part, signal);
  return new ProblemError({
    code: 'deadline-passed',
    message: /[.!?]$/.test(message) ? message : `${message}.`,
    hint: `What it printed last stands below; more of it: 'docker logs' on ${name}. Mend it and repeat the run.`,
    ...(detail === '' ? {} : {detail}),
    machine: name,
  });
}

export function minutes(milliseconds: number): string {
  return `${Math.round(milliseconds / minute)} minutes`;
}
