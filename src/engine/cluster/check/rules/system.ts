/** What the machine itself is: system, memory, swap, control groups, modules of its kernel. */

import {gibibytes} from '../../../machines/facts/amounts.ts';
import {wantedModules} from '../question.ts';
import {failed, type MachineRule, ok, unknown, type Verdict, warning, withAnswer} from './rule.ts';

/** dockershim and overlay2 want it (docs.docker.com, "OverlayFS storage driver", prerequisites). */
const oldestKernel = [4, 0] as const;

export const system: MachineRule = {
  check: 'system',
  judge({facts: {kernel, architecture, os}}) {
    const [name = '', release = ''] = kernel.split(' ');
    if (name === '') return [unknown('It does not say what kernel it has.')];
    if (name !== 'Linux') return [failed(`Its kernel is ${name}.`, 'Take a machine with Linux.')];
    const verdicts: Verdict[] = [];
    const [major = 0, minor = 0] = release.split('.').map(Number);
    if (major < oldestKernel[0] || (major === oldestKernel[0] && minor < oldestKernel[1])) {
      verdicts.push(
        failed(`Its kernel is ${release}; docker's overlay2 wants 4.0 or newer.`, 'Install a newer kernel.'),
      );
    }
    if (architecture !== 'x86_64') {
      verdicts.push(
        warning(
          `Its processor is ${architecture || 'not named'}, and images usually are for x86_64.`,
          'See that the images of the configuration are for it too.',
        ),
      );
    }
    if (verdicts.length > 0) return verdicts;
    return [ok(`${os ?? 'Linux'}, kernel ${release}, ${architecture}.`)];
  },
};

/** kubeadm's figures (preflight: ControlPlaneNumCPU 2, ControlPlaneMem 1700 MB). */
const leastMasterMemory = 1700 * 1000 ** 2;
const leastMemory = 1024 ** 3;
const goodMemory = 2 * 1024 ** 3;

export const memory: MachineRule = {
  check: 'memory',
  judge({
    machine,
    facts: {
      memory: {total},
      cpus,
    },
  }) {
    const isMaster = machine.roles.includes('master');
    if (total === 0) return [unknown('It does not say how much memory it has.')];
    const least = isMaster ? leastMasterMemory : leastMemory;
    const has = `It has ${gibibytes(total)} GiB of memory`;
    if (total < least)
      return [
        failed(`${has}, and ${isMaster ? 'a master' : 'a machine'} needs ${gibibytes(least)}.`, 'Give it more memory.'),
      ];
    if (total < goodMemory) return [warning(`${has}, which is little.`, 'Give it 2 GiB or more.')];
    if (isMaster && cpus === 1)
      return [warning('It has one processor; a master should have two.', 'Give it another one.')];
    return [ok(`${gibibytes(total)} GiB${cpus > 0 ? `, ${cpus} ${cpus === 1 ? 'processor' : 'processors'}` : ''}.`)];
  },
};

/** The kubelet is started so that it bears swap; what it promises pods of memory does not hold then. */
export const swap: MachineRule = {
  check: 'swap',
  judge({
    facts: {
      swap: {total},
      memory,
    },
  }) {
    if (memory.total === 0) return [unknown('It does not say whether it has swap.')];
    if (total === 0) return [ok('It has none.')];
    return [
      warning(
        `It has ${gibibytes(total)} GiB of swap: limits of memory do not hold for pods.`,
        "Run 'swapoff -a', and take it out of /etc/fstab so that it stays off after a boot.",
      ),
    ];
  },
};

const wantedControllers = ['cpu', 'memory', 'pids'] as const;

export const cgroup: MachineRule = {
  check: 'cgroup',
  judge: withAnswer(({controllers, docker}, {facts: {cgroup: kind}}) => {
    if (kind === 'none')
      return [failed('It has no control groups.', 'Mount them: systemd does, and the package cgroupfs-mount.')];
    if (!controllers) return [unknown('It does not say which control groups it has.')];
    const missing = wantedControllers.filter((one) => !controllers.includes(one));
    // Before Linux 4.3, and some kernels of distributions after it, there is no such thing; the kubelet does without.
    const needed = missing.filter((one) => one !== 'pids');
    if (needed.length > 0) {
      return [
        failed(
          `Its control groups are without ${needed.join(' and ')}.`,
          `Boot it with cgroup_enable=${needed.join(',')}${needed.includes('memory') ? ' swapaccount=1' : ''} on the command line of the kernel.`,
        ),
      ];
    }
    if (kind === 'v2' && docker && !isAtLeast(docker.version, 20, 10)) {
      return [
        failed(
          `It has control groups v2, which docker ${docker.version} does not know.`,
          'Install docker 20.10 or newer.',
        ),
      ];
    }
    return [ok(`${kind}${docker?.cgroupDriver ? `, docker goes by ${docker.cgroupDriver}` : ''}.`)];
  }),
};

export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ours = 0, theirs = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return ours > major || (ours === major && theirs >= minor);
}

export const modules: MachineRule = {
  check: 'modules',
  judge: withAnswer(({modules: found}) => {
    const all = Object.entries(wantedModules);
    const gone = all.filter(([name]) => found[name] === 'missing');
    if (gone.length > 0) {
      return gone.map(([name, what]) =>
        failed(
          `Its kernel has no module ${name}, which ${what}.`,
          'Install the package with the modules of its kernel.',
        ),
      );
    }
    const unsure = all.flatMap(([name]) => ((found[name] ?? 'unknown') === 'unknown' ? [name] : []));
    if (unsure.length > 0) {
      return [unknown(`Whether its kernel has ${unsure.join(', ')} cannot be seen: it has no list of modules.`)];
    }
    const loadable = all.flatMap(([name]) => (found[name] === 'loadable' ? [name] : []));
    return [ok(loadable.length === 0 ? 'All are loaded.' : `${loadable.join(', ')} will be loaded.`)];
  }),
};
