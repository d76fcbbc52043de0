/** A member of etcd whose process is down is started again, with the data that it has. */

import {taskOn} from '../../cluster/boot/boot.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {joiningManifest} from '../../cluster/etcdfix/manifest.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {askAll, type Mending, membersNow} from '../../cluster/etcdfix/position.ts';
import {isWell} from '../../cluster/etcdfix/quorum-sheet.ts';
import {type FixCall, type FixScripts, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import {etcdPeerUrl} from '../../cluster/packages/context.ts';
import {manifestOf} from '../../cluster/packages/steps.ts';
import {ProblemError} from '../../problem.ts';
import type {Task, TaskContext} from '../types.ts';

export interface Starting extends Mending {
  readonly scripts: FixScripts;
  /** Whether its kubelet has a manifest to start it by; else one is put. */
  readonly hasManifest: boolean;
  readonly why: readonly string[];
}

const patienceMs = 5 * 60_000;

export function startTask(starting: Starting): Task {
  const {target, scripts, hasManifest, why} = starting;
  const on = target.name;
  const kubelet: FixCall = {
    on,
    name: 'start its kubelet where that is stopped',
    script: scripts.startKubelet,
    args: [],
  };
  const manifest = manifestOf('etcd');
  const put: FixCall = {on, name: 'put the manifest of etcd', script: scripts.putManifest};
  return {
    id: taskOn(target, 'etcd-start'),
    title: hasManifest
      ? 'Start its etcd with the data it has'
      : 'Put its manifest back, and start its etcd with the data it has',
    on,
    needs: [],
    touches: 'a machine',
    does: [
      noteEffect(on),
      fixEffect(kubelet),
      {kind: 'container', on, call: 'run', name: 'kubelet', decided: 'where it is stopped'},
      ...(hasManifest ? [] : [fixEffect(put), {kind: 'machine file', on, path: manifest} as const]),
    ],
    expected: 'change',
    why,
    critical: true,
    deadlineMs: patienceMs + 3 * 60_000,
    undo: hasManifest ? 'There is nothing to take back.' : `Move ${manifest} away again.`,
    async run(context) {
      const changes: string[] = [];
      const look = async (): Promise<Look<true>> => {
        const answers = await askAll(starting, context);
        const member = judgeEtcd(answers, starting.layout.masters).members.find(({machine}) => machine === on);
        if (member && isWell(member)) return {found: true};
        return {waitsFor: member?.reason ?? `${on} has no member`};
      };
      const before = await look();
      if ('found' in before) return {changed: false, result: {}, note: 'it is well already'};
      await note(on, {tried: ['start']}, context);
      if (!hasManifest) changes.push(...(await putManifest(starting, put, context)));
      changes.push(...(await runFix(kubelet, 'changed', {}, context)));
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `The member of ${on} is not well ${patienceMs / 60_000} minutes after it was started: ${waitsFor}`,
          hint: `Begin again, and the next thing that may help is offered: pai-tui machine etcdfix ${on}`,
          machine: on,
        });
      await waitFor({deadlineMs: patienceMs, look, late}, context);
      return {changed: changes.length > 0, result: {}, note: changes.join(', ') || 'its kubelet started it'};
    },
  };
}

/** With the members of now: where the data are there, what it says of a beginning counts for nothing. */
async function putManifest(
  {layout, target}: Starting,
  call: FixCall,
  context: TaskContext,
): Promise<readonly string[]> {
  const {tools} = context;
  const members = membersNow(await askAll({layout, target}, context));
  const mark = String(tools.clock.now());
  const text = await joiningManifest(
    {layout, machine: target, members, peerUrl: etcdPeerUrl(target.address), mark},
    tools,
  );
  const args = [manifestOf('etcd'), String(Buffer.byteLength(text))];
  return runFix({...call, args}, 'changed', {stdin: text}, context);
}
