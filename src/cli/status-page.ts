import {
  type ClusterStatus,
  type FoldedFinding,
  foldFindings,
  foldHostNames,
  type NodeStatus,
  type StatusFinding,
  shellWord,
  summarizeStatus,
} from '../engine/index.ts';
import {agoWords} from './machine-words.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {table} from './table.ts';
import {wrapped} from './wrap.ts';

interface StatusLook extends Pick<Output, 'colour' | 'columns'> {
  readonly utf8: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

type State = StatusFinding['gravity'] | 'ok';

const signs: Readonly<Record<State, {readonly utf8: string; readonly ascii: string; readonly paint: string}>> = {
  failed: {utf8: '✗', ascii: 'x', paint: '31'},
  warning: {utf8: '!', ascii: '!', paint: '33'},
  unknown: {utf8: '?', ascii: '?', paint: '36'},
  notice: {utf8: '·', ascii: '-', paint: '36'},
  ok: {utf8: '✓', ascii: '+', paint: '32'},
};

const narrowest = 40;
const widestPart = 'certificates'.length;

/** A line for each part; what is wrong and what mends it; the nodes. */
export function statusPage(status: ClusterStatus, look: StatusLook): string {
  const {cluster, health, findings, nodes} = status;
  const parts = summarizeStatus(status).flatMap(({part, state, says}) => lines(state, part, says, look));
  const found = foldFindings(findings).flatMap((finding) => findingLines(finding, look));
  return [
    `${plainLine(cluster)}: ${health}`,
    '',
    ...parts,
    ...(found.length > 0 ? ['', ...found] : []),
    ...(nodes.known ? ['', nodeTable(nodes.known, status, look)] : []),
  ].join('\n');
}

function findingLines({part, gravity, says, machines, mend}: FoldedFinding, look: StatusLook): string[] {
  const names = machines.length === 0 ? '' : `${foldHostNames(machines)}: `;
  const command =
    mend?.command === undefined ? undefined : `pai-tui ${mend.command.split(' ').map(shellWord).join(' ')}`;
  const fix = [command, mend?.says].filter((text) => text !== undefined).join('  # ');
  return [...lines(gravity, part, `${names}${says}`, look), ...(fix === '' ? [] : continued(`mend: ${fix}`, look))];
}

/** What stands before the text: sign, word, part. */
const indent = 2 + 'unknown'.length + 2 + widestPart + 2;

function lines(state: State, part: string, text: string, look: StatusLook): string[] {
  const {utf8, ascii, paint} = signs[state];
  const sign = `${look.utf8 ? utf8 : ascii} ${state.padEnd('unknown'.length)}`;
  const start = `${look.colour ? `\u001b[${paint}m${sign}\u001b[0m` : sign}  ${part.padEnd(widestPart)}  `;
  return roomed(text, look).map((line, index) => `${index === 0 ? start : ' '.repeat(indent)}${line}`.trimEnd());
}

function continued(text: string, look: StatusLook): string[] {
  return roomed(text, look).map((line) => `${' '.repeat(indent)}${line}`.trimEnd());
}

function roomed(text: string, {columns}: StatusLook): string[] {
  const plain = plainLine(text);
  return columns === undefined ? [plain] : wrapped(plain, Math.max(narrowest, columns - indent));
}

function nodeTable(nodes: readonly NodeStatus[], {pods}: ClusterStatus, {now}: StatusLook): string {
  const counts = new Map((pods.known?.byNode ?? []).map((entry) => [entry.node, entry]));
  return table(
    ['NODE', 'ROLE', 'STATE', 'VERSION', 'HEARD', 'PODS', 'TAINTS'],
    nodes.map(({name, nodeName, roles, state, node}) => {
      const own = counts.get(nodeName);
      return [
        name,
        roles.join(', ') || '-',
        state,
        node?.version || '-',
        node?.heardAt === undefined ? '-' : agoWords(now - node.heardAt),
        own ? `${own.ready}/${own.all}` : '-',
        node?.taints.join(', ') || '-',
      ];
    }),
  );
}
