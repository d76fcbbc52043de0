import type {
  ApiServerStatus,
  ClusterStatus,
  EtcdMember,
  MachineStatus,
  NodeStatus,
  PodCounts,
  Role,
  StatusFinding,
} from '../../../engine/index.ts';
import type {State} from '../../../ui/theme/theme.ts';

/** All that is known of one machine of a cluster, whoever said it. */
export interface MachineView {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Absent: the configuration does not have it. */
  readonly machine?: MachineStatus;
  readonly node?: NodeStatus;
  readonly server?: ApiServerStatus;
  readonly member?: EtcdMember;
  readonly pods?: PodCounts;
  /** The gravest first. */
  readonly findings: readonly StatusFinding[];
}

export interface MachineGroup {
  readonly name: 'masters' | 'proxies' | 'workers' | 'others';
  readonly machines: readonly MachineView[];
}

/** Masters, proxies, workers and what is none of them, each in the order of the configuration; none that is empty. */
export function machineGroups(status: ClusterStatus): readonly MachineGroup[] {
  const views = machineViews(status);
  const groups = new Map<MachineGroup['name'], MachineView[]>(
    (['masters', 'proxies', 'workers', 'others'] as const).map((name) => [name, []]),
  );
  for (const view of views) groups.get(groupOf(view.roles))?.push(view);
  return [...groups].filter(([, machines]) => machines.length > 0).map(([name, machines]) => ({name, machines}));
}

/** A machine of several roles is where it would be missed most. */
function groupOf(roles: readonly Role[]): MachineGroup['name'] {
  if (roles.includes('master')) return 'masters';
  if (roles.includes('proxy')) return 'proxies';
  return roles.includes('worker') ? 'workers' : 'others';
}

function machineViews({machines, nodes, api, etcd, pods, findings}: ClusterStatus): readonly MachineView[] {
  const nodeOf = new Map((nodes.known ?? []).map((node) => [node.name, node]));
  const serverOf = new Map((api.known?.servers ?? []).map((server) => [server.machine, server]));
  const memberOf = new Map((etcd.known?.members ?? []).map((member) => [member.machine, member]));
  const podsOf = new Map((pods.known?.byNode ?? []).map((counts) => [counts.node, counts]));
  const findingsOf = new Map<string, StatusFinding[]>();
  for (const finding of findings) {
    if (finding.machine === undefined) continue;
    const own = findingsOf.get(finding.machine);
    if (own) own.push(finding);
    else findingsOf.set(finding.machine, [finding]);
  }
  const view = (name: string, roles: readonly Role[], machine?: MachineStatus): MachineView => {
    const node = nodeOf.get(name);
    const server = serverOf.get(name);
    const member = memberOf.get(name);
    const counts = podsOf.get(node?.nodeName ?? name);
    return {
      ...{name, roles, findings: findingsOf.get(name) ?? []},
      ...(machine ? {machine} : {}),
      ...(node ? {node} : {}),
      ...(server ? {server} : {}),
      ...(member ? {member} : {}),
      ...(counts ? {pods: counts} : {}),
    };
  };
  const configured = new Set(machines.map(({machine}) => machine));
  return [
    ...machines.map((machine) => view(machine.machine, machine.roles, machine)),
    ...(nodes.known ?? []).filter(({name}) => !configured.has(name)).map(({name, roles}) => view(name, roles)),
  ];
}

/** How a machine is, as glyph and word: what the API says of its node, then the gravest that was found of it. */
export function machineState(
  {machine, node, member, findings}: MachineView,
  nodes: ClusterStatus['nodes'],
): {readonly state: State; readonly word: string} {
  const isHeard = nodes.known !== undefined && nodes.problem === undefined;
  if (isHeard && node && node.state !== 'ready') {
    return {state: 'failed', word: node.state === 'unknown' ? 'silent' : node.state};
  }
  const gravity = findings.find((finding) => finding.gravity !== 'notice')?.gravity;
  if (gravity === 'failed') return {state: 'failed', word: 'failed'};
  if (gravity === 'warning' || member?.state === 'unhealthy') return {state: 'warning', word: 'degraded'};
  if (machine?.problem) return {state: 'unknown', word: 'unknown'};
  if (gravity === 'unknown' || nodes.problem) return {state: 'unknown', word: 'unknown'};
  if (isHeard && node) return {state: 'ok', word: 'ready'};
  return isHeard && machine?.known ? {state: 'ok', word: 'up'} : {state: 'waiting', word: 'asking'};
}
