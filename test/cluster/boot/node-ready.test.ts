import {expect, test} from 'vitest';
import {lookAtNode} from '../../../src/engine/cluster/boot/node-ready.ts';
import type {KubeObject} from '../../../src/engine/kube-tools.ts';

const node = (status: unknown): KubeObject => ({apiVersion: 'v1', kind: 'Node', metadata: {name: 'gpu-01'}, status});
const ready = (status: string, more: object = {}) => node({conditions: [{type: 'Ready', status, ...more}]});

/** What is said of the node gpu-01 when the API has this. */
async function saidOf(object: KubeObject | undefined) {
  const asked: string[] = [];
  const look = await lookAtNode(
    'gpu-01',
    {
      async read({kind, name}) {
        asked.push(`${kind} ${name}`);
        return object;
      },
    },
    new AbortController().signal,
  );
  expect(asked).toEqual(['Node gpu-01']);
  return 'found' in look ? look.found : look.waitsFor;
}

test('a node is Ready when its kubelet says so', async () => {
  expect(await saidOf(ready('True'))).toBe(true);
  expect(await saidOf(node({conditions: [{type: 'MemoryPressure', status: 'True'}]}))).toBe(
    'the node gpu-01 is unknown',
  );
});

test('one that is not says why, in words that a terminal obeys nothing of', async () => {
  expect(await saidOf(ready('False', {reason: 'KubeletNotReady', message: 'cni config\u001b[2J uninitialized'}))).toBe(
    'the node gpu-01 is not ready (cni config uninitialized)',
  );
  expect(await saidOf(ready('Unknown', {reason: 'NodeStatusUnknown'}))).toBe(
    'the node gpu-01 is unknown (NodeStatusUnknown)',
  );
  expect(await saidOf(node('?'))).toBe('the node gpu-01 is unknown');
  expect(await saidOf(undefined)).toBe('the node gpu-01 is not known');
});
