import {describe, expect, test} from 'vitest';
import type {TreeFacts} from '../../../src/engine/cluster/tree-set/facts.ts';
import {clean} from '../../../src/engine/plan/cluster/package-sets.ts';
import {planTreeClean} from '../../../src/engine/plan/cluster/tree-clean.ts';
import {bare, booted, bootedByUs, dead, ofOthers, treeFacts} from './tree-facts.ts';

const request = {operation: 'cluster k8s-clean', config: '/cluster', source: '/tree', packageSet: 'tree'} as const;
const operation = 'clean';
const planOf = (facts: TreeFacts, force = false) => planTreeClean({...request, force}, facts);
const scriptsOf = (facts: TreeFacts, force: boolean) =>
  planOf(facts, force).tasks.map(({does}) =>
    does.flatMap((effect) => (effect.kind === 'script' && effect.args ? [effect.args.slice(1).join(' ')] : [])),
  );

describe('a plan to clean by the script of a tree', () => {
  const facts = treeFacts(booted, {operation});

  test('goes by roles as the original does, and wants the name of the cluster', () => {
    const {title, tasks, confirm, notices} = planOf(facts);
    expect(title).toBe('Take the cluster pai away from 5 machines by the scripts of its tree (v0.7), not proven');
    expect(confirm).toBe('pai');
    const masters = ['m-1/clean', 'm-2/clean'];
    expect(tasks.map(({id, after}) => [id, after])).toEqual([
      ['p-1/clean', []],
      ['m-1/clean', ['p-1/clean']],
      ['m-2/clean', ['p-1/clean']],
      ['w-1/clean', ['p-1/clean', ...masters]],
      ['w-2/clean', ['p-1/clean', ...masters]],
    ]);
    for (const task of tasks) expect(task).toMatchObject({touches: 'data', critical: true, expected: 'change'});
    expect(tasks[0]?.why).toEqual([
      'scripts of the tree run there as root, in this order: kubernetes-cleanup.sh',
      'the kubelet is there',
      'so are 2 containers of pods: kube-system/etcd-server-m-1',
      'there are /etc/kubernetes (less than 0.1 GiB)',
    ]);
    const words = notices.map(({message}) => message).join('\n');
    expect(words).toContain('Not proven');
    expect(words).toContain('containers go whose listing has "k8s_" in it, whoever they belong to');
    expect(words).toContain('The data of etcd stay where they are');
  });

  test('hands on that data are to go', () => {
    expect(scriptsOf(facts, false)).toEqual(Array(5).fill(['kubernetes-cleanup.sh']));
    expect(scriptsOf(facts, true)).toEqual(Array(5).fill(['kubernetes-cleanup.sh -f']));
    expect(planOf(facts, true).notices.map(({message}) => message)).toContain(
      'The data of etcd go for good, and with them everything the cluster knows.',
    );
  });

  test.each([
    ['A', 'v0.2', 'cleanup.sh'],
    ['D', 'v0.6', 'kubernetes-cleanup.sh'],
  ] as const)('of era %s, %s, takes data always, so that has to be asked for', (era, release, script) => {
    const old = treeFacts(booted, {operation, tools: {era, release}});
    expect(() => planOf(old)).toThrow(
      expect.objectContaining({problem: expect.objectContaining({code: 'cluster-data'})}),
    );
    expect(scriptsOf(old, true)).toEqual(Array(5).fill([script]));
    expect(planOf(treeFacts(bare, {operation, tools: {era, release}})).tasks).toEqual([]);
  });

  test('runs nothing where nothing is left, and leaves out who is dead, of others, or booted by pai-tui', () => {
    const {tasks, notices} = planOf(
      treeFacts(booted, {operation, but: {'p-1': bare, 'm-1': dead, 'w-1': ofOthers, 'w-2': bootedByUs}}),
    );
    expect(tasks.map(({id}) => id)).toEqual(['m-2/clean']);
    expect(notices.map(({message}) => message).filter((words) => words.includes('left out'))).toEqual([
      'm-1 is left out: It does not answer.',
      'w-1 is left out: it is of another cluster, whose API is https://192.0.2.1:6443.',
      'w-2 is left out: it was booted by pai-tui itself, and scripts of a tree do not take all of that away.',
    ]);
    expect(planOf(treeFacts(bare, {operation}))).toMatchObject({
      title: 'Clean nothing: nothing is left of the cluster pai',
      tasks: [],
    });
  });

  test('is refused where nobody is left to be cleaned', () => {
    expect(() => planOf(treeFacts(bootedByUs, {operation}))).toThrow(/5 problems.*booted by pai-tui itself/);
  });

  test('is what the request chooses, with the lock of the cluster', () => {
    expect(clean.plan({...request, force: false}, facts)).toEqual(
      expect.objectContaining({title: planOf(facts).title, confirm: 'pai'}),
    );
    expect(clean.clusterLock?.({...request, force: false}, facts)).toEqual({
      masters: ['m-1', 'm-2'],
      withoutMajority: true,
    });
  });
});
