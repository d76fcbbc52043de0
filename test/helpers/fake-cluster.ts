import type {ClusterRequest} from '../../src/engine/api.ts';
import type {Effect, Plan, Task} from '../../src/engine/plan/types.ts';

/** A plan for a made-up cluster named prod-east: three masters, and workers up to this many machines. */
export function clusterPlan(request: ClusterRequest, count = 6): Plan {
  const machines = Array.from({length: count}, (_, index): Machine => {
    const isMaster = index < 3;
    const name = isMaster ? `infra-0${index + 1}` : `gpu-${String(index - 2).padStart(3, '0')}`;
    return {name, isMaster};
  });
  const common = {operation: request.operation, notices: []};
  switch (request.operation) {
    case 'cluster k8s-bootup':
      return {...common, title: `Boot Kubernetes 1.20.2 on ${count} machines`, tasks: bootTasks(machines)};
    case 'cluster k8s-clean':
      return {
        ...common,
        title: `Remove Kubernetes from ${count} machines`,
        confirm: 'prod-east',
        tasks: machines.flatMap((machine) => cleanTasks(machine, request.force)),
      };
    case 'cluster install-kubectl':
      return {...common, title: 'Install kubectl', tasks: [kubectlTask(request.kubeconfig)]};
    case 'cluster certificates renew':
      return {...common, title: `Renew certificates on ${count} machines`, tasks: machines.map(certificatesTask)};
    case 'machine etcdfix':
      return {
        ...common,
        title: `Replace the member of etcd on ${request.machine}`,
        tasks: [task('cluster/etcd-remove', 'Remove the member', {})],
      };
    case 'cluster etcd snapshot':
    case 'cluster etcd defrag':
      return {...common, title: request.operation, tasks: [task('cluster/etcd', request.operation, {})]};
    case 'machine add':
    case 'machine remove':
      return {...common, title: `${request.operation} ${request.names.join(' ')}`, tasks: []};
  }
}

interface Machine {
  readonly name: string;
  readonly isMaster: boolean;
}

function bootTasks(machines: readonly Machine[]): Task[] {
  const masters = machines.filter(({isMaster}) => isMaster).map(({name}) => name);
  const each = machines.flatMap((machine): Task[] => {
    const {name, isMaster} = machine;
    const docker = onMachine(name, 'docker', 'Install docker', {
      does: [script(name, 'install-docker.sh'), {kind: 'machine file', on: name, path: '/etc/docker/daemon.json'}],
      why: ['docker is not installed'],
    });
    const certificates = certificatesTask(machine);
    const etcd = onMachine(name, 'etcd', 'Start etcd', {
      needs: [docker.id, certificates.id],
      does: [script(name, 'start-etcd.sh'), {kind: 'container', on: name, call: 'run', name: 'etcd-server'}],
    });
    const kubelet = onMachine(name, 'kubelet', 'Start kubelet', {
      needs: [docker.id, certificates.id, ...(isMaster ? [etcd.id] : ['cluster/api-ready'])],
      does: [script(name, 'start-kubelet.sh'), {kind: 'container', on: name, call: 'run', name: 'kubelet'}],
    });
    return isMaster ? [docker, certificates, etcd, kubelet] : [docker, certificates, kubelet];
  });
  const cluster = [
    task('cluster/api-ready', 'Wait until every API server answers', {
      needs: masters.map((name) => `${name}/kubelet`),
    }),
    task('cluster/nodes-ready', 'Wait until every node is Ready', {
      needs: ['cluster/api-ready'],
      after: machines.map(({name}) => `${name}/kubelet`),
    }),
    kubectlTask('/home/ops/.kube/config'),
  ];
  return [...each, ...cluster];
}

function cleanTasks({name, isMaster}: Machine, force: boolean): Task[] {
  const stop = onMachine(name, 'clean', 'Stop Kubernetes and remove what it left', {
    does: [script(name, 'clean.sh'), {kind: 'machine file', on: name, path: '/etc/kubernetes/**'}],
  });
  const data = onMachine(name, 'etcd-data', force ? 'Remove the data of etcd' : 'Move the data of etcd aside', {
    needs: [stop.id],
    touches: 'data',
    does: [script(name, force ? 'remove-etcd.sh' : 'keep-etcd.sh')],
  });
  return isMaster ? [stop, data] : [stop];
}

function certificatesTask({name}: Machine): Task {
  return onMachine(name, 'certificates', 'Put certificates in place', {
    does: [{kind: 'machine file', on: name, path: '/etc/kubernetes/pki/**', digest: 'secret'}],
  });
}

function kubectlTask(kubeconfig: string): Task {
  return {
    ...task('cluster/kubeconfig', 'Put the cluster into the kubeconfig', {does: [{kind: 'file', path: kubeconfig}]}),
    touches: 'this computer',
  };
}

function onMachine(name: string, phase: string, title: string, more: Partial<Task>): Task {
  return {...task(`${name}/${phase}`, title, more), on: name, touches: more.touches ?? 'a machine'};
}

function task(id: string, title: string, more: Partial<Task>): Task {
  return {
    id,
    title,
    needs: [],
    touches: 'the cluster',
    does: [],
    expected: 'change',
    why: [],
    run: async () => ({changed: true, result: undefined}),
    ...more,
  };
}

function script(on: string, name: string): Effect {
  return {kind: 'script', on, name, script: `sha256:${'0'.repeat(64)}`, sudo: true};
}
