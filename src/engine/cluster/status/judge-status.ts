/** What is wrong with a cluster, and what mends it. Pure. */

import {judgeVersion, minorOf} from '../layout/versions.ts';
import type {
  ApiServerStatus,
  CertificateStatus,
  ClusterHealth,
  ClusterStatus,
  DriftEntry,
  MachineStatus,
  Mend,
  NodeStatus,
  PodStatus,
  StatusFinding,
} from './types.ts';
import {isWithoutMasters} from './without-masters.ts';

/** What was found out. */
export type StatusParts = Omit<ClusterStatus, 'health' | 'findings'>;

const gravities = ['failed', 'warning', 'unknown', 'notice'] as const satisfies readonly StatusFinding['gravity'][];

/** The gravest first; of one gravity in the order of the parts. */
export function judgeStatus(parts: StatusParts): readonly StatusFinding[] {
  const {refusal} = judgeVersion(parts.versions.kubernetes);
  const isOurs = refusal === undefined;
  if (isNowhere(parts)) return [notBooted];
  const findings = [
    ...judgeServers(parts),
    ...judgeNodes(parts),
    ...judgePods(parts),
    ...judgeEtcd(parts),
    ...parts.machines.flatMap((machine) => judgeMachine(machine, isOurs)),
    ...judgeVersions(parts),
    ...(isOurs ? [] : [notOurs(refusal)]),
  ];
  return gravities.flatMap((gravity) => findings.filter((finding) => finding.gravity === gravity));
}

/** All machines answered, and nothing lies on any: whatever else is missing is missing for that reason. */
function isNowhere({machines}: StatusParts): boolean {
  return machines.length > 0 && machines.every(({known, problem}) => known?.isPart === false && !problem);
}

const notBooted: StatusFinding = {
  part: 'machines',
  gravity: 'warning',
  says: 'The cluster is not booted: nothing of Kubernetes lies on its machines.',
  mend: {command: 'cluster k8s-bootup', says: 'Boot it.'},
};

export function healthOf({api, machines}: StatusParts, findings: readonly StatusFinding[]): ClusterHealth {
  const servers = api.known?.servers ?? [];
  const isHeard = machines.some(({known, problem}) => known && !problem) || servers.some(answers);
  const isAsking =
    machines.some(({known, problem}) => !known && !problem) || servers.some(({state}) => state === 'asking');
  if (isAsking) return 'asking';
  if (!isHeard) return 'unreached';
  return findings.some(({gravity}) => gravity !== 'notice') ? 'degraded' : 'healthy';
}

function answers({state}: ApiServerStatus): boolean {
  return state === 'ready' || state === 'not ready';
}

const bootAgain: Mend = {
  command: 'cluster k8s-bootup',
  says: 'Boot again: it puts what is missing and changes nothing else.',
};
const renew: Mend = {command: 'cluster certificates renew'};

function log(machine: string, container: string): Mend {
  return {command: `machine logs ${machine} --container ${container}`, says: 'Look into its log.'};
}

function judgeServers({api}: StatusParts): StatusFinding[] {
  if (api.problem) {
    const {message, hint} = api.problem;
    return [
      {part: 'API servers', gravity: 'unknown', says: message, ...(hint === undefined ? {} : {mend: {says: hint}})},
    ];
  }
  return (api.known?.servers ?? []).flatMap((server): StatusFinding[] => {
    const {machine, state, failing, problem} = server;
    const where = {part: 'API servers' as const, ...(machine === undefined ? {} : {machine})};
    const whose = machine === undefined ? `The address of the API, ${server.server},` : 'Its API server';
    const mend = machine === undefined ? frontMend : apiServerMend(machine);
    if (state === 'not ready') {
      const says = `${whose} is not ready: ${failing.join(', ')} ${failing.length === 1 ? 'fails' : 'fail'}.`;
      return [{...where, gravity: 'failed', says, mend}];
    }
    if (state === 'unreachable') return [{...where, gravity: 'failed', says: `${whose} does not answer.`, mend}];
    if (state !== 'unknown' || !problem) return [];
    return [{...where, gravity: 'unknown', says: problem.message}];
  });
}

const frontMend: Mend = {says: 'Look whether the proxy or balancer in front of the masters runs and leads to them.'};

