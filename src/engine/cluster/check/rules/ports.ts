/** Whether what Kubernetes listens on is free, or taken by this very cluster. */

import type {SeenMachine} from './rule.ts';
import {failed, type MachineRule, ok, unknown, withAnswer} from './rule.ts';

interface Listener {
  /** What will listen there. */
  readonly program: string;
  on(seen: Pick<SeenMachine, 'machine' | 'cluster'>): number | undefined;
}

const everywhere = (port: number, program: string): Listener => ({program, on: () => port});
const onMasters = (port: number, program: string): Listener => ({
  program,
  on: ({machine}) => (machine.roles.includes('master') ? port : undefined),
});

/** Ports of Kubernetes 1.20 and later (kubernetes.io, "Ports and Protocols"; kubelet and kube-proxy: their own defaults). */
const listeners: readonly Listener[] = [
  everywhere(10_250, 'kubelet'),
  everywhere(10_248, 'kubelet'),
  everywhere(10_249, 'kube-proxy'),
  everywhere(10_256, 'kube-proxy'),
  {
    program: 'kube-apiserver',
    on: ({machine, cluster}) => (machine.roles.includes('master') ? cluster.masterPort : undefined),
  },
  onMasters(2379, 'etcd'),
  onMasters(2380, 'etcd'),
  onMasters(2381, 'etcd'),
  onMasters(10_257, 'kube-controller-manager'),
  onMasters(10_259, 'kube-scheduler'),
  {
    program: 'haproxy',
    on: ({machine, cluster}) =>
      machine.roles.includes('proxy') && cluster.availability === 'proxy' ? cluster.api.port : undefined,
  },
];

/** A listener on one address only is in the way all the same: ours listen on all, or on that of the machine. */
export const ports: MachineRule = {
  check: 'ports',
  judge: withAnswer(({ports: taken, missing}, seen) => {
    const none = missing.find((line) => line.startsWith('Ports: '));
    if (none !== undefined) return [unknown(none)];
    const wanted = listeners.flatMap(({program, on}) => {
      const port = on(seen);
      return port === undefined ? [] : [{port, program}];
    });
    const isOurs = (program: string, process: string | undefined) =>
      seen.member === 'this cluster' && (process === undefined || isProgram(process, program));
    const conflicts = wanted.flatMap(({port, program}) => {
      const holders = taken.filter(
        (one) => one.protocol === 'tcp' && one.port === port && !isOurs(program, one.process),
      );
      const [holder] = holders;
      if (!holder) return [];
      const who = holder.process === undefined ? 'something' : holder.process;
      return [
        failed(
          `Port ${port}, which ${program} needs, is taken by ${who} (${holder.address}).`,
          holder.process === undefined
            ? `See what it is with 'ss -ltnp' as root, and stop it.`
            : `Stop ${holder.process}, or let it listen on another port.`,
        ),
      ];
    });
    if (conflicts.length > 0) return conflicts;
    const numbers = [...new Set(wanted.map(({port}) => port))].sort((a, b) => a - b).join(', ');
    return [ok(seen.member === 'this cluster' ? `${numbers}: free, or of this cluster.` : `${numbers} are free.`)];
  }),
};

/** The kernel cuts names of programs at 15 letters; in old images all of them are called hyperkube. */
function isProgram(process: string, program: string): boolean {
  return process === program.slice(0, 15) || (process === 'hyperkube' && program.startsWith('kube'));
}
