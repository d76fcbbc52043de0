/** What daemon.json should say, on top of what it says already. */

import {ProblemError} from '../../problem.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {bridgeOf, type DecidedPodNetwork} from './choice.ts';

/** Prints daemon.json, or nothing where there is none. Changes nothing. */
export const readDockerSettingsScript = 'if [ -f /etc/docker/daemon.json ]; then cat /etc/docker/daemon.json; fi\n';

export interface DockerSettingsRequest {
  readonly layout: Pick<ClusterLayout, 'docker'>;
  readonly machine: Pick<ClusterMachine, 'name' | 'dockerData'>;
  readonly podNetwork: DecidedPodNetwork;
  /** What the file holds; empty: nothing, or there is none. */
  readonly existing: string;
  /**
   * Whether docker was not there before: only then is the folder of its data set. Another folder for one that is there
   * would make it lose all its images and containers.
   */
  readonly isFresh: boolean;
}

/**
 * The whole text for the file: exactly what is there where nothing has to be added, so that docker is not restarted for
 * nothing; empty where there is nothing to say. Settings of the operator stay. Throws `config-invalid` for what is no JSON object.
 */
export function dockerSettings({layout, machine, podNetwork, existing, isFresh}: DockerSettingsRequest): string {
  const settings = parsed(existing, machine.name);
  const wanted: Record<string, unknown> = {...settings};
  if (isFresh && wanted['data-root'] === undefined && wanted['graph'] === undefined) {
    wanted['data-root'] = machine.dockerData;
  }
  const range = podNetwork.kind === 'routes' ? podNetwork.ranges[machine.name] : undefined;
  if (range !== undefined) {
    wanted['bip'] = bridgeOf(range);
    // Else a pod that calls its own service is not let back in (hairpin).
    wanted['userland-proxy'] = false;
  }
  add(wanted, 'registry-mirrors', layout.docker.mirrors);
  add(wanted, 'insecure-registries', layout.docker.insecureRegistries);
  if (JSON.stringify(wanted) === JSON.stringify(settings)) return existing;
  return `${JSON.stringify(wanted, undefined, 2)}\n`;
}

function add(settings: Record<string, unknown>, key: string, more: readonly string[] = []): void {
  const there: unknown = settings[key];
  const list = Array.isArray(there) ? there : [];
  const missing = more.filter((one) => !list.includes(one));
  if (missing.length > 0) settings[key] = [...list, ...missing];
}

function parsed(text: string, machine: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return {...value};
  throw new ProblemError({
    code: 'config-invalid',
    message: `/etc/docker/daemon.json of ${machine} is no JSON object, so nothing can be added to it.`,
    hint: 'Mend it there; docker itself would not start again with it.',
    machine,
  });
}
