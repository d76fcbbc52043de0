import {
  type Availability,
  type ClusterConfig,
  type ConfigReading,
  fileIn,
  type Problem,
  type Role,
} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {cut, fit, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import {severities, severityOf} from '../severity.ts';

/** What a configuration is about, in some lines. */
export function summaryRows(
  {draft, problems}: ConfigReading,
  config: string,
  width: number,
  theme: Theme,
): readonly Row[] {
  const rows: Row[] = [];
  const labelled = (label: string, text: string | undefined, tone?: Span['tone']): void => {
    if (text === undefined || text === '') return;
    const room = Math.max(8, width - labelCells);
    for (const [index, line] of wrap(plain(text), room).entries()) {
      rows.push([
        {text: fit(index === 0 ? label : '', labelCells), tone: 'quiet'},
        {text: line, tone},
      ]);
    }
  };
  if (draft) labelled('cluster', draft.clusterId ?? 'no id is set', draft.clusterId === undefined ? 'quiet' : 'title');
  const label: Span = {text: fit('check', labelCells), tone: 'quiet'};
  const counted = severities.flatMap(({severity, state}): Span[] => {
    const amount = problems.filter((problem) => severityOf(problem).severity === severity).length;
    return amount === 0 ? [] : [{text: `${theme.glyphs[state]} ${count(amount, severity)}  `, tone: state}];
  });
  rows.push(
    counted.length > 0 ? [label, ...counted] : [label, {text: `${theme.glyphs.ok} nothing is wrong`, tone: 'ok'}],
  );
  for (const problem of gravest(problems)) {
    const {state} = severityOf(problem);
    const text = plain(`${theme.glyphs[state]} ${problem.message}`);
    rows.push([
      {text: ' '.repeat(labelCells)},
      {text: cut(text, width - labelCells, theme.glyphs.ellipsis), tone: state},
    ]);
  }
  if (draft) {
    labelled('machines', machineWords(draft));
    labelled('written for', `era ${draft.era} (${draft.release})`);
    labelled('Kubernetes', kubernetesWords(draft));
    labelled('masters', draft.kubernetes ? availabilityWords(draft.kubernetes.availability) : undefined);
    labelled('registry', registryWords(draft));
  }
  labelled('folder', draft?.folder ?? config);
  if (draft) labelled('files', draft.files.map(({file}) => fileIn(draft.folder, file)).join(', '));
  return rows;
}

/** What to do where no configuration was given. */
export function noConfigRows(width: number): readonly Row[] {
  const say = (text: string, tone?: Span['tone']): readonly Row[] => wrap(text, width).map((line) => row(line, tone));
  return [
    ...say('No configuration was given.', 'title'),
    ...say('It is the folder of YAML files that describes a cluster: its machines, Kubernetes, services.'),
    ...say('Open it with: pai-tui -c DIR, with PAI_CONFIG, or from inside that folder.', 'key'),
    ...say('pai-tui config generate makes one from a quick-start file.'),
  ];
}

const labelCells = 13;

/** As many as say where to begin. */
function gravest(problems: readonly Problem[]): readonly Problem[] {
  const inOrder = severities.flatMap(({severity}) =>
    problems.filter((problem) => severityOf(problem).severity === severity),
  );
  return inOrder.slice(0, 3);
}

function machineWords({machines, skus}: ClusterConfig): string {
  const roles: readonly Role[] = ['master', 'worker', 'proxy'];
  const counts = roles.flatMap((role) => {
    const amount = machines.filter((machine) => machine.roles.includes(role)).length;
    return amount === 0 ? [] : [count(amount, role, role === 'proxy' ? 'proxies' : `${role}s`)];
  });
  const without = machines.filter(({roles: own}) => own.length === 0).length;
  if (without > 0) counts.push(`${without} without a role`);
  const kinds = skus.size > 0 ? `; ${count(skus.size, 'sku')}` : '';
  return `${machines.length}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}${kinds}`;
}

function kubernetesWords({kubernetes}: ClusterConfig): string | undefined {
  if (!kubernetes) return undefined;
  const {api, serviceRange, dns, versions} = kubernetes;
  const {hyperkube = versions.apiserver, etcd} = versions;
  return [
    api.url,
    ...(hyperkube === undefined ? [] : [hyperkube]),
    ...(etcd === undefined ? [] : [`etcd ${etcd}`]),
    ...(serviceRange === undefined ? [] : [`services in ${serviceRange}`]),
    ...(dns === undefined ? [] : [`DNS ${dns}`]),
  ].join(', ');
}

function availabilityWords(availability: Availability): string {
  switch (availability.kind) {
    case 'single-master':
      return 'a single one';
    case 'external-balancer':
      return 'behind a balancer of yours';
    case 'proxy':
      return `behind ${count(availability.proxies.length, 'proxy node')} (${availability.proxies.join(', ')})`;
  }
}

function registryWords({registry}: ClusterConfig): string | undefined {
  if (!registry) return undefined;
  const {domain, namespace, tag, username} = registry;
  const place = domain === 'public' ? 'Docker Hub' : domain;
  return [
    namespace === '' ? place : `${place}/${namespace}`,
    `tag ${tag}`,
    username === undefined ? 'no login' : `login as ${username}`,
  ].join(', ');
}
