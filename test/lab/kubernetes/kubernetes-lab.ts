/**
 * Hosts that can be the machines of a real Kubernetes cluster of version 1.20.2: each has a Docker engine that knows all
 * images of a cluster (`lab.images` says their names), and nothing else of Kubernetes, nor routes between pods.
 *
 *     const obstacle = tellObstacle('Tests of …', whyNoKubernetesLab());
 *     describe.skipIf(obstacle)('…', () => {
 *       beforeAll(async () => { lab = await startKubernetesLab({hosts: 6}); }, kubernetesLabMs);
 *
 * `npm run lab:prepare` makes what it needs. With CI or PAI_TEST_SYSTEM=1 that begins with the tests, beside them: then
 * there is no obstacle, and `startKubernetesLab` waits for it.
 */
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {type Lab, type LabOptions, startLab, whyNoLab} from '../lab.ts';
import type {Part} from '../obstacles.ts';
import {setSysctl} from '../sysctls.ts';
import {kubernetesFolder, whyNoKubernetes} from './binaries.ts';
import {type ClusterImages, clusterImages} from './images.ts';

export interface KubernetesLab extends Lab {
  readonly images: ClusterImages;
  /** The program on this computer. */
  readonly kubectl: string;
}

/** What the images are made of besides Kubernetes. */
const parts: readonly Part[] = [
  ['/usr/bin/etcd', 'etcd-server'],
  ['/usr/bin/etcdctl', 'etcd-client'],
  ['/usr/sbin/haproxy', 'haproxy'],
  ['/usr/sbin/conntrack', 'conntrack'],
  ['/usr/bin/socat', 'socat'],
];

/** The time to give a hook that starts such a lab: Kubernetes may have to be built first. */
export const kubernetesLabMs = 60 * 60_000;

/** Why no such lab can be brought up here, as the end of a sentence; undefined when one can. */
export function whyNoKubernetesLab(): string | undefined {
  return whyNoLabForCluster() ?? whyNoKubernetes();
}

/** The same, wherever Kubernetes itself is to come from. */
export function whyNoLabForCluster(): string | undefined {
  return whyNoLab({docker: true, more: parts});
}

/** Brings up hosts that all have Docker unless fewer are asked for. */
export async function startKubernetesLab(options: LabOptions): Promise<KubernetesLab> {
  const images = await clusterImages();
  const lab = await startLab({docker: options.hosts, dockerRoot: images.dockerRoot, ...options});
  // kube-proxy wants just this and ends where it may not set it, as on a host: it belongs to the whole computer.
  setSysctl('net.netfilter.nf_conntrack_max', Math.max(131_072, 32_768 * availableParallelism()));
  return {...lab, images, kubectl: join(kubernetesFolder(), 'kubectl')};
}
