/** The scripts by which a member of etcd is mended, and how they are run. */

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {readAnswer} from '../../machine-answer.ts';
import {runStep} from '../../plan/on-machine.ts';
import {scriptEffect} from '../../plan/script-effect.ts';
import type {MachineEffect, TaskContext} from '../../plan/types.ts';
import {ProblemError} from '../../problem.ts';
import {type MemberScript, memberMark, readMemberScript} from '../etcd/member-script.ts';

/** Their texts, by what they are for; read with the facts, so that a plan can name them. */
export interface FixScripts {
  readonly snapshot: string;
  /** Makes room in databases. */
  readonly tend: string;
  /** Changes who the members are. */
  readonly membership: string;
  /** Tells the hash of all keys. */
  readonly hash: string;
  /** Has an entry written that changes nothing. */
  readonly entry: string;
  readonly stop: string;
  readonly moveData: string;
  readonly putBack: string;
  readonly putManifest: string;
  readonly startKubelet: string;
}

export async function readFixScripts(assets: string): Promise<FixScripts> {
  const onNode = async (name: string) => {
    const parts = await Promise.all(['node.sh', name].map((file) => readFile(join(assets, 'etcd', file), 'utf8')));
    return parts.join('').replace(/^[ \t]*(?:#.*)?\n|^[ \t]+/gm, '');
  };
  const inMember = (name: MemberScript) => readMemberScript(assets, name);
  return {
    snapshot: await inMember('snapshot.sh'),
    tend: await inMember('tend.sh'),
    membership: await inMember('membership.sh'),
    hash: await inMember('hash.sh'),
    entry: await inMember('entry.sh'),
    stop: await onNode('stop-member.sh'),
    moveData: await onNode('move-data.sh'),
    putBack: await onNode('put-back.sh'),
    putManifest: await onNode('put-manifest.sh'),
    startKubelet: await onNode('start-kubelet.sh'),
  };
}

/** One of them with its arguments, as a plan names it and a task runs it. */
export interface FixCall {
  readonly on: string;
  /** For people. */
  readonly name: string;
  readonly script: string;
  /** $2, $3, …; absent: whatever the run finds. */
  readonly args?: readonly string[];
}

/** What running it may change, beside the files and containers that are named for people. */
export function fixEffect({on, name, script, args}: FixCall): MachineEffect {
  return scriptEffect(on, {name, script, sudo: true, ...(args === undefined ? {} : {args: [memberMark, ...args]})});
}

interface Given {
  readonly stdin?: string;
  readonly reads?: true;
  readonly deadlineMs?: number;
}

/** Lines of a section of what it said. Throws `script-failed`, also where it did not come to its end. */
export async function runFix(
  {on, name, script, args = []}: FixCall,
  section: 'changed' | 'reply',
  {stdin, reads, deadlineMs = 3 * 60_000}: Given,
  context: TaskContext,
): Promise<readonly string[]> {
  const command = {script, args: [memberMark, ...args], sudo: true, deadlineMs};
  const more = {...(stdin === undefined ? {} : {stdin}), ...(reads ? {reads} : {})};
  const answer = readAnswer(await runStep(on, {name, ...command, ...more}, context), memberMark);
  if (answer.complete) return answer.lines(section);
  throw new ProblemError({
    code: 'script-failed',
    message: `${name} on ${on} did not come to its end, and says nothing of why.`,
    hint: 'Begin again; what is done is not done again.',
    machine: on,
    command: name,
  });
}
