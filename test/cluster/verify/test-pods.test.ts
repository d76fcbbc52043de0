import {describe, expect, test} from 'vitest';
import {addressesOf, lateNodes} from '../../../src/engine/cluster/verify/judge-pods.ts';
import {
  answeringObjects,
  askingObjects,
  podTrial,
  provenWords,
  targetsOf,
  trialObjects,
} from '../../../src/engine/cluster/verify/test-pods.ts';
import {type KubePod, nameOf, objectWords} from '../../../src/engine/kube-tools.ts';
import {readyPod} from '../../helpers/kube-scene.ts';
import {clusterOf} from '../sample-clusters.ts';

const layout = await clusterOf('proxy');
const range = '10.200.0.0/16';
const names = (count: number) => [...Array(count).keys()].map((number) => `node-${String(number).padStart(4, '0')}`);
const addresses = (count: number) => new Map(names(count).map((name, number) => [name, `10.200.${number}.2`]));

describe('what pods try', () => {
  test('is each other only where the network promises it, and names only with a DNS of the cluster', () => {
    const trial = podTrial(layout, {kind: 'routes', range, ranges: {}});
    expect(trial).toEqual({
      image: layout.images.hyperkube,
      serviceAddress: layout.serviceAddress,
      acrossMachines: true,
    });
    expect(podTrial(layout, {kind: 'manifest', range, file: '/cni.yaml'}).acrossMachines).toBe(true);
    expect(podTrial(layout, {kind: 'host'}).acrossMachines).toBe(false);
    expect(podTrial({...layout, dnsManifest: '/dns.yaml'}, {kind: 'host'}).apiName).toBe(
      `kubernetes.default.svc.${layout.domain}`,
    );
  });

  test.each([
    ['host', {kind: 'host'} as const],
    ['routes', {kind: 'routes', range, ranges: {}} as const],
  ])('with the pod network %s makes the objects that the plan names, and no others', (_kind, network) => {
    const trial = podTrial(layout, network);
    const made = [...answeringObjects(trial, 'run-1'), ...askingObjects(trial, addresses(2), 'run-1')].map(nameOf);
    const planned = trialObjects(trial).map((object) => objectWords(object).replace('$RUN', 'run-1'));
    expect(made.map(objectWords)).toEqual(planned);
  });

  test('goes on every node, whatever it is tainted with, and holds no rights where it answers', () => {
    const trial = podTrial(layout, {kind: 'routes', range, ranges: {}});
    const [, answer] = answeringObjects(trial, 'run-1');
    expect(answer).toMatchObject({
      kind: 'DaemonSet',
      metadata: {namespace: 'pai-tui-run-1'},
      spec: {template: {spec: {automountServiceAccountToken: false, tolerations: [{operator: 'Exists'}]}}},
    });
  });

  test.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 2],
    [11, 10],
    [12, 10],
    [16, 10],
    [1000, 10],
  ])('of %i nodes each asks %i others, none twice and never itself', (count, wanted) => {
    const targets = targetsOf(addresses(count));
    expect(Object.keys(targets)).toEqual(names(count));
    for (const [node, text] of Object.entries(targets)) {
      const asked = text.split('\n').filter((line) => line !== '');
      expect(new Set(asked).size, node).toBe(wanted);
      expect(asked.every((line) => /^node-\d{4} 10\.200\.\d+\.2$/.test(line) && !line.startsWith(`${node} `))).toBe(
        true,
      );
    }
    // A ConfigMap holds a megabyte.
    expect(JSON.stringify(targets).length).toBeLessThan(1_000_000);
  });

  test('is said in words', () => {
    const trial = {image: 'i', serviceAddress: '10.254.0.1', acrossMachines: true};
    expect(provenWords(trial, 1)).toBe('the API at 10.254.0.1');
    expect(provenWords(trial, 3)).toBe('the API at 10.254.0.1, pods of every other');
    expect(provenWords({...trial, apiName: 'kubernetes'}, 100)).toBe(
      'the API at 10.254.0.1 and by name, pods of 10 others',
    );
    expect(provenWords({...trial, acrossMachines: false}, 3)).toContain('was not tried');
  });
});

describe('nodes whose test pod is late', () => {
  const pod = (node: string | undefined, more: Partial<KubePod> = {}): KubePod =>
    readyPod({
      ...{namespace: 'n', name: `ask-${node}`, address: '10.200.1.2'},
      ...(node === undefined ? {} : {node}),
      ...more,
    });

  test.each<[string, readonly KubePod[], string | undefined]>([
    ['one that is ready', [pod('a')], undefined],
    ['none', [], 'has no pod'],
    ['one of another node', [pod('b')], 'has no pod'],
    ['one that was told to go', [pod('a', {leaving: true})], 'has no pod'],
    [
      'one that waits for a place',
      [pod(undefined, {ready: false, phase: 'Pending', message: '0/2 nodes are available'})],
      'has no pod; one waits for a place: 0/2 nodes are available',
    ],
    [
      'one without its image',
      [pod('a', {ready: false, phase: 'Pending', reason: 'ErrImagePull', message: 'no such image'})],
      'does not start its pod: ErrImagePull: no such image',
    ],
    ['one that begins', [pod('a', {ready: false, phase: 'Pending'})], 'has a pod that is Pending'],
    ['one that still tries', [pod('a', {ready: false})], 'has a pod that has not reached everything'],
    ['an old one beside a ready one', [pod('a', {ready: false, phase: 'Failed'}), pod('a')], undefined],
  ])('%s', (_what, pods, words) => {
    expect(lateNodes(['a'], pods).map((late) => late.words)).toEqual(words === undefined ? [] : [words]);
  });

  test('are left out of whom others ask', () => {
    const pods = [pod('a'), pod('b', {ready: false}), pod('c', {leaving: true}), pod('d', {address: '10.200.4.2'})];
    expect([...addressesOf(['a', 'b', 'c', 'd'], pods)]).toEqual([
      ['a', '10.200.1.2'],
      ['d', '10.200.4.2'],
    ]);
  });
});
