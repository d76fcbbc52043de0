import {describe, expect, test} from 'vitest';
import type {MachineAddRequest} from '../../../src/engine/api.ts';
import {type AddFacts, machineAdd, planAdd} from '../../../src/engine/plan/machine/machine-add.ts';
import {refusal, rowsOf} from '../../helpers/plan-rows.ts';
import {asked, dead, layoutWithMore, placeOf, workerFacts} from './machine-change-facts.ts';

const layout = await layoutWithMore();
const request: MachineAddRequest = {operation: 'machine add', config: '/config', names: asked, updateConfig: false};
const factsOf = (change: Partial<AddFacts> = {}, found: Parameters<typeof workerFacts>[2] = {}): AddFacts => ({
  ...workerFacts(layout, false, found),
  ...change,
});
const messages = (facts: AddFacts) => planAdd(request, facts).notices.map(({message}) => message);

describe('a plan to add workers', () => {
  test('lets each go on by itself, and tells the others', () => {
    const plan = planAdd(request, factsOf());
    expect(plan.title).toBe('Add gpu-[2-3] to pai');
    expect(rowsOf(plan).filter((row) => !row.startsWith('gpu-3/'))).toEqual([
      'cluster/api-ready | unchanged',
      'gpu-2/system | critical | change',
      'gpu-2/docker | needs gpu-2/system | critical | change',
      'gpu-2/images | needs gpu-2/docker | change',
      'gpu-2/certificates | needs gpu-2/images | critical | change',
      'gpu-2/kubelet | needs gpu-2/certificates, cluster/api-ready | change',
      'gpu-2/node | needs gpu-2/kubelet, cluster/api-ready | decided while running',
      ...['master-1', 'master-2', 'master-3', 'gpu-01'].map(
        (name) => `${name}/knows | critical | decided while running`,
      ),
      'cluster/nodes-ready | needs cluster/api-ready | after gpu-2/node, gpu-3/node | unchanged',
      expect.stringMatching(/^cluster\/verify-pods \| needs cluster\/nodes-ready \| after .*master-1\/knows/),
      'cluster/verify-pods-removed | needs cluster/api-ready | after cluster/verify-pods | unchanged',
    ]);
    const ids = plan.tasks.map(({id}) => id);
    for (const {needs, after = []} of plan.tasks) expect(ids).toEqual(expect.arrayContaining([...needs, ...after]));
  });

  test('touches nothing of others but what they know of names and routes', () => {
    for (const {id, does} of planAdd(request, factsOf()).tasks) {
      for (const effect of does) {
        const place = placeOf(effect);
        if (place === undefined || asked.includes(place)) continue;
        expect(id).toBe(`${place}/knows`);
        if (effect.kind === 'script')
          expect(effect.name).toMatch(/^(?:set-hosts\.sh|set-pod-routes\.sh|.* the package .*)$/);
        else expect(effect.kind).toBe('machine file');
      }
    }
  });

  test('tells masters and proxies from where plain HTTP may come, where it is offered', async () => {
    const plain = {...(await layoutWithMore('proxy')), plainHttp: true};
    const {tasks} = planAdd(request, {...factsOf(), ...workerFacts(plain, false)});
    const names = (id: string) =>
      tasks
        .find((task) => task.id === id)
        ?.does.flatMap((effect) => (effect.kind === 'machine file' ? [effect.path] : []));
    expect(names('proxy-1/knows')).toContain('/etc/kubernetes/haproxy/haproxy.cfg');
    expect(names('master-1/knows')).not.toContain('/etc/kubernetes/haproxy/haproxy.cfg');
    expect(names('master-1/plain-http')).toContain('/etc/kubernetes/plain-http/haproxy.cfg');
    expect(tasks.map(({id}) => id)).not.toContain('gpu-01/plain-http');
  });

  test('leaves out who does not answer, among the new ones and the others', () => {
    const facts = factsOf({}, {'gpu-2': {problem: dead}, 'master-3': {problem: dead}});
    const plan = planAdd(request, facts);
    expect(plan.title).toBe('Add gpu-3 to pai');
    expect(plan.tasks.map(({on}) => on)).not.toContain('gpu-2');
    expect(plan.tasks.map(({on}) => on)).not.toContain('master-3');
    expect(messages(facts).join('\n')).toMatch(
      /gpu-2 is left out: Nobody.*\n(?:.*\n)*master-3 does not answer, and is not told/,
    );
    const none = factsOf({}, Object.fromEntries(asked.map((name) => [name, {problem: dead}])));
    expect(refusal(() => planAdd(request, none)).code).toBe('machine-unreachable');
  });

  test('is stopped by failed checks of the new ones, and by none of others', () => {
    const failed = (machine: string) =>
      factsOf({checks: [{machine, check: 'cgroup', state: 'failed', detail: 'There is no memory controller.'}]});
    expect(refusal(() => planAdd(request, failed('gpu-2')))).toMatchObject({
      code: 'check-failed',
      message: 'gpu-2: There is no memory controller.',
    });
    expect(planAdd(request, failed('gpu-01')).tasks.length).toBeGreaterThan(0);
    const twins = (detail: string) => factsOf({checks: [{check: 'identity', state: 'failed', detail}]});
    expect(refusal(() => planAdd(request, twins('gpu-01, gpu-3 have the same machine-id.'))).message).toContain(
      'machine-id',
    );
    expect(planAdd(request, twins('gpu-01, master-1 have the same machine-id.')).tasks.length).toBeGreaterThan(0);
  });

  test('reads the authorities from a master that serves, and is refused where none has them', () => {
    const without = {servesApi: true, authority: 'none'} as const;
    const facts = factsOf({}, {'master-1': without, 'master-2': without, 'master-3': without});
    expect(refusal(() => planAdd(request, facts))).toMatchObject({code: 'certificate-invalid'});
    expect(planAdd(request, factsOf({}, {'master-1': {problem: dead}})).tasks.length).toBeGreaterThan(0);
  });

  test.each(['master-1', 'proxy-1'])('takes workers alone, and not %s', async (name) => {
    const facts = {...factsOf(), ...workerFacts(await layoutWithMore('proxy'), false), asked: [name]};
    expect(refusal(() => planAdd(request, facts))).toMatchObject({code: 'usage', machine: name});
  });

  test('says what the configuration does not know, and writes it where that is asked for', () => {
    const facts = factsOf({unwritten: asked});
    expect(messages(facts).at(-1)).toContain('The configuration does not know gpu-[2-3]: the next boot would take');
    const lines = ['+   - hostname: gpu-2'];
    const list = {
      ...{file: '/config/layout.yaml', target: '/real/layout.yaml'},
      before: 'a',
      after: 'b',
      lines,
      machines: asked,
    };
    expect(planAdd(request, {...facts, list}).tasks.at(-1)).toMatchObject({
      ...{id: 'configuration/machine-list', needs: ['gpu-2/node', 'gpu-3/node'], why: lines},
      does: [{kind: 'file', path: '/real/layout.yaml', digest: 'b'}],
    });
    expect(messages({...facts, list}).join()).not.toContain('does not know');
  });

  test('leaves a node that was cordoned so, and is called otherwise where all are there', () => {
    const there = workerFacts(layout, true);
    const nodes = there.nodes.map((node) => ({...node, isSchedulable: node.name !== 'gpu-2'}));
    const plan = planAdd(request, {...there, nodes});
    expect(plan.title).toBe('See that gpu-[2-3] are part of pai');
    expect(plan.notices.map(({message}) => message)).toContain('gpu-2 is cordoned, and stays so: no pods come to it.');
  });

  test('holds the lock of the machines, and that of the cluster on all masters', () => {
    expect(machineAdd.locks(request, factsOf())).toEqual([{scope: 'machines', of: 'pai'}]);
    expect(machineAdd.clusterLock?.(request, factsOf())).toEqual({masters: ['master-1', 'master-2', 'master-3']});
  });
});
