import {expect, test} from 'vitest';
import {labelChange, labelsAnnotation} from '../../../src/engine/cluster/boot/node-labels.ts';

const node = (labels: Readonly<Record<string, string>>, noted?: string) => ({
  ...{apiVersion: 'v1', kind: 'Node'},
  metadata: {name: 'gpu-01', labels, ...(noted === undefined ? {} : {annotations: {[labelsAnnotation]: noted}})},
});

test('labels of the configuration are put, and noted down as its own', () => {
  expect(labelChange(node({zone: 'a'}), ['pai-worker', 'jobhistory'])).toEqual({
    patch: {
      metadata: {
        labels: {'pai-worker': 'true', jobhistory: 'true'},
        annotations: {[labelsAnnotation]: 'jobhistory,pai-worker'},
      },
    },
    removed: [],
  });
});

test('those that left it go, and nobody else’s do', () => {
  const there = {'pai-worker': 'true', jobhistory: 'true', zookeeper: 'ours', gpu: 'true', zone: 'a'};
  expect(labelChange(node(there, 'jobhistory,pai-worker,zookeeper,gone'), ['pai-worker'])).toEqual({
    patch: {
      metadata: {labels: {'pai-worker': 'true', jobhistory: null}, annotations: {[labelsAnnotation]: 'pai-worker'}},
    },
    removed: ['jobhistory'],
  });
});

test('the last of them goes with the note, and a node without any is left alone', () => {
  expect(labelChange(node({jobhistory: 'true'}, 'jobhistory'), [])?.patch).toEqual({
    metadata: {labels: {jobhistory: null}, annotations: {[labelsAnnotation]: null}},
  });
  expect(labelChange(node({jobhistory: 'true'}), [])).toBeUndefined();
});
