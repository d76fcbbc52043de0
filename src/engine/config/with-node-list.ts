import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {readNodeList} from './node-list.ts';
import {hasErrors} from './problems.ts';
import type {ClusterConfig, MachineConfig} from './types.ts';
import {keyOf, lineOf} from './yaml-access.ts';

interface ListedConfig {
  /** Only when no problem is an error. */
  readonly config?: ClusterConfig;
  readonly problems: readonly Problem[];
}

/**
 * A configuration as if the machines of a node list were in it, behind its own. A machine that it has already is as the
 * configuration says; one with the name or the address of another is a mistake.
 */
export async function withNodeList(config: ClusterConfig, nodeList: string): Promise<ListedConfig> {
  const {machines: listed = [], problems} = await readNodeList(nodeList, config.machineDefaults);
  const all = [...problems, ...listed.flatMap((machine) => conflictOf(machine, config.machines))];
  if (hasErrors(all)) return {problems: all};
  const names = new Set(config.machines.map(({hostname}) => hostname));
  const added = listed.filter(({hostname}) => !names.has(hostname));
  return {config: {...config, machines: [...config.machines, ...added]}, problems: all};
}

function conflictOf({hostname, address, place}: MachineConfig, known: readonly MachineConfig[]): readonly Problem[] {
  const other = known.find((machine) => (machine.hostname === hostname) !== (machine.address === address));
  if (!other) return [];
  return [
    {
      code: 'config-invalid',
      message: `The list has ${displayText(hostname)} at ${displayText(address)}, and the configuration has ${displayText(other.hostname)} at ${displayText(other.address)}.`,
      hint: 'A name and an address belong to one machine: mend whichever is wrong.',
      ...{file: place.source.file, line: lineOf(place), key: keyOf(place)},
    },
  ];
}
