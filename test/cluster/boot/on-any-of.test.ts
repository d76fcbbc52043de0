import {expect, test} from 'vitest';
import {onAnyOf} from '../../../src/engine/cluster/boot/on-any-of.ts';
import {ProblemError} from '../../../src/engine/problem.ts';
import {clusterOf} from '../sample-clusters.ts';

const {signal} = new AbortController();
const [first, second] = (await clusterOf('external-balancer')).masters;
if (!first || !second) throw new Error('There are two masters.');
const machines = [first, second];

/** What comes of it where those that are named have died. */
async function putWithout(...dead: readonly string[]) {
  const said: unknown[] = [];
  const put = async ({name}: {readonly name: string}) => {
    if (dead.includes(name)) throw new ProblemError({code: 'machine-lost', message: `${name} is gone.`});
    return {changed: true, result: {changes: [`ca.key of ${name}`]}};
  };
  const end = await onAnyOf(machines, put, {signal, output: (bytes) => said.push(bytes)});
  return {...end, said};
}

test('a machine that dies is told, and the others have it', async () => {
  expect(await putWithout()).toMatchObject({changed: true, note: 'put on master-1 and master-2', said: []});
  expect(await putWithout('master-1')).toEqual({
    ...{changed: true, result: {changes: ['ca.key of master-2']}},
    ...{note: 'put on master-2, not on master-1', said: ['master-1 is gone.\r\n']},
  });
  await expect(putWithout('master-1', 'master-2')).rejects.toThrow('master-1 is gone.');
});

test('nothing changed where all had it', async () => {
  const had = async () => ({changed: false, result: {changes: []}});
  const end = await onAnyOf(machines, had, {signal, output: () => {}});
  expect(end).toEqual({changed: false, result: {changes: []}, note: 'nothing changed'});
});

test('a mistake of ours is none of a machine', async () => {
  const mistake = async () => {
    throw new Error('a mistake');
  };
  await expect(onAnyOf(machines, mistake, {signal, output: () => {}})).rejects.toThrow('a mistake');
});
