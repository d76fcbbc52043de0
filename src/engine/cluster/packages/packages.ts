/** What a machine is sent to become part of a cluster, to get other certificates, or to lose all of it. */

import {join} from 'node:path';
import {buildPackage, type PackageReading} from '../../package/build-package.ts';
import {type PackageManifest, readManifests} from '../../package/manifest.ts';
import type {Files} from '../../tools.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {PackageChoice} from './choice.ts';
import {assetContext} from './context.ts';
import type {ClusterOperation} from './steps.ts';

export interface ClusterPackageRequest {
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  readonly machine: ClusterMachine;
  readonly operation: ClusterOperation;
  readonly files: Pick<Files, 'resolveInside'>;
}

/** The package of a machine for an operation: one for all of its roles. It holds no secret. */
export async function clusterPackage(request: ClusterPackageRequest): Promise<PackageReading> {
  const {assets, layout, choice, machine, operation, files} = request;
  const toolRoot = join(assets, 'kubernetes');
  const {manifests, problems} = await readManifests(join(toolRoot, `${operation}.yaml`), toolRoot);
  const parts = partsOf(operation, layout, machine);
  const entries = parts.flatMap((part) => manifests.find(({job}) => job === part)?.entries ?? []);
  const manifest: PackageManifest = {job: packageJob(operation, machine), entries};
  const names = assetContext(layout, choice, machine);
  const reading = await buildPackage({manifest, toolRoot, host: machine.name, files, names});
  return {...reading, problems: [...problems, ...reading.problems]};
}

/** What the folder of the package is called on the machine. */
export function packageJob(operation: ClusterOperation, {roles}: Pick<ClusterMachine, 'roles'>): string {
  if (operation !== 'deploy') return operation;
  return `${roles.includes('master') ? 'master' : (roles[0] ?? 'worker')}-deployment`;
}

function partsOf(operation: ClusterOperation, layout: ClusterLayout, {roles}: ClusterMachine): readonly string[] {
  if (operation !== 'deploy') return [operation];
  const isPlain = layout.plainHttp && roles.includes('master');
  return ['every-machine', ...roles.map((role) => `${role}-deployment`), ...(isPlain ? ['plain-http'] : [])];
}
