import type {ClusterConfig, MachineConfig} from '../config/types.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {readConfig} from '../read-config.ts';
import {matchHostLists} from './host-list.ts';
import {foldHostNames} from './host-names.ts';
import type {Reachable} from './targets.ts';
import type {MachineInfo, MachineSku, MachinesRequest} from './types.ts';

/** The machines of a configuration, and those of them that a request names. */
export interface ReadMachines {
  /** The folder of the configuration. */
  readonly folder: string;
  /** In the order of the configuration. */
  readonly all: readonly MachineInfo[];
  readonly chosen: readonly MachineInfo[];
  /** What the configuration says of how to reach a machine of `all`. */
  reachable(machine: MachineInfo): Reachable;
  /** Warnings and notices. */
  readonly problems: readonly Problem[];
}

/** Throws what is wrong with the configuration or its tree, `usage` and `unknown-name` for host lists. */
export async function readMachines(
  {config: folder, source, nodeList, names}: MachinesRequest,
  ownUser: string,
): Promise<ReadMachines> {
  const {config, problems} = await readConfig(folder, source, {nodeList});
  // Nothing else of the configuration is kept: its machines lead to the files with all that is in them.
  const ways = new Map(config.machines.map((machine) => [infoOf(machine, config, ownUser), wayTo(machine)]));
  const all = [...ways.keys()];
  const match = matchHostLists(names, all);
  if (match.problem) throw new ProblemError(match.problem);
  return {
    folder: config.folder,
    all,
    chosen: match.machines,
    reachable: lookedUpIn(ways),
    problems: [...problems, ...noteOwnUser(config.machines, ownUser)],
  };
}

/** In a function of its own: beside it, the whole configuration would be kept with it. */
function lookedUpIn(ways: ReadonlyMap<MachineInfo, Reachable>): ReadMachines['reachable'] {
  return (machine) => {
    const found = ways.get(machine);
    if (!found) throw new Error(`${machine.name} is of another configuration`);
    return found;
  };
}

function wayTo({hostname, address, sshPort, login}: MachineConfig): Reachable {
  return {hostname, address, sshPort, login};
}

function infoOf(machine: MachineConfig, {skus}: ClusterConfig, ownUser: string): MachineInfo {
  const {hostname, address, sshPort, login, roles, labels, machineType} = machine;
  return {
    name: hostname,
    address,
    port: sshPort,
    user: login.user ?? ownUser,
    roles,
    labels,
    ...(machineType === undefined ? {} : {sku: skuOf(machineType, skus)}),
  };
}

/** Without its place, which leads to the file with all its passwords. */
function skuOf(name: string, skus: ClusterConfig['skus']): MachineSku {
  const {place: _, ...sku} = skus.get(name) ?? {place: undefined, name};
  return sku;
}

/** As ssh does, but said: in the night nobody remembers under which account this runs. */
function noteOwnUser(machines: readonly MachineConfig[], ownUser: string): readonly Problem[] {
  const without = machines.filter(({login}) => login.user === undefined).map(({hostname}) => hostname);
  if (without.length === 0) return [];
  return [
    {
      code: 'config-invalid',
      severity: 'notice',
      message: `Nobody is named to log in to ${displayText(foldHostNames(without))}: it is tried as ${ownUser}.`,
      hint: 'Write username into the configuration.',
    },
  ];
}
