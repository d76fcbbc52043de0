/** What has to be known before scripts of a tree boot or clean a cluster. Plain JSON. */

import type {Package} from '../../package/types.ts';
import {together} from '../../plan/together.ts';
import type {FactWorld} from '../../plan/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {type AskedForRemains, readAllRemains} from '../clean/all-remains.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {checkScripts, openTreeSet, type TreeSet, treePackage} from './packages.ts';
import {bootScripts, cleanScripts, type ScriptTarget, type TreeOperation, type TreeTools} from './scripts.ts';

export interface TreeFacts {
  /** Of any version: the tree is for it. */
  readonly layout: ClusterLayout;
  readonly tools: TreeTools;
  /** Where the configuration says that the API answers. */
  readonly api: {readonly host: string; readonly port: number};
  /** In the order of the configuration. */
  readonly machines: readonly TreeMachine[];
  /** What is to be known of the configuration and of the templates. */
  readonly notices: readonly Problem[];
}

/** A machine, what it would be sent, and what lies on it or why that is not known. */
export interface TreeMachine extends AskedForRemains {
  readonly user: string;
  readonly package: ApprovedPackage;
}

/** What is approved of a package. */
interface ApprovedPackage {
  readonly job: string;
  /** Of all that is in it, but for what holds a secret. */
  readonly digest: string;
  /** Files that the scripts copy over those of the machine. */
  readonly installs: readonly {readonly path: string; readonly digest: string}[];
}

interface WhichTree {
  readonly config: string;
  readonly source?: string;
}

export async function readTreeFacts(
  {config: folder, source}: WhichTree,
  operation: TreeOperation,
  {tools: world}: FactWorld,
  signal: AbortSignal,
): Promise<TreeFacts> {
  const set = await openTreeSet(folder, source);
  const {layout, api, problems} = treeLayout(set);
  const packages = await packagesOf(set, layout, operation, world.files);
  const remains = await readAllRemains(layout, world, signal);
  return {
    ...{layout, tools: set.tools, api},
    machines: remains.flatMap((asked, index) => {
      const built = packages.built[index];
      return built ? [{...asked, ...built}] : [];
    }),
    notices: [...problems, ...packages.problems],
  };
}

/** The cluster of a tree, of any version, and where its API answers. Throws what is wrong with the configuration. */
export function treeLayout({config}: Pick<TreeSet, 'config'>): Pick<TreeFacts, 'layout' | 'api'> & {
  readonly problems: readonly Problem[];
} {
  const {layout, problems} = clusterLayout(config, {anyVersion: true});
  if (!layout || !config.kubernetes) throw new ProblemError(together(problems.filter(isError)) ?? noCluster);
  const {address: host, port} = config.kubernetes.api;
  return {layout, api: {host, port}, problems};
}

const noCluster: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};

interface BuiltPackages {
  /** By machine, in the order of the configuration. */
  readonly built: readonly Pick<TreeMachine, 'user' | 'package'>[];
  readonly problems: readonly Problem[];
}

/** Throws all mistakes of all of them at once. */
async function packagesOf(
  set: TreeSet,
  layout: ClusterLayout,
  operation: TreeOperation,
  files: FactWorld['tools']['files'],
): Promise<BuiltPackages> {
  const problems: Problem[] = [];
  const built: Pick<TreeMachine, 'user' | 'package'>[] = [];
  for (const machine of layout.machines) {
    const reading = await treePackage(set, machine, operation, files);
    problems.push(...reading.problems);
    if (!reading.package) continue;
    checkScripts(reading.package, scriptNames(set, operation), set);
    built.push({user: userOf(machine.name, set), package: approved(reading.package)});
  }
  // Machines of one role have the same mistakes.
  const each = [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
  const mistakes = together(each.filter(isError));
  if (mistakes) throw new ProblemError(mistakes);
  return {built, problems: each};
}

function scriptNames({tools}: TreeSet, operation: TreeOperation): readonly string[] {
  const anyone: ScriptTarget = {address: '', user: '', job: ''};
  const scripts = operation === 'clean' ? cleanScripts(tools, false) : bootScripts(tools, anyone, '');
  return scripts.map(({script}) => script);
}

export function userOf(machine: string, {config}: Pick<TreeSet, 'config'>): string {
  return config.machines.find(({hostname}) => hostname === machine)?.login.user ?? 'root';
}

function approved({job, digest, files}: Package): ApprovedPackage {
  const installs = files.flatMap(({installed, digest: each}) =>
    installed === undefined ? [] : [{path: installed, digest: each === 'secret' ? each : `sha256:${each}`}],
  );
  return {job, digest, installs};
}
