/** What of a cluster lies on a machine, asked in one round trip. */

import {type Answer, askMachine, endText} from '../../machine-answer.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import {readMachineScript} from '../../machines/machine-script.ts';
import {ProblemError} from '../../problem.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {type ClusterTraces, clusterTracesIn, membershipScripts} from '../membership.ts';

/** Plain data. What is here goes when the machine is cleaned, but for what is said to stay. */
export interface Remains extends ClusterTraces {
  /** Absent where docker is there and does not answer. */
  readonly containers?: ContainerRemains;
  readonly folders: readonly SizedFolder[];
  /** Files besides, those too that lose a part only. */
  readonly files: readonly string[];
  /** Rules of kube-proxy, or those that let packets to pods through. */
  readonly hasRules: boolean;
  /** Etcd's: of masters alone. */
  readonly etcdData: readonly SizedFolder[];
  /** Moved aside earlier, and staying. */
  readonly etcdKept: readonly SizedFolder[];
}

interface ContainerRemains {
  readonly hasKubelet: boolean;
  /** Containers of pods. */
  readonly count: number;
  /** 'kube-system/etcd-infra-01', each once. */
  readonly pods: readonly string[];
  /** Somebody else's, which stay. */
  readonly others: number;
}

export interface SizedFolder {
  readonly path: string;
  /** Absent where it could not be counted in time. */
  readonly bytes?: number;
}

/** Seconds that docker, and whoever counts folders, are given on the machine. */
const patienceSeconds = 20;

/** `assets` is where this program's own files are. */
export function readRemainsScript(assets: string): Promise<string> {
  return readMachineScript(assets, 'remains.sh', ...membershipScripts);
}

/** Throws `facts-unreadable` where the machine did not tell all, and what `MachineAccess.use` and `Remote.run` throw. */
export async function readRemains(
  machines: MachineAccess,
  {name, roles}: Pick<ClusterMachine, 'name' | 'roles'>,
  {etcdDataPath, podNetwork}: Pick<ClusterLayout, 'etcdDataPath' | 'podNetwork'>,
  script: string,
  signal: AbortSignal,
): Promise<Remains> {
  const words = [
    ...(roles.includes('master') ? [`etcd:${etcdDataPath}`] : []),
    ...(podNetwork.kind === 'manifest' ? ['cni'] : []),
  ];
  const command = {
    script,
    args: [String(patienceSeconds), ...words],
    sudo: true,
    reads: true as const,
    deadlineMs: (patienceSeconds + 30) * 1000,
  };
  const {answer, end, said} = await machines.use(name, (remote) => askMachine(remote, command, signal), signal);
  if (answer.complete) return remainsIn(answer);
  throw new ProblemError({
    code: 'facts-unreadable',
    message: `What lies on ${name} cannot be read: its /bin/sh ${endText(end)} before it had told everything.`,
    hint: 'Log in there and look whether /bin/sh is a POSIX shell and works.',
    ...(said === '' ? {} : {detail: said}),
    machine: name,
  });
}

/** Takes any answer: what makes no sense is absent. */
export function remainsIn(answer: Answer): Remains {
  const sizes = new Map(
    answer.lines('sizes').flatMap((line) => {
      const [, kibibytes, path] = /^(\d{1,15})\t(.+)$/.exec(line) ?? [];
      return path === undefined ? [] : [[path, Number(kibibytes) * 1024] as const];
    }),
  );
  const folders = (section: string) =>
    answer.lines(section).map((path): SizedFolder => {
      const bytes = sizes.get(path);
      return {path, ...(bytes === undefined ? {} : {bytes})};
    });
  const containers = containersIn(answer);
  return {
    ...(containers ? {containers} : {}),
    folders: folders('folder'),
    files: answer.lines('file'),
    hasRules: ['rules-iptables', 'rules-ip6tables'].some((section) => Number(answer.first(section)) > 0),
    etcdData: folders('etcd-data'),
    etcdKept: folders('etcd-kept'),
    ...clusterTracesIn(answer),
  };
}

/** Lines of a name and, of containers of pods alone, the pod's uid. */
function containersIn(answer: Answer): ContainerRemains | undefined {
  const hasDocker = answer.lines('has').includes('docker');
  if (hasDocker && answer.first('containers-exit') !== '0') return undefined;
  const lines = answer.lines('containers').map((line) => line.trim().split(' '));
  const ofPods = lines.flatMap(([name = '', uid]) => (uid === undefined ? [] : [name]));
  const hasKubelet = lines.some(([name]) => name === 'kubelet');
  return {
    hasKubelet,
    count: ofPods.length,
    pods: [...new Set(ofPods.map(podOf))],
    others: lines.length - ofPods.length - (hasKubelet ? 1 : 0),
  };
}

/** A kubelet calls them k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT. */
function podOf(container: string): string {
  const [, pod, namespace] = /^k8s_[^_]+_([^_]+)_([^_]+)_/.exec(container) ?? [];
  return pod === undefined ? container : `${namespace}/${pod}`;
}
