/** Whether etcd is well after its member was mended: looked at three times, and the API servers with it. */

import {withApi} from '../../cluster/boot/api.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import type {EtcdAnswer, EtcdReport} from '../../cluster/etcd/types.ts';
import {type KeysHash, keysHashIn} from '../../cluster/etcdfix/keys-hash.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {askAll, type Mending} from '../../cluster/etcdfix/position.ts';
import {runFix} from '../../cluster/etcdfix/scripts.ts';
import {ProblemError} from '../../problem.ts';
import type {Task, TaskContext} from '../types.ts';

export interface Verification extends Mending {
  /** The script that tells the hash of all keys. */
  readonly hash: string;
  /** Masters whose member was not well before and is not mended here. */
  readonly sick: readonly string[];
  /** A database has reached its quota, which is not mended here. */
  readonly staysFull: boolean;
  readonly needs: readonly string[];
}

const looks = 3;
const betweenMs = 15_000;
const patienceMs = 5 * 60_000;

export function verifyTask(verification: Verification): Task {
  const {target, needs} = verification;
  return {
    id: 'cluster/etcd-verify',
    title: `Look ${looks} times whether etcd and the API servers are well`,
    needs,
    touches: 'nothing',
    does: [noteEffect(target.name)],
    expected: 'unchanged',
    why: [],
    deadlineMs: 2 * patienceMs,
    async run(context) {
      let well = 0;
      let words = '';
      const look = async (): Promise<Look<string>> => {
        const seen = await looked(verification, context);
        if ('waitsFor' in seen) {
          well = 0;
          return seen;
        }
        words = seen.found;
        if (++well >= looks) return seen;
        context.output(`well, ${well} of ${looks}: ${words}\r\n`);
        await context.tools.clock.sleep(betweenMs, context.signal);
        return {waitsFor: `to be looked at ${looks - well} more times`};
      };
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `etcd is not well after its member on ${target.name} was mended: ${waitsFor}${/[.!?]$/.test(waitsFor) ? '' : '.'}`,
          hint: 'See what is wrong with: pai-tui cluster status',
        });
      await waitFor({deadlineMs: patienceMs, look, late}, context);
      await note(target.name, {}, context, true);
      return {changed: false, result: {}, note: words};
    },
  };
}

async function looked(verification: Verification, context: TaskContext): Promise<Look<string>> {
  const {layout, sick} = verification;
  const answers = await askAll(verification, context);
  const report = judgeEtcd(answers, layout.masters);
  const wrong = wrongWith(report, verification);
  if (wrong !== undefined) return {waitsFor: wrong};
  const hashes = await hashesOf(answers, verification, context);
  if ('waitsFor' in hashes) return hashes;
  for (const {name, address} of layout.masters) {
    if (sick.includes(name)) continue;
    const failing = await apiFailing(name, `https://${address}:${layout.masterPort}`, context);
    if (failing.length > 0) return {waitsFor: `the API server of ${name} is not ready: ${failing.join(', ')}`};
  }
  const {found} = hashes;
  const leader = report.leader ? nameOf(report.leader) : 'nobody';
  return {found: `${report.quorum.words} ${leader} leads; all have the same keys at revision ${found.revision}`};
}

/** The first thing that is wrong; undefined where nothing is. */
function wrongWith(report: EtcdReport, {sick, target, staysFull}: Verification): string | undefined {
  const {members, leader} = report;
  const counted = members.filter(({machine}) => machine !== undefined && !sick.includes(machine));
  if (!sick.includes(target.name) && !counted.some(({machine}) => machine === target.name))
    return `${target.name} has no member`;
  const unwell = counted.find(({state}) => state !== 'healthy');
  if (unwell) return `${nameOf(unwell)}: ${unwell.reason ?? unwell.state}`;
  const alarmed = counted.find(({alarms}) => alarms.some((alarm) => alarm !== 'NOSPACE' || !staysFull));
  if (alarmed) return `${nameOf(alarmed)} has the alarm ${alarmed.alarms.join(', ')}`;
  if (!leader || counted.some(({status}) => status?.leader !== leader.id)) return 'not all know the same leader';
  return undefined;
}

/** At one revision that all have; what was compacted is no part of it. */
async function hashesOf(
  answers: readonly EtcdAnswer[],
  {sick, hash}: Verification,
  context: TaskContext,
): Promise<Look<KeysHash>> {
  const asked = answers.filter(({master, seen}) => seen?.status && !sick.includes(master));
  const revision = Math.min(...asked.map(({seen}) => seen?.status?.revision ?? 0));
  const hashes: KeysHash[] = [];
  for (const {master} of asked) {
    const call = {on: master, name: 'hash all keys', script: hash, args: [String(revision)]};
    const reply = (await runFix(call, 'reply', {reads: true, deadlineMs: 2 * 60_000}, context)).join('');
    const told = keysHashIn(reply, revision);
    if (!told) return {waitsFor: `${master} does not tell the hash of its keys`};
    hashes.push(told);
  }
  const [first] = hashes;
  if (!first) return {waitsFor: 'nobody tells the hash of its keys'};
  if (hashes.some(({compacted}) => compacted !== first.compacted)) return {waitsFor: 'they are being compacted'};
  if (hashes.some((other) => other.hash !== first.hash)) return {waitsFor: `their keys differ at revision ${revision}`};
  return {found: first};
}

async function apiFailing(master: string, server: string, context: TaskContext): Promise<readonly string[]> {
  return withApi([master], context, (api) => api.notReady(context.signal), server);
}
