import {hasErrors} from '../config/problems.ts';
import type {ClusterConfig, MachineConfig} from '../config/types.ts';
import {displayText} from '../names.ts';
import {together} from '../plan/together.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {matchHostLists} from './host-list.ts';
import {foldHostNames} from './host-names.ts';
import type {MachineInfo, MachineSku, MachinesRequest} from './types.ts';

/** The machines of a configuration, and those of them that a request names. */
export interface ReadMachines {
  readonly config: ClusterConfig;
  /** In the order of the configuration. */
  readonly all: readonly MachineInfo[];
  readonly chosen: readonly MachineInfo[];
  /** What the configuration says of a machine of `all`. */
  configOf(machine: MachineInfo): MachineConfig;
  /** Warnings and notices. */
  readonly problems: readonly Problem[];
}

/** Throws what is wrong with the configuration or its tree, `usage` and `unknown-name` for host lists. */
export async function readMachines(
  {config: folder, source, names}: MachinesRequest,
  ownUser: string,
): Promise<ReadMachines> {
  const [{openConfig}, tree] = await Promise.all([import('../config/open.ts'), treeOf(source)]);
  const {config, problems} = await openConfig(folder, tree ? {tree} : {});
  if (!config)
    throw new ProblemError(together(problems.filter((problem) => hasErrors([problem]))) ?? nothingThere(folder));
  const configs = new Map(config.machines.map((machine) => [infoOf(machine, config, ownUser), machine]));
  const all = [...configs.keys()];
  const match = matchHostLists(names, all);
  if (match.problem) throw new ProblemError(match.problem);
  return {
    config,
    all,
    chosen: match.machines,
    configOf(machine) {
      const found = configs.get(machine);
      if (!found) throw new Error(`${machine.name} is of another configuration`);
      return found;
    },
    problems: [...problems, ...noteOwnUser(config.machines, ownUser)],
  };
}

async function treeOf(source: string | undefined) {
  if (source === undefined) return undefined;
  const {openCatalog} = await import('../catalog/open.ts');
  return openCatalog(source);
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

function nothingThere(folder: string): Problem {
  return {code: 'config-missing', message: `${displayText(folder)} holds no configuration.`, file: folder};
}
