import {
  type CertificateStatus,
  type ClusterStatus,
  type DriftEntry,
  type EtcdMember,
  type FoldedFinding,
  foldFindings,
  foldHostNames,
  isWithoutMasters,
  type PartSummary,
  type Problem,
  summarizeStatus,
} from '../../../engine/index.ts';
import type {State} from '../../../ui/theme/theme.ts';
import {count} from '../../../ui/widgets/amounts.ts';
import type {TreeItem} from '../../../ui/widgets/tree-lines.ts';
import {etcdWords} from './etcd-words.ts';
import {type MachineGroup, type MachineView, machineGroups, machineState} from './machine-views.ts';
import {type MendKey, mendKeyOf} from './mend-key.ts';

/** One line of the cluster: a part of it, or one thing of a part. */
export interface StatusItem extends TreeItem<StatusItem> {
  readonly state: State;
  /** The state in a word or two. */
  readonly word: string;
  readonly name: string;
  readonly says: string;
  /** Epoch milliseconds when that was found out. */
  readonly at?: number | undefined;
  /** Why it could not be found out when it was last asked for. */
  readonly problem?: Problem | undefined;
  readonly mend?: MendKey | undefined;
  /** Those it is about. */
  readonly machines: readonly string[];
  readonly about: About;
}

/** What there is to say of an item beyond its line. */
type About =
  | {readonly kind: 'part'; readonly findings: readonly FoldedFinding[]}
  | {readonly kind: 'machine'; readonly view: MachineView}
  | {readonly kind: 'finding'; readonly finding: FoldedFinding}
  | {readonly kind: 'certificate'; readonly certificate: CertificateStatus}
  | {readonly kind: 'drift'; readonly entry: DriftEntry}
  | {readonly kind: 'member'; readonly member: EtcdMember}
  | {readonly kind: 'words'};

export const problemsId = 'problems';

/** The cluster from its machines to what is wrong with it. */
export function statusItems(status: ClusterStatus): readonly StatusItem[] {
  const findings = foldFindings(status.findings);
  const summaries = summarizeStatus(status);
  const part = (
    name: PartSummary['part'],
    problem: Problem | undefined,
    children: readonly StatusItem[],
  ): readonly StatusItem[] => {
    const own = summaries.find((summary) => summary.part === name);
    return own ? [partItem(own, problem, findings, children)] : [];
  };
  return [
    ...machineGroups(status).map((group) => groupItem(group, status)),
    ...part('API servers', status.api.problem, serverItems(status)),
    etcdItem(status, findings),
    ...part('pods', status.pods.problem, podItems(status)),
    ...part('certificates', undefined, certificateItems(status)),
    ...part('drift', undefined, driftItems(status)),
    ...part('versions', undefined, versionItems(status)),
    problemsItem(findings),
  ];
}

/** What is unfolded before anybody chose: what is wrong, and the machines where all of it is seen at once. */
export function firstUnfolded(items: readonly StatusItem[], page: number): ReadonlySet<string> {
  const groups = items.filter(({children}) => children?.some(({about}) => about.kind === 'machine'));
  const problems = items.filter(({id}) => id === problemsId);
  const below = [...groups, ...problems].reduce((sum, {children}) => sum + (children?.length ?? 0), 0);
  const shown = items.length + below <= page ? [...groups, ...problems] : problems;
  return new Set(shown.map(({id}) => id));
}

function partItem(
  {part, state, says, at}: PartSummary,
  problem: Problem | undefined,
  findings: readonly FoldedFinding[],
  children: readonly StatusItem[],
): StatusItem {
  return {
    ...{id: part, state, word: state, name: part, says, at, problem, machines: []},
    about: {kind: 'part', findings: findings.filter((finding) => finding.part === part)},
    ...(children.length > 0 ? {children} : {}),
  };
}

function groupItem({name, machines}: MachineGroup, status: ClusterStatus): StatusItem {
  const states = machines.map((view) => ({view, ...machineState(view, status.nodes)}));
  const state = (['failed', 'warning', 'unknown', 'waiting', 'ok'] as const).find((one) =>
    states.some((entry) => entry.state === one),
  );
  const words = new Map<string, number>();
  for (const {word} of states) words.set(word, (words.get(word) ?? 0) + 1);
  const ids = machines.map((view) => view.name);
  return {
    ...{id: name, name, state: state ?? 'ok', word: state === 'waiting' ? 'asking' : (state ?? 'ok')},
    says: [...words].map(([word, amount]) => `${amount} of ${machines.length} ${word}`).join(', '),
    ...{at: status.nodes.at, problem: status.nodes.problem, machines: ids},
    about: {kind: 'part', findings: foldFindings(machines.flatMap(({findings}) => findings))},
    children: states.map(({view, ...how}) => ({
      ...how,
      ...{id: `${name}/${view.name}`, name: view.name, says: machineWords(view), machines: [view.name]},
      at: view.machine?.at ?? status.nodes.at,
      about: {kind: 'machine', view},
    })),
  };
}

