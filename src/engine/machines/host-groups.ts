import type {MachineInfo} from './types.ts';

export interface HostGroup {
  /** With its @. */
  readonly name: string;
  readonly machines: readonly string[];
}

/**
 * The groups that host lists may name: @all, the roles, @gpu and @cpu by sku (a machine whose sku says nothing is in
 * neither), a group for each label and each sku. Roles and @all are there when empty too, so that they can be named.
 */
export function hostGroups(machines: readonly MachineInfo[]): readonly HostGroup[] {
  const groups = new Map<string, string[]>(fixed.map(({name}) => [name, []]));
  const put = (group: string, machine: MachineInfo) => {
    const members = groups.get(group);
    if (!members) groups.set(group, [machine.name]);
    else if (members.at(-1) !== machine.name) members.push(machine.name);
  };
  for (const machine of machines) {
    for (const {name, has} of fixed) if (has(machine)) put(name, machine);
    // A label of the name of a group of ours is that group: 'master' of early formats.
    for (const label of machine.labels) if (!fixedNames.has(`@${label}`)) put(`@${label}`, machine);
    if (machine.sku) put(`@sku:${machine.sku.name}`, machine);
  }
  return [...groups].map(([name, members]) => ({name, machines: members}));
}

/** Another way to write the name of a group: @worker for @workers. */
export function groupNamed(name: string, groups: ReadonlyMap<string, HostGroup>): HostGroup | undefined {
  const lower = name.toLowerCase();
  return (
    groups.get(name) ??
    groups.get(lower) ??
    groups.get(`${lower}s`) ??
    [...groups.values()].find((group) => group.name.toLowerCase() === lower)
  );
}

const fixed: readonly {readonly name: string; has(machine: MachineInfo): boolean}[] = [
  {name: '@all', has: () => true},
  {name: '@masters', has: ({roles}) => roles.includes('master')},
  {name: '@workers', has: ({roles}) => roles.includes('worker')},
  {name: '@proxies', has: ({roles}) => roles.includes('proxy')},
  {name: '@gpu', has: ({sku}) => (sku?.gpu?.count ?? 0) > 0},
  {name: '@cpu', has: ({sku}) => isDescribed(sku) && (sku?.gpu?.count ?? 0) === 0},
];
const fixedNames = new Set(fixed.map(({name}) => name));

function isDescribed(sku: MachineInfo['sku']): boolean {
  return sku?.cpus !== undefined || sku?.memory !== undefined || sku?.gpu !== undefined;
}