function apiServerMend(machine: string): Mend {
  return {
    command: `machine logs ${machine}`,
    says: 'Choose the log of its container k8s_kube-apiserver_…; where there is none, that of kubelet.',
  };
}

function judgeNodes({nodes}: StatusParts): StatusFinding[] {
  const stale = nodes.problem ? [unknownPart('nodes', nodes.problem.message)] : [];
  return [...stale, ...(nodes.known ?? []).flatMap(judgeNode)];
}

function judgeNode({name, state, node, isConfigured, nodeName}: NodeStatus): StatusFinding[] {
  const finding = (gravity: StatusFinding['gravity'], says: string, mend?: Mend): StatusFinding => ({
    ...{part: 'nodes', gravity, machine: name, says},
    ...(mend ? {mend} : {}),
  });
  const isCordoned = node && !node.schedulable;
  return [
    ...nodeState(state, node?.reason).map((says) =>
      finding('failed', says, state === 'missing' ? bootAgain : log(name, 'kubelet')),
    ),
    ...(node?.pressures ?? []).map((pressure) => finding('warning', pressureWords(pressure))),
    ...(isCordoned
      ? [finding('notice', 'It is cordoned: no new pods are sent there.', {says: `kubectl uncordon ${nodeName}`})]
      : []),
    ...(isConfigured ? [] : [finding('warning', 'It is a node, and the configuration does not have it.')]),
  ];
}

function nodeState(state: NodeStatus['state'], reason: string | undefined): string[] {
  switch (state) {
    case 'ready':
      return [];
    case 'missing':
      return ['The API does not know its node.'];
    case 'not ready':
      return [`It is not ready: ${reason ?? 'its kubelet does not say why'}.`.replace(/\.\.$/, '.')];
    case 'unknown':
      return ['Its kubelet is not heard any more.'];
  }
}

function pressureWords(pressure: string): string {
  if (pressure === 'network') return 'Its network is not set up.';
  return `It is short of ${pressure === 'pid' ? 'process ids' : pressure}: pods are sent away from it.`;
}

function judgePods({pods}: StatusParts): StatusFinding[] {
  const stale = pods.problem ? [unknownPart('pods', pods.problem.message)] : [];
  const troubled = pods.known?.troubled ?? [];
  const ofSystem = troubled.filter(({namespace}) => namespace === 'kube-system');
  const others = (pods.known?.byNamespace ?? []).filter(
    ({namespace, troubled: amount}) => namespace !== 'kube-system' && amount > 0,
  );
  return [
    ...stale,
    ...ofSystem.map((pod): StatusFinding => {
      const {node, name} = pod;
      const gravity = name.startsWith('kubernetes-dashboard') ? 'notice' : 'failed';
      const mend = {says: `kubectl -n kube-system describe pod ${name}`};
      return {part: 'pods', gravity, ...(node === undefined ? {} : {machine: node}), says: podWords(pod), mend};
    }),
    ...others.map(({namespace, troubled: amount}): StatusFinding => {
      const says = `${amount} ${amount === 1 ? 'pod' : 'pods'} in the namespace ${namespace} ${amount === 1 ? 'is' : 'are'} in trouble.`;
      return {part: 'pods', gravity: 'notice', says, mend: {says: `kubectl -n ${namespace} get pods`}};
    }),
  ];
}

function podWords({name, reason, message, phase, restarts}: PodStatus): string {
  const why = reason ?? (phase === 'Running' ? 'it runs and is not ready' : phase);
  const more = [...(restarts > 0 ? [`${restarts} restarts`] : []), ...(message === undefined ? [] : [message])];
  return `The pod ${name} is in trouble: ${[why, ...more].join('; ')}.`.replace(/\.\.$/, '.');
}

function judgeEtcd({etcd: {known}, machines}: StatusParts): StatusFinding[] {
  if (isWithoutMasters({machines})) return [];
  return (known?.problems ?? []).map(({code, machine, message, hint, severity = 'error'}) => {
    // Whatever is wrong with the member of a master: it knows what changes least, and says what only a person can do.
    const command = machine !== undefined && code.startsWith('etcd-') ? `machine etcdfix ${machine}` : undefined;
    return {
      part: 'etcd',
      gravity: severity === 'error' ? 'failed' : severity,
      ...(machine === undefined ? {} : {machine}),
      says: message,
      ...(hint === undefined && command === undefined
        ? {}
        : {mend: {...(command === undefined ? {} : {command}), ...(hint === undefined ? {} : {says: hint})}}),
    };
  });
}

