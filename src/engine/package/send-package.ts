/** Brings a package to a machine, where it is needed. */

import {type Asked, askMachine, endText} from '../machine-answer.ts';
import type {Remote} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {type ChecksumTool, checksumOf, checksumsIn, toolIn} from './checksums.ts';
import {compareInstalled} from './compare-installed.ts';
import {receiveScript} from './machine-scripts.ts';
import {packFiles} from './pack-files.ts';
import {isJobName} from './package-path.ts';
import type {Package} from './types.ts';

export interface SendRequest {
  /** The run it is for: a name of its folder. */
  readonly run: string;
  /** Reads installed files as root. */
  readonly sudo: boolean;
  /** Sends it also where everything it installs is there already. */
  readonly always?: boolean;
}

export type Sent =
  | {
      readonly sent: true;
      /** The job's folder on the machine, absolute; `removePackage` takes it away. */
      readonly folder: string;
      /** What was installed in another form or not at all. */
      readonly differing: readonly string[];
      readonly notices: readonly Problem[];
    }
  | {readonly sent: false; readonly notices: readonly Problem[]};

/** Slower than any line that is worked over. */
const bytesPerSecond = 10_000;

/**
 * Compares the installed files first; where all of them agree, nothing is sent. Else the package goes as one tar over
 * one channel into ~/.pai-tui/<run>/<job> of the machine (0700), and is there whole and checked, or not at all. Throws
 * `disk-full`, `file-unwritable`, `package-corrupt`, `plan-changed`, and what `Remote.run` throws.
 */
export async function sendPackage(
  remote: Remote,
  pack: Package,
  request: SendRequest,
  signal: AbortSignal,
): Promise<Sent> {
  const {run, sudo, always = false} = request;
  if (!isJobName(run) || !isJobName(pack.job)) throw new Error(`not the name of a folder: ${run}/${pack.job}`);
  const noticesOf = (tool: ChecksumTool | undefined) => (tool === 'cksum' ? [weakChecksums(remote.target.name)] : []);
  let differing: readonly string[] = [];
  // Without anything that is installed, there is nothing to save.
  if (pack.files.some(({installed}) => installed !== undefined)) {
    const comparison = await compareInstalled(remote, pack, {sudo}, signal);
    ({differing} = comparison);
    if (differing.length === 0 && !always) return {sent: false, notices: noticesOf(comparison.tool)};
  }
  const bytes = pack.files.reduce((sum, {size}) => sum + size, 0);
  const stdin = await packFiles(pack);
  try {
    const asked = await askMachine(
      remote,
      {
        script: receiveScript,
        args: [run, pack.job],
        stdin,
        deadlineMs: 60_000 + Math.ceil(bytes / bytesPerSecond) * 1000,
      },
      signal,
    );
    const folder = asked.answer.first('placed');
    if (folder === undefined) throw new ProblemError(await refusal(asked, pack, remote.target.name));
    return {sent: true, folder, differing, notices: noticesOf(toolIn(asked.answer))};
  } finally {
    stdin.destroy();
  }
}

function weakChecksums(machine: string): Problem {
  return {
    code: 'package-corrupt',
    severity: 'notice',
    message: `${machine} has neither sha256sum nor openssl: files are compared by cksum, which finds accidents only.`,
    hint: 'Install coreutils there.',
    machine,
  };
}

async function refusal({answer, end, said}: Asked, pack: Package, machine: string): Promise<Problem> {
  const step = answer.first('failed');
  const error = answer.lines('error').join('\n').trim();
  const home = displayText(answer.first('home') ?? '~');
  const about = {machine, ...(error || said ? {detail: error || said} : {})};
  // tar's word for a disk that took a part of a block.
  if (/no space left|disk quota exceeded|wrote only \d+ of \d+ bytes|short write/i.test(error)) {
    return {
      ...about,
      code: 'disk-full',
      message: `The disk of ${home} on ${machine} is full: the package ${pack.job} was not sent.`,
      hint: `Free some space there (df -h ${home}, df -i ${home}), then try again.`,
    };
  }
  if (step === 'check') return {...about, ...(await damage(answer, pack, machine))};
  if (step !== undefined) {
    const isReadOnly = /read-only file system/i.test(error);
    const why = isReadOnly ? 'it is on a read-only file system' : step === 'home' ? 'HOME is not set' : lastOf(error);
    return {
      ...about,
      code: 'file-unwritable',
      message: `Nothing can be put into ${home}/.pai-tui on ${machine}: ${why}.`,
      hint: isReadOnly
        ? 'Look into dmesg there for errors of the disk, or mount it for writing; then try again.'
        : 'Give the account a home folder that it may write to, and tar to unpack with; then try again.',
    };
  }
  return {
    ...about,
    code: 'package-corrupt',
    message: `The package ${pack.job} did not arrive on ${machine}: its /bin/sh ${endText(end)}.`,
    hint: 'Try again; should it happen anew, look at the connection and at /bin/sh of the machine.',
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
  };
}

/** 'mkdir: cannot create directory '/home/x/.pai-tui': Permission denied' says its reason at the end. */
function lastOf(error: string): string {
  const [first = ''] = error.split('\n');
  const reason = first.split(': ').at(-1)?.trim() ?? '';
  return reason === '' ? 'for a reason it does not say' : reason.slice(0, 1).toLowerCase() + reason.slice(1);
}

async function damage(
  answer: Asked['answer'],
  pack: Package,
  machine: string,
): Promise<Pick<Problem, 'code' | 'message' | 'hint'>> {
  const tool = toolIn(answer) ?? 'sha256sum';
  const found = checksumsIn(answer);
  const wrong: string[] = [];
  for (const file of pack.files) {
    if (found.get(`${pack.job}/${file.path}`) !== checksumOf(await file.read(), tool)) wrong.push(file.path);
  }
  const names = wrong.slice(0, 3).map(displayText).join(', ');
  const more = wrong.length > 3 ? ` and ${wrong.length - 3} more` : '';
  return {
    code: 'package-corrupt',
    message: `The package ${pack.job} arrived damaged on ${machine}: ${names || 'a file'}${more}. It was removed again.`,
    hint: 'Try again; should it happen anew, look at the disk and the memory of the machine.',
  };
}
