/** What the scripts that install docker and set it up are given on their stdin. */

import {createReadStream} from 'node:fs';
import {access} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import type {MachineAccess} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {type DockerSettingsRequest, dockerSettings, readDockerSettingsScript} from '../packages/docker-settings.ts';

/** A line of sources.list, or the tar of packages; undefined where the machine's own repositories are asked. */
export async function dockerSource({docker}: Pick<ClusterLayout, 'docker'>): Promise<string | Readable | undefined> {
  const {bundle, repository} = docker;
  if (bundle === undefined) return repository === undefined ? undefined : `${repository}\n`;
  await access(bundle).catch((error: NodeJS.ErrnoException) => {
    throw new ProblemError({
      code: 'file-unreadable',
      message: `The bundle of docker, ${displayText(bundle)}, cannot be read: ${error.code}.`,
      hint: 'Look at kubernetes, pai-tui, docker, bundle in kubernetes-configuration.yaml; it counts from there.',
      file: bundle,
    });
  });
  return createReadStream(bundle);
}

/** The whole daemon.json, with what the machine has of it. Throws `config-invalid` where that is no JSON. */
export async function dockerInput(
  request: Omit<DockerSettingsRequest, 'existing'>,
  machines: MachineAccess,
  signal: AbortSignal,
): Promise<string> {
  let existing = '';
  const stdout = (bytes: Uint8Array) => {
    existing += Buffer.from(bytes).toString('utf8');
  };
  const {name} = request.machine;
  const command = {script: readDockerSettingsScript, sudo: true, reads: true, deadlineMs: 30_000} as const;
  const {exit} = await machines.use(name, (remote) => remote.run(command, {stdout}, signal), signal);
  if (exit !== 0) {
    throw new ProblemError({
      code: 'facts-unreadable',
      message: `/etc/docker/daemon.json of ${name} cannot be read.`,
      hint: 'Look at it there; it is changed only when it is known what it says.',
      machine: name,
    });
  }
  return dockerSettings({...request, existing});
}