function notOurs(refusal: string): StatusFinding {
  const says = `${refusal} What lies on its machines is not compared with anything.`;
  return {part: 'versions', gravity: 'notice', says};
}

function judgeMachine(status: MachineStatus, isOurs: boolean): StatusFinding[] {
  const {machine, known, problem} = status;
  const where = {part: 'machines' as const, machine};
  const unheard: StatusFinding[] = problem
    ? [
        {
          ...{...where, gravity: 'unknown', says: problem.message},
          ...(problem.hint === undefined ? {} : {mend: {says: problem.hint}}),
        },
      ]
    : [];
  if (!known) return unheard;
  if (!known.isPart) {
    const says = 'Nothing of Kubernetes lies on it: it is not part of the cluster.';
    return [...unheard, {...where, gravity: 'failed', says, mend: bootAgain}];
  }
  return [
    ...unheard,
    ...known.certificates.flatMap((certificate) => judgeCertificate(machine, certificate, isOurs)),
    ...judgeKubelet(machine, known.kubelet),
    ...(known.drift.known ?? []).map((entry) => judgeEntry(machine, entry)),
    ...(known.drift.problem
      ? [{part: 'drift', gravity: 'unknown', machine, says: known.drift.problem.message} as const]
      : []),
  ];
}

function judgeKubelet(machine: string, kubelet: NonNullable<MachineStatus['known']>['kubelet']): StatusFinding[] {
  if (!kubelet || kubelet.isRunning) return [];
  return [
    {part: 'machines', gravity: 'failed', machine, says: 'Its kubelet does not run.', mend: log(machine, 'kubelet')},
  ];
}

function judgeCertificate(
  machine: string,
  {kind, state, faults, file}: CertificateStatus,
  isOurs: boolean,
): StatusFinding[] {
  const mend = kind === undefined ? ofAuthority : state === 'missing' ? bootAgain : renew;
  return faults.map((says) => ({
    part: 'certificates',
    gravity: state === 'expiring' ? 'warning' : 'failed',
    machine,
    says: `${says.replace(/\.$/, '')} (${file}).`,
    ...(isOurs ? {mend} : {}),
  }));
}

const ofAuthority: Mend = {
  says: 'Authorities are not renewed: plan a new boot of the cluster with other ones before it ends.',
};

function judgeEntry(machine: string, {what, state, detail}: DriftEntry): StatusFinding {
  const words = {
    missing: `${what} is missing.`,
    changed: `${what} is not as it would be put there.`,
    extra: `${what} is there and belongs to nothing that would be put there.`,
  } as const;
  return {
    part: 'drift',
    gravity: 'warning',
    machine,
    says: detail === undefined ? words[state] : `${words[state]} ${detail}`,
    mend: state === 'extra' ? {says: 'Move it away where it is not wanted.'} : bootAgain,
  };
}

/** Kubelets may be up to two minor versions older than API servers (Kubernetes: "Version Skew Policy"). */
function judgeVersions({versions, api, nodes}: StatusParts): StatusFinding[] {
  const wanted = versions.kubernetes;
  if (minorOf(wanted) === undefined) return [];
  const others = [
    ...(api.known?.servers ?? []).flatMap(({machine, version}) =>
      machine === undefined || version === undefined ? [] : [{what: 'Its API server', machine, version}],
    ),
    ...(nodes.known ?? []).flatMap(({name, node}) =>
      node && node.version !== '' ? [{what: 'Its kubelet', machine: name, version: node.version}] : [],
    ),
  ];
  return others
    .filter(({version}) => plain(version) !== plain(wanted))
    .map(({what, machine, version}) => ({
      ...{part: 'versions', gravity: 'warning', machine},
      says: `${what} is ${version}, and the configuration says ${wanted}.`,
    }));
}

/** 'v1.20.2' of 'v1.20.2+abc' */
function plain(version: string): string {
  return version.replace(/^v?/, 'v').replace(/[+-].*$/, '');
}

function unknownPart(part: StatusFinding['part'], says: string): StatusFinding {
  return {part, gravity: 'unknown', says};
}
