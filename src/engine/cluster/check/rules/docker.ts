/** Docker: there and fit, or to be had. */

import {posix} from 'node:path';
import type {DockerFact, MachineAnswer} from '../types.ts';
import {failed, type MachineRule, ok, type SeenMachine, unknown, type Verdict, warning, withAnswer} from './rule.ts';
import {isAtLeast} from './system.ts';

export const docker: MachineRule = {
  check: 'docker',
  judge: withAnswer((answer, seen) => {
    if (answer.docker) return judgeEngine(answer.docker, seen);
    if (answer.hung.includes('docker'))
      return [failed('docker does not answer.', 'Look at its log: journalctl -u docker.')];
    if (!answer.hasDocker) return [judgeSource(answer, seen)];
    if (!answer.isRoot) return [unknown('docker does not answer this account, and nobody became root.')];
    return [
      failed(
        'docker is installed and not running.',
        "Start it: 'systemctl enable --now docker'; why it ended is in journalctl -u docker.",
      ),
    ];
  }),
};

/** The kubelet's dockershim speaks the API from version 1.26 on (pkg/kubelet/dockershim: minimumDockerAPIVersion). */
function judgeEngine(engine: DockerFact, {machine}: SeenMachine): readonly Verdict[] {
  const {version, storageDriver, dataRoot} = engine;
  if (!isAtLeast(version, 1, 13)) {
    return [failed(`docker ${version} is too old for the kubelet.`, 'Install docker 20.10.')];
  }
  const verdicts: Verdict[] = [];
  if (isAtLeast(version, 23, 0)) {
    verdicts.push(
      warning(
        `docker ${version} is newer than what this was proven with (20.10).`,
        'Install docker 20.10 where something does not work.',
      ),
    );
  }
  if (storageDriver !== undefined && storageDriver !== 'overlay2') {
    verdicts.push(
      warning(
        `docker keeps images by ${storageDriver}, not by overlay2: that is slow or wants much room.`,
        'Let docker use overlay2, on ext4 or on xfs with ftype=1.',
      ),
    );
  }
  if (dataRoot !== undefined && posix.normalize(dataRoot) !== posix.normalize(machine.dockerData)) {
    verdicts.push(
      warning(
        `docker keeps its data in ${dataRoot}, and the configuration says ${machine.dockerData}: a docker that is there keeps its folder.`,
        'Write the folder it has into the configuration, or move it by hand while docker is stopped.',
      ),
    );
  }
  return verdicts.length > 0 ? verdicts : [ok(`docker ${version}${storageDriver ? `, ${storageDriver}` : ''}.`)];
}

function judgeSource({installers, candidates}: MachineAnswer, {cluster}: SeenMachine): Verdict {
  const {bundle, repository} = cluster.docker;
  if (bundle !== undefined) return ok('There is none; it is installed from the bundle.');
  if (repository !== undefined) return ok('There is none; it is installed from the configured repository.');
  const [found] = Object.entries(candidates);
  const fix =
    'Install docker, or configure where to get it from: kubernetes, pai-tui, docker (a repository, or a bundle).';
  if (found) return ok(`There is none; ${found[0]} ${found[1]} is installed.`);
  if (installers.includes('apt-get'))
    return failed('There is none, and apt knows of no docker.io and no docker-ce.', fix);
  if (installers.length === 0) return failed('There is none, and nothing that installs packages.', fix);
  return unknown(`There is none, and what ${installers[0]} has is not asked.`, fix);
}
