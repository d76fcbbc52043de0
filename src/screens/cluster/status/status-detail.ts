import {
  type CertificateStatus,
  type ClusterStatus,
  type DriftEntry,
  type EtcdMember,
  type FoldedFinding,
  foldFindings,
  foldHostNames,
} from '../../../engine/index.ts';
import type {Theme} from '../../../ui/theme/theme.ts';
import {age, bytes, moment} from '../../../ui/widgets/amounts.ts';
import {fit, plain, wrap} from '../../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../../ui/widgets/rows.ts';
import {problemNote} from '../../problem-note.ts';
import {leaderWords, membersWords} from './etcd-words.ts';
import type {MachineView} from './machine-views.ts';
import {mendKeyOf} from './mend-key.ts';
import {daysWords, type StatusItem} from './status-items.ts';
import {itemWords} from './status-rows.ts';

interface DetailLook {
  readonly width: number;
  readonly theme: Theme;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Everything about the item under the cursor, as rows of a width. */
export function statusDetail(item: StatusItem, status: ClusterStatus, look: DetailLook): readonly Row[] {
  const {width, theme, now} = look;
  const {about, state, word, name, at, problem} = item;
  if (about.kind === 'finding') return findingRows(about.finding, look);
  const rows: Row[] = [[{text: `${theme.glyphs[state]} ${plain(name)}: ${word}`, tone: state}]];
  if (about.kind === 'machine') rows.push(...machineRows(about.view, look));
  else {
    if (item.says !== '') rows.push(...said(itemWords({...item, problem: undefined}, now), width));
    if (item.machines.length > 0) rows.push(...said(foldHostNames(item.machines), width, 'quiet'));
  }
  if (problem) rows.push(...problemNote(problem, width, 40, theme));
  if (at !== undefined && about.kind !== 'machine') rows.push(...said(`asked ${ago(at, now)}`, width, 'quiet'));
  if (about.kind === 'certificate') rows.push(...certificateRows(about.certificate, look));
  if (about.kind === 'drift') rows.push(...driftRows(about.entry, look));
  if (about.kind === 'member') rows.push(...memberRows(about.member, look));
  if (about.kind === 'part') {
    if (item.id === 'etcd' && status.etcd.known) {
      const {known} = status.etcd;
      rows.push(...said(`${membersWords(known)}; ${leaderWords(known)}`, width));
    }
    if (item.id === 'API servers') rows.push(...leaderRows(status, look));
    rows.push(...about.findings.flatMap((finding) => [[], ...findingRows(finding, look)]));
  }
  return rows;
}

/** A problem whole: where, what, and what mends it, with the key that does. */
function findingRows(finding: FoldedFinding, {width, theme}: DetailLook): readonly Row[] {
  const {part, gravity, machines, says, mend} = finding;
  const state = gravity === 'notice' ? 'skipped' : gravity;
  const key = mendKeyOf(finding);
  return [
    [{text: `${theme.glyphs[state]} ${part}: ${gravity}`, tone: state}],
    ...(machines.length > 0 ? said(foldHostNames(machines), width, 'quiet') : []),
    ...said(says, width),
    ...(mend?.says === undefined ? [] : said(mend.says, width, 'key')),
    ...(mend?.command === undefined ? [] : said(`pai-tui ${mend.command}`, width, 'key')),
    ...(key ? said(`Here: ${key.key} ${key.word}`, width, 'key') : []),
  ];
}

function machineRows({machine, node, server, member, pods, roles, findings}: MachineView, look: DetailLook): Row[] {
  const {now} = look;
  const rows: Row[] = [];
  const say = (label: string, text: string | undefined, tone?: Span['tone']): void => {
    if (text !== undefined && text !== '') rows.push(...labelled(label, text, look.width, tone));
  };
  say('roles', roles.join(', '));
  say('node', node ? [node.state, node.node?.version, node.node?.runtime].filter(Boolean).join(', ') : undefined);
  if (node?.node) {
    const {address, podRange, heardAt, taints, schedulable, pressures} = node.node;
    say('address', [address, podRange && `pods in ${podRange}`].filter(Boolean).join(', '));
    say('heard', heardAt === undefined ? 'never' : ago(heardAt, now));
    say('taints', [...taints, ...(schedulable ? [] : ['cordoned'])].join(', '));
    say('short of', pressures.join(', '), 'warning');
  }
  say('pods', pods && `${pods.ready} of ${pods.all} ready${pods.troubled > 0 ? `, ${pods.troubled} in trouble` : ''}`);
  if (server)
    say('API', [server.server, server.state, server.at && `asked ${ago(server.at, now)}`].filter(Boolean).join(', '));
  if (member) say('etcd', [member.isLeader ? 'leader' : member.state, member.reason].filter(Boolean).join(': '));
  const {known, at, problem} = machine ?? {};
  if (known) {
    const {kubelet, drift, certificates} = known;
    if (kubelet)
      say(
        'kubelet',
        kubelet.isRunning
          ? `runs${kubelet.startedAt === undefined ? '' : `, started ${ago(kubelet.startedAt, now)}`}`
          : 'does not run',
      );
    say('drift', driftWords(drift.known, drift.problem?.message));
    say('looked at', at === undefined ? undefined : ago(at, now));
    rows.push(...certificateList(certificates, look));
  }
  if (problem) rows.push(...problemNote(problem, look.width, 40, look.theme));
  rows.push(...foldFindings(findings).flatMap((finding) => [[], ...findingRows({...finding, machines: []}, look)]));
  return rows;
}

function driftWords(drift: readonly DriftEntry[] | undefined, because: string | undefined): string {
  if (!drift) return because === undefined ? '' : `unknown: ${because}`;
  return drift.length === 0 ? 'none' : drift.map(({what, state}) => `${what} (${state})`).join(', ');
}

/** The one that ends first at the top. */
function certificateList(certificates: readonly CertificateStatus[], {width}: DetailLook): Row[] {
  return [...certificates]
    .sort((a, b) => (a.daysLeft ?? -Infinity) - (b.daysLeft ?? -Infinity))
    .flatMap(({of, state, daysLeft}, index) =>
      labelled(
        index === 0 ? 'certificates' : '',
        `${daysLeft === undefined ? state : daysWords(daysLeft)}: ${of}`,
        width,
        state === 'good' ? undefined : state === 'expiring' ? 'warning' : 'failed',
      ),
    );
}

function certificateRows(
  {file, hosts, issuer, commonName, serial, until, from, faults}: CertificateStatus,
  {width, now}: DetailLook,
): Row[] {
  const say = (label: string, text: string | undefined): Row[] =>
    text === undefined || text === '' ? [] : labelled(label, text, width);
  return [
    ...faults.flatMap((fault) => said(fault, width, 'warning')),
    ...say('file', file),
    ...say('from', from === undefined ? undefined : moment(from, now)),
    ...say('until', until === undefined ? undefined : moment(until, now)),
    ...say('is for', [commonName, ...hosts].filter((name) => name !== undefined).join(', ')),
    ...say('issuer', issuer),
    ...say('serial', serial),
  ];
}

function driftRows({detail}: DriftEntry, {width}: DetailLook): Row[] {
  return detail === undefined ? [] : [...said(detail, width)];
}

function memberRows({status, peerUrls, clientUrls, alarms, id}: EtcdMember, {width}: DetailLook): Row[] {
  const size =
    status &&
    `${bytes(status.dbBytes)}${status.dbBytesInUse === undefined ? '' : `, ${bytes(status.dbBytesInUse)} in use`}`;
  return [
    ...alarms.flatMap((alarm) => said(`alarm: ${alarm}`, width, 'failed')),
    ...labelled('size', size ?? 'not known', width),
    ...labelled('peers', peerUrls.join(', '), width),
    ...labelled('clients', clientUrls.join(', '), width),
    ...(id === undefined ? [] : labelled('id', id, width)),
  ];
}

function leaderRows({api}: ClusterStatus, {width, now}: DetailLook): Row[] {
  return (api.known?.leaders ?? []).flatMap(({component, holder, renewedAt}) =>
    said(
      `${component}: ${holder ?? 'nobody'} leads${renewedAt === undefined ? '' : `, heard ${ago(renewedAt, now)}`}`,
      width,
    ),
  );
}

function ago(at: number, now: number): string {
  const words = age(now - at);
  return words === 'now' ? words : `${words} ago`;
}

function said(text: string, width: number, tone?: Span['tone']): readonly Row[] {
  return wrap(plain(text), Math.max(8, width - 2)).map((line) => row(`  ${line}`, tone));
}

const labelCells = 13;

function labelled(label: string, text: string, width: number, tone?: Span['tone']): Row[] {
  return wrap(plain(text), Math.max(8, width - labelCells - 2)).map((line, index) => [
    {text: `  ${fit(index === 0 ? label : '', labelCells)}`, tone: 'quiet'},
    {text: line, tone},
  ]);
}