/** The gravest that is wrong, else what it runs. */
function machineWords({findings, node, server, member, pods}: MachineView): string {
  const [first] = findings;
  if (first) return first.says;
  return [
    ...(server ? [`API ${server.state}`] : []),
    ...(member ? [`etcd ${member.isLeader ? 'leader' : member.state}`] : []),
    ...(pods ? [`${pods.ready}/${pods.all} pods`] : []),
    ...(node?.node ? [node.node.version] : []),
  ].join(', ');
}

function serverItems({api}: ClusterStatus): readonly StatusItem[] {
  return (api.known?.servers ?? []).map(({machine, server, state, failing, version, problem, at}) => ({
    id: `API servers/${server}`,
    ...serverState(state),
    name: machine ?? 'address',
    says: [server, ...(version === undefined ? [] : [version]), ...failing.map((check) => `${check} fails`)].join(', '),
    ...{at, problem, machines: machine === undefined ? [] : [machine], about: {kind: 'words'}},
  }));
}

function serverState(state: 'asking' | 'ready' | 'not ready' | 'unreachable' | 'unknown') {
  const glyph = {asking: 'waiting', ready: 'ok', 'not ready': 'failed', unreachable: 'failed', unknown: 'unknown'};
  return {state: glyph[state] as State, word: state === 'unreachable' ? 'silent' : state};
}

const etcdStates = {ok: 'ok', degraded: 'warning', 'no quorum': 'failed', unknown: 'unknown'} as const;
const memberStates = {
  healthy: 'ok',
  unhealthy: 'failed',
  learner: 'warning',
  unstarted: 'warning',
  unknown: 'unknown',
} as const;

function etcdItem({etcd, machines}: ClusterStatus, findings: readonly FoldedFinding[]): StatusItem {
  const {known, at, problem} = etcd;
  if (isWithoutMasters({machines})) {
    const says = 'nothing of Kubernetes lies on the masters';
    return {
      ...{id: 'etcd', name: 'etcd', state: 'skipped', word: 'not booted', says, at, problem, machines: []},
      about: {kind: 'part', findings: []},
    };
  }
  const state = problem ? 'unknown' : known ? etcdStates[known.state] : 'waiting';
  return {
    ...{id: 'etcd', name: 'etcd', state, word: problem ? 'unknown' : (known?.state ?? 'asking')},
    ...{says: known ? etcdWords(known) : '', at, problem, machines: []},
    about: {kind: 'part', findings: findings.filter(({part}) => part === 'etcd')},
    ...(known ? {children: known.members.map(memberItem)} : {}),
  };
}

function memberItem(member: EtcdMember): StatusItem {
  const {name, machine, state, isLeader, reason, status, at, id = ''} = member;
  return {
    ...{id: `etcd/${machine ?? ''}/${name}/${id}`, state: memberStates[state], word: state, name: machine ?? name},
    says: [
      ...(isLeader ? ['leader'] : []),
      ...(status ? [`term ${status.term}`, `version ${status.version}`] : []),
      ...(reason === undefined ? [] : [reason]),
    ].join(', '),
    ...{at, machines: machine === undefined ? [] : [machine], about: {kind: 'member', member}},
  };
}

/** Those in trouble, then how many each namespace has. */
function podItems({pods: {known, at}}: ClusterStatus): readonly StatusItem[] {
  if (!known) return [];
  return [
    ...known.troubled.map(
      ({namespace, name, node, phase, reason, message, restarts}): StatusItem => ({
        ...{id: `pods/${namespace}/${name}`, state: 'failed', word: 'trouble', name: node ?? 'not placed'},
        says: [`${namespace}/${name}`, reason ?? phase, ...(restarts > 0 ? [count(restarts, 'restart')] : []), message]
          .filter((text) => text !== undefined)
          .join(', '),
        ...{at, machines: node === undefined ? [] : [node], about: {kind: 'words'}},
      }),
    ),
    ...known.byNamespace.map(
      ({namespace, all, ready, troubled}): StatusItem => ({
        ...{id: `pods/${namespace}`, state: troubled > 0 ? 'warning' : 'ok', word: `${ready}/${all}`},
        ...{name: namespace, says: troubled > 0 ? `${troubled} in trouble` : 'ready', at},
        ...{machines: [], about: {kind: 'words'}},
      }),
    ),
  ];
}

/** The one that ends first at the top; those that cannot be read before it. */
function certificateItems({machines}: ClusterStatus): readonly StatusItem[] {
  const all = machines.flatMap(({machine, known}) =>
    known?.isPart ? known.certificates.map((certificate) => ({machine, certificate})) : [],
  );
  return folded(all, ({certificate: {of, state, daysLeft, file}}) => [of, state, daysLeft, file].join('\0'))
    .sort(([, [a]], [, [b]]) => (a?.certificate.daysLeft ?? -Infinity) - (b?.certificate.daysLeft ?? -Infinity))
    .flatMap(([key, entries]): StatusItem[] => {
      const [first] = entries;
      if (!first) return [];
      const {certificate} = first;
      const {state, of, faults, daysLeft} = certificate;
      const names = entries.map(({machine}) => machine);
      return [
        {
          ...{id: `certificates/${key}`, state: certificateState(state), word: state, machines: names},
          name: daysLeft === undefined ? 'days not known' : daysWords(daysLeft),
          says: [`${of} on ${foldHostNames(names)}`, ...faults.slice(0, 1)].join(': '),
          about: {kind: 'certificate', certificate},
        },
      ];
    });
}

