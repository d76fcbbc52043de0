import {describe, expect, test} from 'vitest';
import type {BootupRequest} from '../../../src/engine/api.ts';
import type {Remains} from '../../../src/engine/cluster/clean/remains.ts';
import type {TreeFacts} from '../../../src/engine/cluster/tree-set/facts.ts';
import type {TreeTools} from '../../../src/engine/cluster/tree-set/scripts.ts';
import {bootup} from '../../../src/engine/plan/cluster/package-sets.ts';
import {planTreeBootup} from '../../../src/engine/plan/cluster/tree-bootup.ts';
import {effectWords} from '../../../src/engine/plan/effect-words.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {bare, booted, bootedByUs, dead, ofOthers, oneMaster, treeFacts} from './tree-facts.ts';

const request: BootupRequest = {
  operation: 'cluster k8s-bootup',
  ...{config: '/cluster', source: '/tree', packageSet: 'tree', verify: false},
  ...{kubeconfig: '/home/x/.kube/config', programs: '/home/x/bin'},
};
const planOf = (facts: TreeFacts) => planTreeBootup(request, facts);
const bareFacts = treeFacts(bare);
const said = (facts: TreeFacts) =>
  planOf(facts)
    .notices.map(({severity, message}) => `${severity}: ${message}`)
    .join('\n');

describe('a plan to boot by the scripts of a tree', () => {
  test('goes by roles: proxies, masters, workers, and then the API has to answer', () => {
    const {tasks, title} = planOf(bareFacts);
    expect(title).toBe('Boot pai by the scripts of its tree (v0.7), not proven: Kubernetes v1.9.9 on 5 machines');
    const masters = ['m-1/boot', 'm-2/boot'];
    expect(tasks.map(({id, needs, after}) => [id, needs, after])).toEqual([
      ['p-1/boot', [], []],
      ['m-1/boot', [], ['p-1/boot']],
      ['m-2/boot', [], ['p-1/boot']],
      ['w-1/boot', [], ['p-1/boot', ...masters]],
      ['w-2/boot', [], ['p-1/boot', ...masters]],
      ['cluster/api-answers', [], ['p-1/boot', ...masters]],
    ]);
    for (const task of tasks.slice(0, -1)) {
      expect(task).toMatchObject({touches: 'a machine', expected: 'change', critical: true});
      expect(task.deadlineMs).toBeGreaterThan(0);
      expect(task.retry).toBeUndefined();
    }
  });

  test('lets no worker join a cluster whose only master failed', () => {
    const {tasks} = planOf(treeFacts(bare, {layout: oneMaster}));
    for (const id of ['w-1/boot', 'cluster/api-answers'])
      expect(tasks.find((task) => task.id === id)?.needs).toEqual(['m-1/boot']);
  });

  const ofTools: readonly (readonly [TreeTools, job: string, scripts: readonly string[]])[] = [
    [{era: 'B', release: 'v0.4'}, 'src', ['start.sh 10.0.0.9:8080 operator 10.0.0.11']],
    [
      {era: 'C', release: 'v0.5'},
      'worker-deployment',
      ['hosts-check.sh 10.0.0.11', 'docker-ce-install.sh', 'kubelet-start.sh worker-deployment'],
    ],
    [
      {era: 'G', release: 'v0.14'},
      'worker-deployment',
      ['hosts-check.sh 10.0.0.11', 'docker-ce-install.sh worker-deployment', 'kubelet-start.sh worker-deployment'],
    ],
  ];
  test.each(ofTools)(
    'names each script with its arguments, and that it changes whatever it does: $release',
    (tools, job, scripts) => {
      const task = planOf(treeFacts(bare, {tools})).tasks.find(({id}) => id === 'w-1/boot');
      expect(task?.why).toEqual([
        `scripts of the tree run there as root, in this order: ${scripts.map((script) => script.split(' ')[0]).join(', then ')}`,
      ]);
      const folder = `~/.pai-tui/<run>/${job}`;
      expect(task?.does.map(effectWords)).toEqual([
        `write below ${folder} on w-1`,
        `run receive the package ${job} on w-1`,
        `run remove the package ${job} on w-1 as root`,
        ...scripts.map((script) => {
          const [name = '', ...args] = script.split(' ');
          return `run ${[name, `'${folder}'`, script.split(' ')[0], ...args].join(' ')} on w-1 as root`;
        }),
        'write /etc/kubernetes/config on w-1',
        'write below / on w-1 (decided while running: whatever these scripts do, to containers and programs too)',
      ]);
    },
  );

  test('warns of what is not proven, and of what is less safe', () => {
    const words = said(bareFacts);
    expect(words).toContain(
      'warning: Not proven: scripts of the tree (v0.7) run as root on m-[1-2],w-[1-2],p-1. What they change is known to them alone.',
    );
    expect(words).toMatch(/warning: Less safe .*plain HTTP at 10\.0\.0\.9:8080, without TLS, without a login/);
    expect(words).toMatch(/notice: What the tools .* is not done: kubectl .* kube-proxy, the dashboard/);
    expect(words).not.toContain('start.sh');
    expect(said(treeFacts(bare, {tools: {era: 'A', release: 'v0.2'}}))).toMatch(/start\.sh .* data of etcd/);
  });

  test('leaves machines alone that have a kubelet, and out that do not answer', () => {
    const facts = treeFacts(bare, {but: {'m-1': booted, 'w-2': dead}});
    expect(planOf(facts).tasks.map(({id}) => id)).toEqual([
      ...['p-1/boot', 'm-2/boot', 'w-1/boot', 'cluster/api-answers'],
    ]);
    expect(said(facts)).toContain('notice: m-1 has a kubelet already');
    expect(said(facts)).toContain('warning: w-2 is left out: It does not answer.');
  });

  test('has nothing to do where all of them have one', () => {
    const {title, tasks} = planOf(treeFacts(booted));
    expect(title).toBe('Boot nothing: each machine of pai has a kubelet already');
    expect(tasks.map(({id, expected}) => [id, expected])).toEqual([['cluster/api-answers', 'unchanged']]);
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, Remains | Problem>>, Problem['code'], RegExp])[] =
    [
      [
        'most masters are dead',
        {'m-2': dead},
        'machine-unreachable',
        /^m-2 cannot be reached: etcd needs 2 of 2 masters/,
      ],
      ['a machine lets nobody in', {'w-1': {code: 'login-refused', message: 'No.'}}, 'login-refused', /No/],
      ['a machine is of others', {'w-1': ofOthers}, 'other-cluster', /another cluster, whose API is https:\/\/192/],
      ['pai-tui booted it by itself', {'w-1': bootedByUs}, 'other-cluster', /as pai-tui boots it by itself/],
    ];
  test.each(refusals)('is refused where %s', (_why, but, code, message) => {
    expect(() => planOf(treeFacts(bare, {but}))).toThrow(
      expect.objectContaining({problem: expect.objectContaining({code, message: expect.stringMatching(message)})}),
    );
  });

  test('is another one where a package is another, and is what the request chooses', () => {
    const hash = planHash(planOf(bareFacts));
    expect(planHash(bootup.plan(request, bareFacts))).toBe(hash);
    const [first, ...others] = bareFacts.machines;
    if (!first) throw new Error('no machine');
    const changed = {...first, package: {...first.package, digest: 'another'}};
    expect(planHash(planOf({...bareFacts, machines: [changed, ...others]}))).not.toBe(hash);
  });
});
