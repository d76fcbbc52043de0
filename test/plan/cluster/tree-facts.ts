/** Facts of a cluster of a tree, for tests of plans: two masters, a proxy and two workers. */

import type {Remains} from '../../../src/engine/cluster/clean/remains.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import type {TreeFacts, TreeMachine} from '../../../src/engine/cluster/tree-set/facts.ts';
import {jobOf, roleOf, type TreeOperation, type TreeTools} from '../../../src/engine/cluster/tree-set/scripts.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {bootableLayout} from '../../cluster/layouts.ts';

const machine = (name: string, number: number, role: ClusterMachine['roles'][number]): ClusterMachine => ({
  ...{name, nodeName: name, address: `10.0.0.${number}`, roles: [role], dockerData: '/mnt/docker', labels: []},
  ...(role === 'master' ? {etcdId: `etcd-${name}`} : {}),
});
const masters = [machine('m-1', 1, 'master'), machine('m-2', 2, 'master')];
const proxies = [machine('p-1', 9, 'proxy')];
const workers = [machine('w-1', 11, 'worker'), machine('w-2', 12, 'worker')];
const layout: ClusterLayout = {
  ...(await bootableLayout()),
  ...{name: 'pai', machines: [...masters, ...workers, ...proxies], masters, workers, proxies, version: 'v1.9.9'},
  ...{api: {host: '10.0.0.9', port: 6443}, availability: 'proxy', etcdDataPath: '/var/etcd'},
};

export const oneMaster: ClusterLayout = {
  ...layout,
  ...{machines: [...masters.slice(0, 1), ...workers], masters: masters.slice(0, 1), proxies: []},
};

export const bare: Remains = {
  containers: {hasKubelet: false, count: 0, pods: [], others: 0},
  ...{folders: [], files: [], hasRules: false, etcdData: [], etcdKept: [], servers: []},
};
/** As tools of old boot a machine. */
export const booted: Remains = {
  ...bare,
  containers: {hasKubelet: true, count: 2, pods: ['kube-system/etcd-server-m-1'], others: 1},
  folders: [{path: '/etc/kubernetes', bytes: 60_000}],
  servers: ['http://10.0.0.9:8080'],
};
export const bootedByUs: Remains = {...booted, servers: ['https://10.0.0.9:6443']};
export const ofOthers: Remains = {...booted, servers: ['https://192.0.2.1:6443']};
export const dead: Problem = {code: 'machine-unreachable', message: 'It does not answer.', hint: 'Wake it.'};

const v07: TreeTools = {era: 'D', release: 'v0.7'};

interface Found {
  readonly tools?: TreeTools;
  readonly layout?: ClusterLayout;
  readonly operation?: TreeOperation;
  /** What lies on machines that are not as the others. */
  readonly but?: Readonly<Record<string, Remains | Problem>>;
}

export function treeFacts(
  all: Remains,
  {tools = v07, layout: of = layout, operation = 'deploy', but = {}}: Found = {},
): TreeFacts {
  const found = (one: ClusterMachine): TreeMachine => {
    const it = but[one.name] ?? all;
    return {
      ...{name: one.name, user: 'operator'},
      ...('code' in it ? {problem: it} : {remains: it}),
      package: {
        job: jobOf(tools, operation, roleOf(one)),
        digest: `digest of ${one.name}`,
        installs: operation === 'clean' ? [] : [{path: '/etc/kubernetes/config', digest: 'sha256:12'}],
      },
    };
  };
  return {layout: of, tools, api: {host: '10.0.0.9', port: 8080}, machines: of.machines.map(found), notices: []};
}
