/** What an earlier Kubernetes left on a machine. Images are not of it: they take room and stop nothing. */

import type {Answer} from '../../machine-answer.ts';

/** Names of processes end after 15 characters. */
const processes: Readonly<Record<string, string>> = {
  kubelet: 'kubelet',
  hyperkube: 'hyperkube',
  'kube-apiserver': 'kube-apiserver',
  'kube-controller': 'kube-controller-manager',
  'kube-scheduler': 'kube-scheduler',
  'kube-proxy': 'kube-proxy',
  etcd: 'etcd',
  k3s: 'k3s',
  'k3s-server': 'k3s-server',
  'k3s-agent': 'k3s-agent',
};

/** Paths as they are, all else with a word before it: 'unit kubelet', 'process etcd', 'container kubelet'. */
export function leftoversIn(answer: Answer): string[] {
  const containers = answer.lines('docker-containers').map((name) => name.trim());
  const pods = containers.filter((name) => name.startsWith('k8s_')).length;
  return [
    ...new Set([
      ...answer.lines('left'),
      ...answer.lines('left-unit').map((unit) => `unit ${unit}`),
      ...answer
        .lines('process')
        .flatMap((name) => (Object.hasOwn(processes, name) ? [`process ${processes[name]}`] : [])),
      ...answer.lines('left-device').map((device) => `network device ${device}`),
      ...containers.filter((name) => name === 'kubelet').map((name) => `container ${name}`),
      ...(pods === 0 ? [] : [`${pods} ${pods === 1 ? 'container' : 'containers'} of pods (k8s_…)`]),
    ]),
  ];
}
