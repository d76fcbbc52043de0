/** The scripts of an operation on one machine, in their order, and what each may change there. */

import {kubeconfigFiles} from '../../kube/certificates.ts';
import type {MachineEffect} from '../../plan/types.ts';
import {certificateRoles} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';

/** deploy: part of the cluster; certificates: other ones; clean: nothing of it any more. */
export type ClusterOperation = 'deploy' | 'certificates' | 'clean';

/** When a step has its turn: all machines are through a phase before what stands on it begins. */
type Phase = 'machine' | 'docker' | 'certificates' | 'etcd' | 'kubelet' | 'control plane' | 'proxy' | 'clean';

export interface ClusterStep {
  readonly phase: Phase;
  /** In the folder of the package. */
  readonly script: string;
  readonly title: string;
  readonly args: readonly string[];
  /** What comes on its stdin, from the engine; absent: nothing. */
  readonly stdin?: 'docker settings' | 'docker source' | 'certificates';
  readonly does: readonly MachineEffect[];
  /** Never interrupted between its first change and its last. */
  readonly critical?: true;
}

export interface CleanChoice {
  /** What etcd's data are called when they are kept ('kept-20261128-0441'); absent: they are removed. */
  readonly keepAs?: string;
}

/**
 * /bin/sh is given this text for every step, with the folder of the package, the name of the script, and its arguments.
 * One text, so that a plan can name it before the package is there.
 */
export const stepScript = `folder=$1
script=$2
shift 2
exec sh "$folder/$script" "$@"
`;

/** The second is the link by which it is enabled. */
const podRoutesUnit = [
  '/etc/systemd/system/pai-tui-pod-routes.service',
  '/etc/systemd/system/multi-user.target.wants/pai-tui-pod-routes.service',
];

/** What a script said that it changed; undefined when it did not come to its end. */
export function changesIn(stdout: string): readonly string[] | undefined {
  const lines = stdout.split(/\r?\n/);
  if (!lines.some((line) => /^pai-tui: changed \d+$/.test(line))) return undefined;
  return lines.filter((line) => line.startsWith('changed: ')).map((line) => line.slice('changed: '.length));
}

/** 'etcd' → '/etc/kubernetes/manifests/etcd.yaml' */
export function manifestOf(name: string): string {
  return `/etc/kubernetes/manifests/${name}.yaml`;
}

export function deploySteps(layout: ClusterLayout, machine: ClusterMachine): readonly ClusterStep[] {
  const on = machine.name;
  const file = (path: string): MachineEffect => ({kind: 'machine file', on, path});
  const isMaster = machine.roles.includes('master');
  const isProxy = machine.roles.includes('proxy');
  const {repository, bundle, packages = []} = layout.docker;
  const source = bundle === undefined ? (repository === undefined ? 'distribution' : 'repository') : 'bundle';
  const install = (phase: Phase, title: string, paths: readonly string[]): ClusterStep => ({
    ...{phase, title, script: 'install-files.sh', args: paths},
    does: [file('/etc/kubernetes/manifests'), ...paths.map(file)],
  });
  const images = imagesOn(layout, machine);
  return [
    {
      ...{phase: 'machine', script: 'set-hosts.sh', title: 'Let it know the other machines by name', args: []},
      does: [file('/etc/hosts')],
    },
    {
      ...{phase: 'machine', script: 'swap-off.sh', title: 'Turn swap off', args: []},
      does: [file('/etc/fstab'), file('/etc/fstab.before-pai-tui')],
    },
    {
      ...{phase: 'machine', script: 'prepare-kernel.sh', title: 'Set what Kubernetes needs of the kernel', args: []},
      does: [file('/etc/modules-load.d/pai-tui.conf'), file('/etc/sysctl.d/90-pai-tui.conf')],
    },
    // First: a docker that is installed then begins with them, and keeps its data where they say from its first moment.
    {
      ...{phase: 'docker', script: 'put-docker-settings.sh', title: 'Put the settings of docker', args: []},
      ...{stdin: 'docker settings', critical: true},
      does: [file('/etc/docker/daemon.json')],
    },
    {
      ...{phase: 'docker', script: 'install-docker.sh', title: 'Install docker where there is none'},
      args: [source, ...packages],
      ...(source === 'distribution' ? {} : {stdin: 'docker source' as const}),
      does: [
        ...(source === 'repository' ? [file('/etc/apt/sources.list.d/pai-tui-docker.list')] : []),
        {kind: 'machine file', on, path: '/**', decided: 'by the package manager, where docker is not there yet'},
      ],
    },
    {
      ...{phase: 'docker', script: 'pull-images.sh', title: `Pull ${images.length} images`, args: images},
      does: images.map((name) => ({kind: 'container', on, call: 'pull', name})),
    },
    {
      ...{phase: 'docker', script: 'set-pod-routes.sh', title: 'Set the routes to pods of other machines', args: []},
      does: ['/etc/pai-tui/**', ...podRoutesUnit, '/etc/rc.local'].map(file),
    },
    certificateStep(machine),
    ...(isMaster ? [install('etcd', 'Put the manifest of etcd', [manifestOf('etcd')])] : []),
    kubeletStep(layout, machine, 'kubelet'),
    ...(isMaster
      ? [
          install(
            'control plane',
            'Put the manifests of the API server, controller manager and scheduler',
            ['apiserver', 'controller-manager', 'scheduler'].map(manifestOf),
          ),
        ]
      : []),
    ...(isProxy
      ? [
          install('proxy', 'Put haproxy before the API servers', [
            '/etc/kubernetes/haproxy/haproxy.cfg',
            manifestOf('haproxy'),
          ]),
        ]
      : []),
  ];
}

