/** Which cluster a machine is of. Check, boot and clean all go by this. Pure. */

import type {Answer} from '../machine-answer.ts';
import type {ClusterLayout, ClusterMachine} from './layout/types.ts';

export type Membership = 'this cluster' | 'another cluster' | 'none';

/** What on a machine tells it. Plain data. */
export interface ClusterTraces {
  /** The API servers that its kubeconfigs lead to: 'https://10.0.0.1:6443'. */
  readonly servers: readonly string[];
  /** The container `kubelet` is neither of this program nor of older tools of OpenPAI. */
  readonly hasOthersKubelet?: true;
}

/** What tells them on a machine, before a script that says `finish kubelet 1`. */
export const membershipScripts = ['kubernetes/scripts/paths.sh', 'machines/membership.sh'] as const;

/** Takes any answer. */
export function clusterTracesIn(answer: Answer): ClusterTraces {
  const servers = answer.lines('cluster-server').map((line) => line.trim().replace(/^(["'])(.*)\1$/, '$2'));
  // 'pai-tui' or 'older'; where there is no such container docker's exit code is 1.
  const isOthers = answer.first('kubelet-exit') === '0' && answer.first('kubelet') === undefined;
  return {servers: [...new Set(servers)], ...(isOthers ? {hasOthersKubelet: true} : {})};
}

interface ItsCluster extends Pick<ClusterLayout, 'api' | 'masterPort'> {
  readonly machines: readonly Pick<ClusterMachine, 'address' | 'roles'>[];
}

/**
 * Of this cluster is whose kubeconfigs all lead to its API or to its masters, by address and port: what is a worker here
 * may be the master of others. One that leads to the machine itself says nothing, and neither does one that leads there
 * by plain HTTP: so did older tools, and what they left is taken away before a boot. No traces: the machine was not asked.
 */
export function membershipOf(traces: ClusterTraces | undefined, cluster: ItsCluster): Membership {
  if (traces?.hasOthersKubelet) return 'another cluster';
  const led = placesIn(traces?.servers ?? []).map((place) => whose(place, cluster));
  if (led.includes('others')) return 'another cluster';
  return led.includes('ours') ? 'this cluster' : 'none';
}

/** What another cluster is known by, after 'It is of another cluster, '. */
export function othersWords({servers, hasOthersKubelet}: ClusterTraces): string {
  if (hasOthersKubelet) return 'whose kubelet was started neither by pai-tui nor by OpenPAI';
  return `whose API is ${placesIn(servers)
    .map(({server}) => server)
    .join(' and ')}`;
}

interface Place {
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly isPlain: boolean;
}

function placesIn(servers: readonly string[]): readonly Place[] {
  return servers.flatMap((server) => {
    const [, scheme = '', host = '', port] = /^(https?):\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?/.exec(server) ?? [];
    if (host === '' || host === 'localhost' || host === '[::1]' || host.startsWith('127.')) return [];
    const isPlain = scheme === 'http';
    return [{server, host, port: Number(port ?? (isPlain ? 80 : 443)), isPlain}];
  });
}

function whose({host, port, isPlain}: Place, {api, machines, masterPort}: ItsCluster): 'ours' | 'of old' | 'others' {
  const masters = machines.filter(({roles}) => roles.includes('master')).map(({address}) => address);
  if (isPlain) return host === api.host || masters.includes(host) ? 'of old' : 'others';
  const isOurs = (host === api.host && port === api.port) || (masters.includes(host) && port === masterPort);
  return isOurs ? 'ours' : 'others';
}
