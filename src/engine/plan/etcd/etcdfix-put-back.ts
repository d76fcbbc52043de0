/** Before the member is removed there is a way back: what was moved aside is put where it was. */

import {basename} from 'node:path';
import {note} from '../../cluster/etcdfix/note.ts';
import {type Mending, type Position, positionAt, positionOf, type StepKind} from '../../cluster/etcdfix/position.ts';
import {type FixCall, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import {manifestOf} from '../../cluster/packages/steps.ts';
import {problemOf} from '../../problem.ts';
import type {Effect, TaskContext} from '../types.ts';
import {hasSnapshot} from './etcdfix-snapshot.ts';
import type {Replacement} from './etcdfix-step.ts';

/** Where what is moved aside is put, with the id of the run in its name. */
export function asideOf({layout}: Mending, run: string) {
  const data = `${layout.etcdDataPath.replace(/\/+$/, '')}/data`;
  return {
    manifest: manifestOf('etcd'),
    keptManifest: `/etc/kubernetes/etcdfix/etcd.yaml.bak-${run}`,
    data,
    keptData: `${data}.bak-${run}`,
  };
}

function putBackCall(replacement: Replacement, run: string): FixCall {
  const {manifest, keptManifest, data, keptData} = asideOf(replacement, run);
  const args = [manifest, keptManifest, data, keptData];
  return {
    on: replacement.target.name,
    name: 'put its data and its manifest back',
    script: replacement.scripts.putBack,
    args,
  };
}

export function putBackEffects(replacement: Replacement): readonly Effect[] {
  return [
    {...fixEffect(putBackCall(replacement, '$RUN')), decided: 'where the others have no quorum without it any more'},
  ];
}

/** Before the member is removed there is a way back, and it is taken where there is no way on. */
export async function positionOrBack(own: StepKind, replacement: Replacement, context: TaskContext): Promise<Position> {
  try {
    return await positionAt(own, replacement, hasSnapshot(context, replacement), context);
  } catch (error) {
    context.signal.throwIfAborted();
    const {step} = await positionOf(replacement, hasSnapshot(context, replacement), context);
    if (step.kind === 'roll back' && step.by.kind === 'put back') {
      context.output(`${problemOf(error).message}\r\nputting back what was moved aside\r\n`);
      await runFix(putBackCall(replacement, basename(context.runFolder)), 'changed', {}, context);
      await note(replacement.target.name, {}, context, true);
    }
    throw error;
  }
}