/** Without the pod's own: its manifest goes after its settings, which hold a token of the API. */
export function plainHttpSteps(machine: ClusterMachine): readonly ClusterStep[] {
  const on = machine.name;
  const paths = ['/etc/kubernetes/plain-http/haproxy.cfg', '/etc/kubernetes/manifests/plain-http-api.yaml'] as const;
  return [
    {
      ...{phase: 'proxy', script: 'install-certificates.sh', title: 'Put the settings of the plain HTTP API', args: []},
      stdin: 'certificates',
      does: [{kind: 'machine file', on, path: paths[0], digest: 'secret'}],
    },
    {
      ...{
        phase: 'proxy',
        script: 'install-files.sh',
        title: 'Put the manifest of the plain HTTP API',
        args: [paths[1]],
      },
      does: [{kind: 'machine file', on, path: paths[1]}],
    },
  ];
}

export function certificateSteps(layout: ClusterLayout, machine: ClusterMachine): readonly ClusterStep[] {
  return [certificateStep(machine), kubeletStep(layout, machine, 'certificates')];
}

export function cleanSteps(
  {etcdDataPath, podNetwork}: Pick<ClusterLayout, 'etcdDataPath' | 'podNetwork'>,
  machine: ClusterMachine,
  {keepAs}: CleanChoice,
): readonly ClusterStep[] {
  const on = machine.name;
  const file = (path: string): MachineEffect => ({kind: 'machine file', on, path});
  const etcd = etcdDataPath.replace(/\/+$/, '');
  const plugins = podNetwork.kind === 'manifest' ? ['cni'] : [];
  const step = (script: string, title: string, does: readonly MachineEffect[], args: readonly string[] = []) =>
    ({phase: 'clean', script, title, args, does}) as const;
  return [
    step('clean-containers.sh', 'Remove the kubelet and the containers of pods', [
      {kind: 'container', on, call: 'remove', name: 'kubelet'},
      {kind: 'container', on, call: 'remove', name: 'k8s_*', decided: 'those with the label of a pod'},
    ]),
    ...(machine.roles.includes('master')
      ? [
          step(
            'clean-etcd-data.sh',
            keepAs === undefined ? 'Remove the data of etcd' : 'Move the data of etcd aside',
            [
              ...[`${etcd}/data/**`, `${etcd}/member/**`].map(file),
              keepAs === undefined ? file(etcd) : file(`${etcd}/data.${keepAs}/**`),
            ],
            [etcdDataPath, keepAs ?? 'remove'],
          ),
        ]
      : []),
    step(
      'clean-network.sh',
      'Remove routes, rules of kube-proxy, and names',
      ['/etc/hosts', '/etc/rc.local', ...podRoutesUnit, '/etc/pai-tui/**'].map(file),
      plugins,
    ),
    step(
      'clean-files.sh',
      'Remove the files of Kubernetes',
      [
        ...['/etc/kubernetes/**', '/var/lib/kubelet/**', '/var/log/pods/**', '/var/log/containers/**'],
        ...['/etc/sysctl.d/90-pai-tui.conf', '/etc/modules-load.d/pai-tui.conf'],
        ...plugins.flatMap(() => ['/etc/cni/net.d/**', '/var/lib/cni/**']),
      ].map(file),
      plugins,
    ),
  ];
}

function certificateStep(machine: ClusterMachine): ClusterStep {
  const on = machine.name;
  const kubeconfigs = kubeconfigFiles(certificateRoles(machine));
  return {
    ...{phase: 'certificates', script: 'install-certificates.sh', title: 'Put certificates and keys', args: []},
    ...{stdin: 'certificates', critical: true},
    does: [
      {kind: 'machine file', on, path: '/etc/kubernetes/pki/**', digest: 'secret'},
      ...kubeconfigs.map(({path}): MachineEffect => ({kind: 'machine file', on, path})),
    ],
  };
}

function kubeletStep({images, podNetwork}: ClusterLayout, {name: on}: ClusterMachine, phase: Phase): ClusterStep {
  // Its plugins are put there by the manifest's own pods; the kubelet keeps in the last one what they tell it.
  const plugins = podNetwork.kind === 'manifest' ? ['/etc/cni', '/opt/cni', '/var/lib/cni/**'] : [];
  const paths = ['/etc/kubernetes/manifests', '/var/lib/kubelet/**', '/var/log/pods/**', '/var/log/containers/**'];
  return {
    ...{phase, script: 'start-kubelet.sh', title: 'Start the kubelet', args: [images.hyperkube]},
    does: [
      {kind: 'container', on, call: 'run', name: 'kubelet'},
      ...[...paths, ...plugins].map((path): MachineEffect => ({kind: 'machine file', on, path})),
    ],
  };
}

/** Each once. The dashboard's is left to its pod: that it cannot be had shall stop no boot. */
function imagesOn({images, plainHttp}: ClusterLayout, {roles}: ClusterMachine): readonly string[] {
  const isMaster = roles.includes('master');
  const needsHaproxy = roles.includes('proxy') || (isMaster && plainHttp);
  return [
    ...new Set([
      ...[images.hyperkube, images.pause, images.proxy],
      ...(isMaster ? [images.etcd, images.apiserver, images.controllerManager, images.scheduler] : []),
      ...(needsHaproxy ? [images.haproxy] : []),
    ]),
  ];
}
