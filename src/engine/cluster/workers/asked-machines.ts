/** Which machines are to come or go, and the cluster with them. */

import {readNodeList} from '../../config/node-list.ts';
import {readMachines} from '../../machines/read-machines.ts';
import {together} from '../../plan/together.ts';
import type {RunRequest} from '../../plan/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';

export interface AskedMachines {
  /** With the machines of the node list. */
  readonly layout: ClusterLayout;
  /** Their names, in the order of the configuration. */
  readonly asked: readonly string[];
  /** Those of them that stand in the node list alone. */
  readonly unwritten: readonly string[];
  /** What is to be known of the configuration and the list. */
  readonly problems: readonly Problem[];
}

interface Question extends Pick<RunRequest, 'source' | 'nodeList'> {
  readonly config: string;
  readonly names: readonly string[];
}

/** Throws what is wrong with the configuration, the list or the names; `usage` where nobody is named. */
export async function readAskedMachines(question: Question): Promise<AskedMachines> {
  const {config: folder, source, nodeList} = question;
  const {config} = await readConfig(folder, source, {nodeList});
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? noCluster);
  const chosen = new Set(await namesOf(question, config.machineDefaults));
  if (chosen.size === 0) throw new ProblemError(nobody);
  const isUnwritten = new Set(
    config.machines.flatMap(({hostname, place}) => (place.source.file === nodeList ? [hostname] : [])),
  );
  const asked = layout.machines.flatMap(({name}) => (chosen.has(name) ? [name] : []));
  return {layout, asked, unwritten: asked.filter((name) => isUnwritten.has(name)), problems};
}

async function namesOf(
  {config, source, nodeList, names}: Question,
  defaults: Parameters<typeof readNodeList>[1],
): Promise<readonly string[]> {
  if (names.length > 0) {
    const more = {...(source === undefined ? {} : {source}), ...(nodeList === undefined ? {} : {nodeList})};
    // Who logs in is not asked here.
    const {chosen} = await readMachines({config, names, ...more}, '');
    return chosen.map(({name}) => name);
  }
  if (nodeList === undefined) return [];
  const {machines = []} = await readNodeList(nodeList, defaults);
  return machines.map(({hostname}) => hostname);
}

const noCluster: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
const nobody: Problem = {
  code: 'usage',
  message: 'No machine is named.',
  hint: 'Name machines of the configuration, or a node list with -l FILE.',
};
