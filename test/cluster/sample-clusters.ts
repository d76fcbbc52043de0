import type {ClusterLayout, ClusterMachine} from '../../src/engine/cluster/layout/types.ts';
import {bootableLayout} from './layouts.ts';

/** A machine as clusters of tests have it, at 10.0.0.<number>. */
const sampleMachine = (name: string, number: number, role: ClusterMachine['roles'][number]): ClusterMachine => ({
  ...{name, nodeName: name, address: `10.0.0.${number}`, roles: [role], dockerData: '/mnt/docker', labels: []},
  ...(role === 'master' ? {etcdId: `etcd-${name}`} : {}),
});
export const masters = [
  sampleMachine('master-1', 1, 'master'),
  sampleMachine('master-2', 2, 'master'),
  sampleMachine('master-3', 3, 'master'),
];
export const [first = sampleMachine('master-1', 1, 'master')] = masters;
export const worker = sampleMachine('gpu-01', 11, 'worker');
const proxy = sampleMachine('proxy-1', 9, 'proxy');

/** The three ways to reach the API. */
export const ways = {
  'single-master': {masters: [first], proxies: [], host: first.address},
  'external-balancer': {masters, proxies: [], host: '10.0.0.200'},
  proxy: {masters, proxies: [proxy], host: proxy.address},
} as const;

export async function clusterOf(way: keyof typeof ways, version = 'v1.20.2'): Promise<ClusterLayout> {
  const {host, ...there} = ways[way];
  const layout = await bootableLayout(version);
  return {
    ...layout,
    ...there,
    ...{workers: [worker], machines: [...there.masters, worker, ...there.proxies]},
    ...{api: {host, port: 6443}, availability: way},
  };
}
