/** Layouts for tests: of the fixtures' configurations, with versions that can be booted. */

import {clusterLayout} from '../../src/engine/cluster/layout/layout.ts';
import type {ClusterLayout} from '../../src/engine/cluster/layout/types.ts';
import {type Edit, modelOf} from '../config/configs.ts';

const file = 'kubernetes-configuration.yaml';

export function versionEdits(kubernetes: string, etcd = '3.4.23'): readonly Edit[] {
  return [
    [file, /(hyperkube|apiserver|kube-scheduler|kube-controller-manager)-version: .*/g, `$1-version: ${kubernetes}`],
    [file, /etcd-version: .*/, `etcd-version: ${etcd}`],
  ];
}

/** Settings of Kubernetes that are put before the others. */
export function settings(...lines: readonly string[]): Edit {
  return [file, 'kubernetes:\n', `kubernetes:\n${lines.map((line) => `  ${line}\n`).join('')}`];
}

export async function layoutOf(name: string, edits: readonly Edit[] = versionEdits('v1.20.2')): Promise<ClusterLayout> {
  const {layout, problems} = clusterLayout(await modelOf(name, edits));
  if (!layout) throw new Error(problems.map(({message}) => message).join('\n'));
  return layout;
}

/** The same of era G, outside of a test too. */
export async function bootableLayout(version = 'v1.20.2'): Promise<ClusterLayout> {
  const config = await modelOf('g');
  if (!config.kubernetes) throw new Error('The fixture has Kubernetes.');
  const parts = {hyperkube: version, apiserver: version, scheduler: version, 'controller-manager': version};
  const versions = {...config.kubernetes.versions, ...parts, etcd: '3.4.23'};
  const {layout} = clusterLayout({...config, kubernetes: {...config.kubernetes, versions}});
  if (!layout) throw new Error('The fixture cannot be booted.');
  return layout;
}
