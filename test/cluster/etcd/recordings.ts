import {readFileSync} from 'node:fs';
import {parseEtcd} from '../../../src/engine/cluster/etcd/parse-answer.ts';
import type {EtcdAnswer, EtcdMaster, SeenEtcd} from '../../../src/engine/cluster/etcd/types.ts';
import {readAnswer} from '../../../src/engine/machine-answer.ts';

/**
 * What a real etcdctl printed, asked as etcd.sh asks, at members of three on loopback (127.0.0.1 to 3, ports 12379 and 12380,
 * a quota of 16 MiB): when all were well, when one and two of them were killed, when etcd3 was removed and added again, and
 * when the quota was reached. And what is told of the log of an etcd3 that ended: around the line that says why, and its end.
 */
interface Recording {
  readonly etcd: string;
  readonly cases: Readonly<Record<string, Readonly<Record<string, RecordedMember>>>>;
  readonly logs: Readonly<Record<string, {readonly exit: number; readonly lines: readonly string[]}>>;
}

type Question = 'status' | 'members' | 'health' | 'alarms' | 'peers';
type RecordedMember = Readonly<Record<Question, Reply>>;
interface Reply {
  readonly exit: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export const versions = ['3.3.25', '3.4.23', '3.5.16'] as const;
export type Version = (typeof versions)[number];
/** What the members were called, and where they were. */
export const masters: readonly EtcdMaster[] = [1, 2, 3].map((number) => ({
  name: `node-${number}`,
  address: `127.0.0.${number}`,
  etcdId: `etcd${number}`,
}));

function recordingOf(version: Version): Recording {
  return JSON.parse(readFileSync(new URL(`recordings/${version}.json`, import.meta.url), 'utf8')) as Recording;
}

export function recorded(version: Version, name: string, member: string): RecordedMember {
  const found = recordingOf(version).cases[name]?.[member];
  if (!found) throw new Error(`${version} has no recording of ${member} in '${name}'.`);
  return found;
}

/** As docker shows the container of a member; `status` is that of docker. */
export function containerLines(member: string, status: string, exit = 0): readonly string[] {
  return [
    `name /k8s_etcd_etcd-${member}_kube-system_0f_2`,
    'image registry.lab/etcd:3',
    `status ${status}`,
    `exit ${exit}`,
    'oom false',
    'started 2026-11-20T10:00:00Z',
    `finished ${status === 'running' ? '0001-01-01T00:00:00Z' : '2026-11-20T11:00:00Z'}`,
    'error ""',
  ];
}

/** What is known of a member that runs and said what was recorded. */
export function seenMember(version: Version, name: string, member: string): SeenEtcd {
  const replies = recorded(version, name, member);
  const lines = ([question, {exit, stdout, stderr}]: [string, Reply]) => [
    `${question}-exit ${exit}`,
    ...stdout.map((line) => `${question} ${line}`),
    ...stderr.map((line) => `${question}-error ${line}`),
  ];
  // Later ones are not asked for their alarms: their status tells them.
  const asked = Object.entries(replies).filter(([question]) => question !== 'alarms' || version === '3.3.25');
  return seen([
    ...containerLines(member, 'running').map((line) => `container ${line}`),
    `setting name ${member}`,
    'setting quota-backend-bytes 16777216',
    ...asked.flatMap(lines),
  ]);
}

/** What is known of a member that ended; with the log of that name. */
export function seenEnded(version: Version, member: string, log?: string): SeenEtcd {
  const {exit = 137, lines = []} = (log === undefined ? undefined : recordingOf(version).logs[log]) ?? {};
  return seen([
    ...containerLines(member, 'exited', exit).map((line) => `container ${line}`),
    `setting name ${member}`,
    ...lines.map((line) => `log ${line}`),
  ]);
}

function seen(lines: readonly string[]): SeenEtcd {
  const frame = ['has docker', 'ps-exit 0', 'manifest /etc/kubernetes/manifests/etcd.yaml'];
  const all = [...frame, 'data /var/etcd/data', 'data-there /var/etcd/data', ...lines, 'end ended'];
  return parseEtcd(readAnswer(all.map((line) => `MARK ${line}\n`).join(''), 'MARK'));
}

/** The answers of all three, where each either runs or has ended. */
export function answersOf(version: Version, name: string): readonly EtcdAnswer[] {
  return masters.map(({name: master, etcdId = ''}, index) => {
    const replies = recordingOf(version).cases[name]?.[etcdId];
    const runs = replies && (replies.status.exit === 0 || index === 0);
    return {master, at: 1000 + index, seen: runs ? seenMember(version, name, etcdId) : seenEnded(version, etcdId)};
  });
}
