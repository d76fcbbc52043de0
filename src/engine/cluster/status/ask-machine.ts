/** Asks a machine what of a cluster lies on it, in one round trip. */

import {type Answer, askMachine, endText} from '../../machine-answer.ts';
import type {Remote} from '../../machine-tools.ts';
import {readMachineScript} from '../../machines/machine-script.ts';
import {type ChecksumTool, checksumsIn, toolIn} from '../../package/checksums.ts';
import {checksums} from '../../package/machine-scripts.ts';
import {ProblemError} from '../../problem.ts';

/** What a machine said of itself. Foreign text. */
export interface MachineAnswer {
  /** Certificates by the file that they lie in, as PEM; those of kubeconfigs too. */
  readonly certificates: ReadonlyMap<string, string>;
  /** Files and folders below /etc/kubernetes and /etc/pai-tui. */
  readonly entries: ReadonlyMap<string, FoundEntry>;
  /** What checksums were made with; undefined: there are none. */
  readonly tool?: ChecksumTool;
  /** Of files outside of /etc/kubernetes/pki that hold no key, by path. */
  readonly sums: ReadonlyMap<string, string>;
  /** Of etcd's manifest, without how it began. */
  readonly etcdSum?: string;
  /** daemon.json of docker; empty: there is none. */
  readonly dockerSettings: string;
  /** Our block of /etc/hosts with its markers. */
  readonly hosts: readonly string[];
  readonly kubelet?: {
    readonly isRunning: boolean;
    /** Epoch milliseconds. */
    readonly startedAt?: number;
    readonly image: string;
    /** What start-kubelet.sh wrote on it; empty: it is somebody else's. */
    readonly madeOf: string;
  };
}

export interface FoundEntry {
  readonly isFolder: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const patienceSeconds = 10;
const deadlineMs = 60_000;

export async function readStatusScript(assets: string): Promise<string> {
  return `${checksums}${await readMachineScript(assets, 'cluster.sh')}`;
}

/** `script` is that of `readStatusScript`. Throws `facts-unreadable`, and what `Remote.run` throws. */
export async function askForStatus(remote: Remote, script: string, signal: AbortSignal): Promise<MachineAnswer> {
  const command = {script, args: [String(patienceSeconds)], sudo: true, reads: true as const, deadlineMs};
  const {answer, end, said} = await askMachine(remote, command, signal);
  if (answer.complete) return parseStatusAnswer(answer);
  throw new ProblemError({
    code: 'facts-unreadable',
    message: `${remote.target.name} could not be asked all: its /bin/sh ${endText(end)} before it had told everything.`,
    hint: 'Log in there and look whether /bin/sh is a POSIX shell and works.',
    ...(said === '' ? {} : {detail: said}),
    machine: remote.target.name,
  });
}

function parseStatusAnswer(answer: Answer): MachineAnswer {
  const tool = toolIn(answer);
  const etcdSum = answer.first('etcd-sum');
  const kubelet = kubeletIn(answer.first('kubelet-exit') === '0' ? answer.first('kubelet') : undefined);
  return {
    certificates: new Map(answer.lines('certificate-file').map((line) => certificateIn(answer, line))),
    entries: new Map(answer.lines('stat').flatMap(entryIn)),
    ...(tool === undefined ? {} : {tool}),
    sums: checksumsIn(answer),
    ...(etcdSum === undefined ? {} : {etcdSum: /^[0-9a-f]{64}|^\d+ \d+/.exec(etcdSum)?.[0] ?? ''}),
    dockerSettings: answer
      .lines('daemon')
      .map((line) => `${line}\n`)
      .join(''),
    hosts: answer.lines('hosts'),
    ...(kubelet ? {kubelet} : {}),
  };
}

function certificateIn(answer: Answer, line: string): [file: string, pem: string] {
  const space = line.indexOf(' ');
  return [
    line.slice(space + 1),
    answer
      .lines(line.slice(0, space))
      .map((text) => `${text}\n`)
      .join(''),
  ];
}

/** stat: the mode with the kind of file (hexadecimal), owner, group, path. */
function entryIn(line: string): [string, FoundEntry][] {
  const [, mode = '', uid, gid, path] = /^([0-9a-f]+) (\d+) (\d+) (\/.*)$/.exec(line) ?? [];
  if (path === undefined) return [];
  const bits = Number.parseInt(mode, 16);
  const isFolder = (bits & 0o170_000) === 0o040_000;
  return [[path, {isFolder, mode: bits & 0o7777, uid: Number(uid), gid: Number(gid)}]];
}

/** 'true 2026-11-28T07:00:00.1Z image 123-456 image cgroupfs /var/lib/docker'; '<no value>' without a label. */
function kubeletIn(line: string | undefined): MachineAnswer['kubelet'] {
  const [running, started = '', image, ...label] = line?.trim().split(' ') ?? [];
  if (image === undefined) return undefined;
  const startedAt = Date.parse(started);
  const madeOf = label.join(' ');
  return {
    isRunning: running === 'true',
    ...(Number.isFinite(startedAt) && startedAt > 0 ? {startedAt} : {}),
    image,
    madeOf: madeOf === '<no value>' ? '' : madeOf,
  };
}
