import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {MachineRemoveRequest} from '../../../src/engine/api.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import {machineRemove, planRemove, type RemoveFacts} from '../../../src/engine/plan/machine/machine-remove.ts';
import {refusal, rowsOf} from '../../helpers/plan-rows.ts';
import {asked, dead, layoutWithMore, placeOf, pod, remains, workerFacts} from './machine-change-facts.ts';

const layout = await layoutWithMore();
const request: MachineRemoveRequest = {
  ...{operation: 'machine remove', config: '/config', names: asked, updateConfig: false},
  ...{force: false, ignoreBudgets: false, dead: false, drainMs: 600_000},
};
const factsOf = (change: Partial<RemoveFacts> = {}, found: Parameters<typeof workerFacts>[2] = {}): RemoveFacts => ({
  ...workerFacts(layout, true, found),
  leaving: asked.map((name) => ({name, remains, pods: []})),
  ...change,
});
const web = pod('web-1', {controller: 'ReplicaSet web'});
const messages = (facts: RemoveFacts, change: Partial<MachineRemoveRequest> = {}) =>
  planRemove({...request, ...change}, facts).notices.map(({message}) => message);

describe('a plan to remove workers', () => {
  test('empties a node, then its machine, then takes it from the API, and tells the others last', () => {
    const plan = planRemove(request, factsOf());
    expect(plan.title).toBe('Remove gpu-[2-3] from pai');
    expect(rowsOf(plan).filter((row) => !row.startsWith('gpu-3/'))).toEqual([
      'gpu-2/cordon | decided while running',
      'gpu-2/drain | needs gpu-2/cordon | decided while running',
      'gpu-2/containers | needs gpu-2/drain | change',
      'gpu-2/node | needs gpu-2/containers | change',
      'gpu-2/files | needs gpu-2/containers | critical | change',
      ...['master-1', 'master-2', 'master-3', 'gpu-01'].map(
        (name) => `${name}/knows | needs gpu-2/node, gpu-3/node | critical | decided while running`,
      ),
    ]);
    for (const {deadlineMs} of plan.tasks) expect(deadlineMs).toBeGreaterThan(0);
  });

  test('lists the pods that go, and wants the names typed only where something is lost', () => {
    const leaving = (...pods: readonly ReturnType<typeof pod>[]) =>
      factsOf({leaving: [{name: 'gpu-2', remains, pods}]});
    const why = (facts: RemoveFacts) =>
      planRemove({...request, force: true}, facts).tasks.find(({id}) => id === 'gpu-2/drain')?.why;
    const cached = pod('db-0', {controller: 'StatefulSet db', ownVolumes: ['cache', 'tmp']});
    const over = pod('job-1', {isOver: true});
    expect(why(leaving(web, cached, over, pod('lone')))).toEqual([
      'default/web-1 (ReplicaSet web)',
      'default/db-0 (StatefulSet db; its volumes cache, tmp end with it)',
      'default/job-1 (it has ended)',
      'default/lone (no controller: it is gone for good)',
    ]);
    const confirm = (facts: RemoveFacts) => planRemove({...request, force: true}, facts).confirm;
    expect([web, over].map((one) => confirm(leaving(one)))).toEqual([undefined, undefined]);
    expect([cached, pod('lone')].map((one) => confirm(leaving(one)))).toEqual(['gpu-[2-3]', 'gpu-[2-3]']);
  });

  test('is the same whichever pods are there, and another one for other machines', () => {
    const hash = (facts: RemoveFacts) => planHash(planRemove(request, facts));
    const pods = factsOf({leaving: asked.map((name) => ({name, remains, pods: [web]}))});
    expect(hash(pods)).toBe(hash(factsOf()));
    expect(hash(factsOf({asked: ['gpu-2']}))).not.toBe(hash(factsOf()));
  });

  test('is refused where a pod has no controller, unless that is forced', () => {
    const facts = factsOf({leaving: [{name: 'gpu-2', remains, pods: [web, pod('lone')]}]});
    expect(refusal(() => planRemove(request, facts))).toMatchObject({
      code: 'eviction-refused',
      message: 'On gpu-2 a pod has no controller and would be gone for good: default/lone.',
      hint: expect.stringContaining('--force'),
    });
  });

  test.each([
    ['master-1', 'is a master: a member of etcd goes with it'],
    ['proxy-1', 'is a proxy'],
  ])('is refused for %s', async (name, says) => {
    const other = await layoutWithMore(name === 'proxy-1' ? 'proxy' : 'external-balancer');
    const facts = {...factsOf(), ...workerFacts(other, true), asked: [name]};
    expect(refusal(() => planRemove(request, facts)).message).toContain(`${name} ${says}`);
  });

  test('is refused for the only master, with what would take the cluster away', async () => {
    const facts = {...factsOf(), ...workerFacts(await layoutWithMore('single-master'), true), asked: ['master-1']};
    expect(refusal(() => planRemove(request, facts))).toMatchObject({
      message: 'master-1 is the only master: without it there is no cluster.',
      hint: expect.stringContaining('k8s-clean'),
    });
  });

  test('leaves a machine that does not answer alone, until it is said to be dead', () => {
    const facts = factsOf({asked: ['gpu-2'], leaving: [{name: 'gpu-2', pods: [web]}]}, {'gpu-2': {problem: dead}});
    const silent = {
      ...facts,
      nodes: facts.nodes.map((node) => (node.name === 'gpu-2' ? {...node, isReady: false} : node)),
    };
    expect(refusal(() => planRemove(request, silent))).toMatchObject({
      code: 'machine-unreachable',
      hint: expect.stringContaining('--dead'),
    });
    const plan = planRemove({...request, dead: true}, silent);
    expect(rowsOf(plan).filter((row) => row.startsWith('gpu-2/'))).toEqual(['gpu-2/node | change']);
    expect(plan.tasks[0]?.why).toEqual(['default/web-1 (ReplicaSet web)']);
    expect(plan.confirm).toBe('gpu-2');
    expect(messages(silent, {dead: true}).join()).toContain('gpu-2 is not asked');
  });

  test.each([
    ['it answers', {}, 'gpu-2 is not dead: it answers.'],
    [
      'it lets nobody in',
      {'gpu-2': {problem: {code: 'login-refused', message: 'The password is wrong.'}}},
      'gpu-2 is not dead: it answers: The password is wrong.',
    ],
    ['its kubelet is heard', {'gpu-2': {problem: dead}}, 'gpu-2 is not dead: the API hears its kubelet, and'],
  ] as const)('does not take a machine for dead when %s', (_why, found, says) => {
    const facts = factsOf({asked: ['gpu-2']}, found);
    const other =
      _why === 'its kubelet is heard' ? facts : {...facts, nodes: facts.nodes.map((n) => ({...n, isReady: false}))};
    expect(refusal(() => planRemove({...request, dead: true}, other)).message).toContain(says);
  });

  test('leaves out what does not answer among the others, and says so', () => {
    const facts = factsOf({}, {'gpu-01': {problem: dead}});
    expect(planRemove(request, facts).tasks.map(({on}) => on)).not.toContain('gpu-01');
    expect(messages(facts).join()).toContain('gpu-01 does not answer, and is not told of it');
  });

  test('is refused where nodes are not written down whose routes would go', () => {
    const facts = factsOf();
    const nodes = [...facts.nodes, {name: 'stranger', isReady: true, isSchedulable: true}];
    expect(refusal(() => planRemove(request, {...facts, nodes})).message).toContain(
      'nodes that the configuration does not know: stranger',
    );
    const onHost = {...facts, nodes, podNetwork: {kind: 'host'}} as const;
    expect(planRemove(request, onHost).tasks.find(({id}) => id === 'gpu-01/knows')?.title).toBe(
      'Set names of machines',
    );
  });

  test('leaves what lies on a machine that is of another cluster by now', () => {
    const others = {...remains, servers: ['https://192.0.2.7:6443']};
    const facts = factsOf({asked: ['gpu-2'], leaving: [{name: 'gpu-2', remains: others, pods: []}]});
    expect(rowsOf(planRemove(request, facts)).filter((row) => row.startsWith('gpu-2/'))).toEqual([
      'gpu-2/cordon | decided while running',
      'gpu-2/drain | needs gpu-2/cordon | decided while running',
      'gpu-2/node | needs gpu-2/drain | change',
    ]);
    expect(messages(facts).join()).toContain('what lies on it stays');
  });

  test('takes the machines out of the configuration last, where that is asked for', () => {
    const lines = ['-   - hostname: gpu-2'];
    const list = {
      ...{file: '/config/layout.yaml', target: '/config/layout.yaml'},
      before: 'a',
      after: 'b',
      lines,
      machines: asked,
    };
    const task = planRemove(request, factsOf({list})).tasks.at(-1);
    expect(task).toMatchObject({
      id: 'configuration/machine-list',
      needs: ['gpu-2/node', 'gpu-3/node', 'gpu-2/files', 'gpu-3/files'],
      does: [{kind: 'file', path: '/config/layout.yaml', digest: 'b'}],
      why: lines,
    });
    expect(messages(factsOf()).at(-1)).toBe(
      'The configuration still has gpu-[2-3]: the next boot would bring them back.',
    );
    expect(messages(factsOf({list})).join()).not.toContain('still has');
  });

  test('holds the lock of the machines, and that of the cluster on all masters', () => {
    expect(machineRemove.locks(request, factsOf())).toEqual([{scope: 'machines', of: 'pai'}]);
    expect(machineRemove.clusterLock?.(request, factsOf())).toEqual({masters: ['master-1', 'master-2', 'master-3']});
  });

  test('touches nothing of other machines but what they know of names and routes, whoever is removed', () => {
    fc.assert(
      fc.property(
        fc.record({
          names: fc.subarray(['gpu-01', 'gpu-2', 'gpu-3'], {minLength: 1}),
          dead: fc.boolean(),
          gone: fc.subarray(['gpu-01', 'gpu-2', 'gpu-3']),
          silent: fc.subarray(['master-2', 'master-3']),
        }),
        ({names, dead: isDead, gone, silent}) => {
          const down = [...silent, ...(isDead ? names : [])];
          const facts = factsOf(
            {asked: names, leaving: names.map((name) => ({name, ...(isDead ? {} : {remains}), pods: [web]}))},
            Object.fromEntries(down.map((name) => [name, {problem: dead}])),
          );
          const nodes = facts.nodes
            .filter(({name}) => !gone.includes(name))
            .map((node) => ({...node, isReady: !down.includes(node.name)}));
          const {tasks} = planRemove({...request, dead: isDead}, {...facts, nodes});
          for (const {id, on, does} of tasks) {
            for (const effect of does) {
              const place = placeOf(effect);
              expect(place, id).toBe(on);
              if (names.includes(place ?? '')) continue;
              const allowed =
                /^(?:\/etc\/hosts|\/etc\/rc\.local|\/etc\/pai-tui\/\*\*|\/etc\/systemd\/system\/.*pai-tui-pod-routes\.service|~\/\.pai-tui\/.*)$/;
              if (effect.kind === 'machine file') expect(effect.path).toMatch(allowed);
              else if (effect.kind === 'script')
                expect(effect.name).toMatch(/^(?:set-hosts\.sh|set-pod-routes\.sh|(?:receive|remove) the package .*)$/);
              else throw new Error(`${id} does ${JSON.stringify(effect)}`);
            }
            if (isDead && names.includes(on ?? ''))
              expect(
                does.every(({kind}) => kind === 'kube'),
                id,
              ).toBe(true);
          }
        },
      ),
    );
  });
});
