/** A machine as a boot leaves it, in a folder of this computer: the script asks that instead of /etc. */

import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {type Authorities, authorityInput} from '../../../src/engine/cluster/authorities.ts';
import {certificateRoles, certificatesOf, machineKubeconfigs} from '../../../src/engine/cluster/certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import type {PackageChoice} from '../../../src/engine/cluster/packages/choice.ts';
import {dockerSettings} from '../../../src/engine/cluster/packages/docker-settings.ts';
import {clusterPackage} from '../../../src/engine/cluster/packages/packages.ts';
import {askForStatus, type MachineAnswer, readStatusScript} from '../../../src/engine/cluster/status/ask-machine.ts';
import {resolveInside} from '../../../src/engine/files/inside.ts';
import {filesOnMachine, issueCertificate} from '../../../src/engine/kube/certificates.ts';
import type {Package} from '../../../src/engine/package/types.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';
import {execute} from '../../lab/execute.ts';

export const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const {signal} = new AbortController();

export interface BootedMachine {
  readonly pack: Package;
  /** Where a path of the machine is. */
  at(path: string): string;
  write(path: string, content: string, mode?: number): Promise<void>;
  ask(): Promise<MachineAnswer>;
}

export interface Booted {
  readonly layout: ClusterLayout;
  readonly machine: ClusterMachine;
  readonly choice: PackageChoice;
  readonly authorities: Authorities;
  /** When its certificates were made. */
  readonly now: Date;
}

/** `folder` is empty. */
export async function bootMachine(folder: string, booted: Booted): Promise<BootedMachine> {
  const {layout, machine, choice, authorities, now} = booted;
  const {package: pack} = await clusterPackage({
    ...{assets, layout, choice, machine, operation: 'deploy', files: {resolveInside}},
  });
  if (!pack) throw new Error('no package');
  const at = (path: string) => join(folder, path);
  const write = async (path: string, content: string, mode = 0o644) => {
    await mkdir(dirname(at(path)), {recursive: true, mode: 0o700});
    await writeFile(at(path), content);
    await chmod(at(path), mode);
  };
  const textOf = async (name: string) => {
    const file = pack.files.find(({path}) => path === name);
    return file ? Buffer.from(await file.read()).toString('utf8') : '';
  };
  for (const {path} of pack.files.filter((file) => file.installed)) {
    await write(`/${path}`, await textOf(path), path.includes('manifests/') ? 0o600 : 0o644);
  }
  if ((await textOf('pod-routes')) !== '') {
    await write('/etc/pai-tui/pod-routes', await textOf('pod-routes'));
    await write('/etc/pai-tui/pod-routes.sh', await textOf('pod-routes.sh'), 0o755);
  }
  await write('/etc/hosts', `127.0.0.1 localhost\n# pai-tui begin: x\n${await textOf('hosts')}# pai-tui end\n`);
  const {podNetwork} = choice;
  await write(
    '/etc/docker/daemon.json',
    dockerSettings({layout, machine, podNetwork, existing: '{\n\t"debug": false\n}', isFresh: false}),
  );
  for (const {path, holds, mode} of filesOnMachine(certificateRoles(machine))) {
    if (holds !== 'folder') await write(path, `${holds}\n`, mode);
  }
  const inputs = [...authorityInput(authorities, certificateRoles(machine)), ...machineKubeconfigs(layout, machine)];
  for (const {path, mode, content} of inputs) {
    await write(path, typeof content === 'string' ? content : content.reveal(), mode);
  }
  for (const wanted of certificatesOf(layout, machine)) {
    const {certificate} = await issueCertificate(authorities[wanted.authority], wanted, {now});
    await write(wanted.certificateFile, certificate);
  }
  const ask = async () => {
    const image = layout.images.hyperkube;
    // Once: the kubelet goes on with what it was started with, whatever is put there later.
    madeOf ??= await kubeletMadeOf(await textOf('start-kubelet.sh'), await textOf('kubelet.arguments'));
    await write('/bin/docker', `#!/bin/sh\necho 'true 2026-11-28T07:00:00Z ${image} ${madeOf}'\n`, 0o755);
    return askIn(folder);
  };
  /** By the lines of start-kubelet.sh itself. */
  const kubeletMadeOf = async (script: string, given: string) => {
    await write('/package/start-kubelet.sh', script);
    await write('/package/kubelet.arguments', given);
    const lines = script.split('\n').filter((line) => line.startsWith('made_of='));
    if (lines.length === 0) throw new Error('start-kubelet.sh does not say what a kubelet was made of');
    const text = [
      'set -eu',
      'folder=$1 kubernetes=$2 image=$3 driver=cgroupfs root=/var/lib/docker',
      ...lines,
      'printf %s "$made_of"',
    ].join('\n');
    const paths = [at('/package/start-kubelet.sh'), at('/package'), at('/etc/kubernetes')];
    return execute('sh', ['-c', text, ...paths, layout.images.hyperkube]);
  };
  let madeOf: string | undefined;
  return {pack, at, write, ask};
}

/** Everything below /etc is looked for in the folder, and belongs to root. */
async function askIn(folder: string): Promise<MachineAnswer> {
  const local = createLocalRemote({environment: {PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`}});
  const script = (await readStatusScript(assets)).replaceAll('/etc/', `${folder}/etc/`);
  const own = `${process.getuid?.()} ${process.getgid?.()} ${folder}`;
  const run: typeof local.run = async (command, watch, stop) => {
    let text = '';
    const stdout = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString('utf8');
    };
    const end = await local.run(command, {...watch, stdout}, stop);
    watch.stdout?.(Buffer.from(text.replaceAll(own, `0 0 ${folder}`).replaceAll(folder, '')));
    return end;
  };
  return askForStatus({...local, run}, script, signal);
}
