/** What a machine is sent to become part of a cluster, to get other certificates, or to lose all of it. */

import {join} from 'node:path';
import {buildPackage, type CommonFiles, commonFiles, type PackageReading} from '../../package/build-package.ts';
import {type ManifestReading, type PackageManifest, readManifests} from '../../package/manifest.ts';
import type {Files} from '../../tools.ts';
import type {Value} from '../../values/types.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {PackageChoice} from './choice.ts';
import {assetContext, clusterNames, namesOfMachine} from './context.ts';
import type {ClusterOperation} from './steps.ts';

export interface ClusterPackageRequest {
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  readonly machine: ClusterMachine;
  readonly operation: ClusterOperation;
  readonly files: Pick<Files, 'resolveInside'>;
  /** Of the same layout, pod network and assets; absent: all of it is made for this machine. */
  readonly common?: CommonOfCluster;
}

/** What packages of the machines of a cluster have in common, for whoever makes many of them at a time. */
export interface CommonOfCluster {
  readonly files: CommonFiles;
  readonly cluster: Value;
  /** By the operation. */
  readonly manifests: Map<ClusterOperation, ManifestReading>;
}

export function commonOfCluster(
  assets: string,
  layout: ClusterLayout,
  choice: Pick<PackageChoice, 'podNetwork'>,
): CommonOfCluster {
  const files = commonFiles(toolRootIn(assets), namesOfMachine);
  return {files, cluster: clusterNames(layout, choice), manifests: new Map()};
}

/** The package of a machine for an operation: one for all of its roles. It holds no secret. */
export async function clusterPackage(request: ClusterPackageRequest): Promise<PackageReading> {
  const {assets, layout, choice, machine, operation, files, common} = request;
  const toolRoot = toolRootIn(assets);
  const reading =
    common?.manifests.get(operation) ?? (await readManifests(join(toolRoot, `${operation}.yaml`), toolRoot));
  common?.manifests.set(operation, reading);
  const {manifests, problems} = reading;
  const parts = partsOf(operation, layout, machine);
  const entries = parts.flatMap((part) => manifests.find(({job}) => job === part)?.entries ?? []);
  const manifest: PackageManifest = {job: packageJob(operation, machine), entries};
  const names = assetContext(layout, choice, machine, common?.cluster);
  const built = await buildPackage({
    ...{manifest, toolRoot, host: machine.name, files, names},
    ...(common ? {common: common.files} : {}),
  });
  return {...built, problems: [...problems, ...built.problems]};
}

function toolRootIn(assets: string): string {
  return join(assets, 'kubernetes');
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
