import {together} from '../../plan/together.ts';
import {ProblemError} from '../../problem.ts';
import type {Tools} from '../../tools.ts';
import type {ListedMember} from '../etcd/types.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {clusterPackage} from '../packages/packages.ts';
import {manifestOf} from '../packages/steps.ts';

export interface Joining {
  readonly layout: ClusterLayout;
  readonly machine: ClusterMachine;
  /** As etcd tells them, the one that joins among them: it has no name yet. */
  readonly members: readonly ListedMember[];
  /** The address of the one that joins. */
  readonly peerUrl: string;
  /** Other than that of any manifest before. */
  readonly mark: string;
}

/** The manifest of etcd for a member that joins those that are there, as a package for its master would have it. */
export async function joiningManifest(
  {layout, machine, members, peerUrl, mark}: Joining,
  {assets, files}: Pick<Tools, 'assets' | 'files'>,
): Promise<string> {
  const own = machine.etcdId ?? machine.name;
  const etcdMembers = members.flatMap(({name, peerUrls}) =>
    peerUrls.map((url) => ({name: url === peerUrl ? own : name, peerUrl: url})),
  );
  const unnamed = etcdMembers.find(({name}) => name === '');
  if (unnamed) {
    throw new ProblemError({
      code: 'etcd-membership',
      message: `Another member was added and never started, at ${unnamed.peerUrl}: its name is not known.`,
      hint: 'Start or remove that one first.',
    });
  }
  // Nothing of etcd depends on the pod network.
  const choice = {podNetwork: {kind: 'host'}, etcdMembers, etcdMark: mark} as const;
  const {package: pack, problems} = await clusterPackage({assets, layout, choice, machine, operation: 'deploy', files});
  const file = pack?.files.find(({installed}) => installed === manifestOf('etcd'));
  if (!file) {
    const broken = {code: 'package-corrupt', message: 'The manifest of etcd cannot be made.'} as const;
    throw new ProblemError(together(problems) ?? broken);
  }
  return Buffer.from(await file.read()).toString('utf8');
}
