/** What a cluster has to prove when it is up: that etcd is well, that its address leads to every API server, and pods. */

import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {tlsKnock} from '../../cluster/check/api-endpoints.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {readEtcd} from '../../cluster/etcd/read-etcd.ts';
import {judgeSpread, type Spread, seeSpread} from '../../cluster/verify/api-spread.ts';
import {etcdFaults} from '../../cluster/verify/etcd-health.ts';
import {ProblemError} from '../../problem.ts';
import type {Task} from '../types.ts';
import {type PodVerification, podTasks} from './k8s-verify-pods.ts';

/** Of `after`: API servers that come up, whatever changes something. */
export type Verification = PodVerification;

const minute = 60_000;
const etcdMs = 2 * minute;

export function verifyTasks(verification: Verification): readonly Task[] {
  return [etcdTask(verification), spreadTask(verification), ...podTasks(verification)];
}

function spreadTask({layout, masters, apiReady, after}: Verification): Task<Spread> {
  const {host, port} = layout.api;
  return {
    id: 'cluster/verify-api',
    title: `See that ${host} leads to every API server`,
    needs: [apiReady],
    after,
    touches: 'nothing',
    does: [],
    expected: 'unchanged',
    why: [],
    deadlineMs: 5 * minute,
    async run({tools, signal, output}) {
      const {clock} = tools;
      const spread = await seeSpread({layout, masters, knock: tlsKnock(clock), clock}, signal);
      const judged = judgeSpread(layout, spread);
      output(`${judged.words}\r\n`);
      if (judged.type === 'reached') return {changed: false, result: spread, note: judged.note};
      const command = `openssl s_client -connect ${host}:${port}`;
      throw new ProblemError({code: 'api-unreachable', message: judged.words, hint: judged.hint, command});
    },
  };
}

/** Members have become healthy one by one; here all of them are seen together, with one leader. */
function etcdTask({layout, masters, apiReady, after}: Verification): Task<{readonly words: string}> {
  const names = masters.map(({name}) => name);
  return {
    id: 'cluster/verify-etcd',
    title: 'See that etcd is healthy as a whole',
    needs: [apiReady],
    after,
    touches: 'nothing',
    does: [],
    expected: 'unchanged',
    why: [],
    deadlineMs: etcdMs + 2 * minute,
    async run(context) {
      const {tools, signal, output} = context;
      const question = {...tools, masters: layout.masters, etcdDataPath: layout.etcdDataPath};
      const look = async (): Promise<Look<string>> => {
        const report = judgeEtcd(await readEtcd(question, () => {}, signal), layout.masters);
        const faults = etcdFaults(report, names);
        return faults.length === 0 ? {found: report.quorum.words} : {waitsFor: faults.join(' ')};
      };
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `etcd is not healthy after ${etcdMs / minute} minutes. ${waitsFor}`,
          hint: 'See more of it with: pai-tui cluster status',
        });
      const words = await waitFor({deadlineMs: etcdMs, look, late}, context);
      output(`${words}\r\n`);
      return {changed: false, result: {words}, note: words};
    },
  };
}