function certificateState(state: CertificateStatus['state']): State {
  if (state === 'good') return 'ok';
  return state === 'expiring' ? 'warning' : 'failed';
}

export function daysWords(daysLeft: number): string {
  return daysLeft < 0 ? `${count(-daysLeft, 'day')} over` : count(daysLeft, 'day');
}

const driftStates = {missing: 'failed', changed: 'warning', extra: 'unknown'} as const;

function driftItems({machines}: ClusterStatus): readonly StatusItem[] {
  const all = machines.flatMap(({machine, known}) =>
    known?.isPart ? (known.drift.known ?? []).map((entry) => ({machine, entry})) : [],
  );
  const differing = folded(all, ({entry: {what, state, detail}}) => [what, state, detail].join('\0')).flatMap(
    ([key, entries]): StatusItem[] => {
      const [first] = entries;
      if (!first) return [];
      const {entry} = first;
      const names = entries.map(({machine}) => machine);
      return [
        {
          ...{id: `drift/${key}`, state: driftStates[entry.state], word: entry.state, name: foldHostNames(names)},
          ...{says: entry.what, machines: names, about: {kind: 'drift', entry}},
        },
      ];
    },
  );
  const unknown = machines.flatMap(({machine, known}): StatusItem[] => {
    const drift = known?.isPart ? known.drift : undefined;
    if (!drift?.problem) return [];
    const {problem, at} = drift;
    return [
      {
        ...{id: `drift/${machine}`, state: 'unknown', word: 'unknown', name: machine, says: '', at, problem},
        ...{machines: [machine], about: {kind: 'words'}},
      },
    ];
  });
  return [...differing, ...unknown];
}

function versionItems({nodes, api, versions}: ClusterStatus): readonly StatusItem[] {
  const all = [
    ...(api.known?.servers ?? []).flatMap(({machine, version}) =>
      machine === undefined || version === undefined ? [] : [{what: 'API server', machine, version}],
    ),
    ...(nodes.known ?? []).flatMap(({name, node}) =>
      node && node.version !== '' ? [{what: 'kubelet', machine: name, version: node.version}] : [],
    ),
  ];
  return folded(all, ({what, version}) => `${what}\0${version}`).flatMap(([key, entries]): StatusItem[] => {
    const [first] = entries;
    if (!first) return [];
    const {what, version} = first;
    const names = entries.map(({machine}) => machine);
    const isOther = versions.kubernetes !== '' && version !== versions.kubernetes;
    return [
      {
        ...{id: `versions/${key}`, state: isOther ? 'warning' : 'ok', word: isOther ? 'other' : 'ok', name: version},
        ...{says: `${what} of ${foldHostNames(names)}`, machines: names, about: {kind: 'words'}},
      },
    ];
  });
}

function problemsItem(findings: readonly FoldedFinding[]): StatusItem {
  const grave = findings.find(({gravity}) => gravity !== 'notice')?.gravity;
  return {
    ...{id: problemsId, name: 'problems', word: grave ?? 'none', says: gravityCounts(findings), machines: []},
    state: grave === undefined || grave === 'notice' ? 'ok' : grave,
    about: {kind: 'words'},
    ...(findings.length > 0 ? {children: findings.map(findingItem)} : {}),
  };
}

function findingItem(finding: FoldedFinding): StatusItem {
  const {part, gravity, says, machines} = finding;
  return {
    ...{id: `${problemsId}/${JSON.stringify(finding)}`, state: gravity === 'notice' ? 'skipped' : gravity},
    ...{word: gravity, name: part, says: machines.length > 0 ? `${foldHostNames(machines)}: ${says}` : says, machines},
    ...{mend: mendKeyOf(finding), about: {kind: 'finding', finding}},
  };
}

/** '1 failed, 2 unknown'; 'nothing is wrong'. */
function gravityCounts(findings: readonly Pick<FoldedFinding, 'gravity'>[]): string {
  const counts = (['failed', 'warning', 'unknown', 'notice'] as const).flatMap((gravity) => {
    const amount = findings.filter((finding) => finding.gravity === gravity).length;
    return amount === 0 ? [] : [`${amount} ${gravity}`];
  });
  return counts.length === 0 ? 'nothing is wrong' : counts.join(', ');
}

/** Entries of the same key together, in the order of the first of each. */
function folded<T>(entries: readonly T[], keyOf: (entry: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups];
}
