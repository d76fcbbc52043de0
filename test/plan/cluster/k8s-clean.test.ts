import {describe, expect, it} from 'vitest';
import type {Remains} from '../../../src/engine/cluster/clean/remains.ts';
import type {ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {type CleanFacts, k8sClean, planClean} from '../../../src/engine/plan/cluster/k8s-clean.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import {bootableLayout} from '../../cluster/layouts.ts';

const machine = (name: string, number: number, role: ClusterMachine['roles'][number]): ClusterMachine => ({
  ...{name, nodeName: name, address: `10.0.0.${number}`, roles: [role], dockerData: '/mnt/docker', labels: []},
  ...(role === 'master' ? {etcdId: `etcd-${name}`} : {}),
});
const masters = [machine('m-1', 1, 'master'), machine('m-2', 2, 'master')];
const workers = [machine('w-1', 11, 'worker')];
const layout = {
  ...(await bootableLayout()),
  ...{name: 'pai', machines: [...masters, ...workers], masters, workers, proxies: []},
  ...{api: {host: '10.0.0.200', port: 6443}, etcdDataPath: '/var/etcd'},
};

const nothing: Remains = {
  containers: {hasKubelet: false, count: 0, pods: [], others: 0},
  ...{folders: [], files: [], hasRules: false, etcdData: [], etcdKept: [], servers: []},
};
const booted: Remains = {
  ...nothing,
  containers: {hasKubelet: true, count: 3, pods: ['kube-system/kube-proxy-x', 'default/web'], others: 2},
  folders: [
    {path: '/etc/kubernetes', bytes: 60_000},
    {path: '/var/lib/kubelet', bytes: 1.25 * 2 ** 30},
  ],
  files: ['/etc/hosts'],
  hasRules: true,
  servers: ['https://127.0.0.1:6443', 'https://10.0.0.200:6443'],
};
const bootedMaster: Remains = {...booted, etcdData: [{path: '/var/etcd/data', bytes: 2 ** 29}]};

const request = {operation: 'cluster k8s-clean', config: '/cluster', force: false} as const;
const factsOf = (...remains: readonly (Remains | undefined)[]): CleanFacts => ({
  layout,
  machines: layout.machines.map(({name}, index) => {
    const found = remains[index];
    const message = `${name} does not answer.`;
    return found ? {name, remains: found} : {name, problem: {code: 'machine-unreachable', message, hint: 'Wake it.'}};
  }),
});
const whole = factsOf(bootedMaster, bootedMaster, booted);
const taskOf = (id: string, facts = whole, force = false) =>
  planClean({...request, force}, facts).tasks.find((task) => task.id === id);

describe('a plan to clean a cluster', () => {
  it('stops workers, then masters, and touches data when all have stopped', () => {
    const {tasks, title} = planClean(request, whole);
    expect(title).toBe('Take the cluster pai away from 3 machines');
    expect(tasks.map(({id, needs, after = [], critical = false}) => [id, needs, after, critical])).toEqual([
      ['m-1/containers', [], ['w-1/containers'], false],
      ['m-1/etcd-data', ['m-1/containers'], ['m-2/containers'], true],
      ['m-1/files', ['m-1/etcd-data'], [], true],
      ['m-2/containers', [], ['w-1/containers'], false],
      ['m-2/etcd-data', ['m-2/containers'], ['m-1/containers'], true],
      ['m-2/files', ['m-2/etcd-data'], [], true],
      ['w-1/containers', [], [], false],
      ['w-1/files', ['w-1/containers'], [], true],
    ]);
    for (const {touches, expected, deadlineMs} of tasks) {
      expect([touches, expected]).toEqual(['data', 'change']);
      expect(deadlineMs).toBeGreaterThan(0);
    }
  });

  it('says what goes on each machine, and asks for the name of the cluster', () => {
    expect(planClean(request, whole).confirm).toBe('pai');
    expect(taskOf('w-1/containers')?.why).toEqual([
      'the kubelet is there',
      'so are 3 containers of pods: kube-system/kube-proxy-x, default/web',
    ]);
    expect(taskOf('w-1/files')?.why).toEqual([
      'there are /etc/kubernetes (less than 0.1 GiB), /var/lib/kubelet (1.3 GiB), /etc/hosts',
      'there are rules of kube-proxy, or for packets to pods',
    ]);
    expect(taskOf('m-1/etcd-data')?.why).toEqual([
      'those in /var/etcd/data (0.5 GiB) stay beside it, with the id of the run in their name',
    ]);
    expect(taskOf('m-1/etcd-data', whole, true)?.why).toEqual(['those in /var/etcd/data (0.5 GiB) go for good']);
  });

  it('keeps the data of etcd under the id of the run, or removes them where that was asked for', () => {
    const scripts = (force: boolean) =>
      taskOf('m-2/etcd-data', whole, force)?.does.flatMap((effect) =>
        effect.kind === 'script' && effect.name === 'clean-etcd-data.sh' ? [effect.args?.slice(1)] : [],
      );
    expect(scripts(false)).toEqual([['clean-etcd-data.sh', '/var/etcd', 'kept-$RUN']]);
    expect(scripts(true)).toEqual([['clean-etcd-data.sh', '/var/etcd', 'remove']]);
    const paths = taskOf('m-2/etcd-data')?.does.flatMap((effect) =>
      effect.kind === 'machine file' ? effect.path : [],
    );
    expect(paths).toContain('/var/etcd/data.kept-$RUN/**');
    const says = (force: boolean) =>
      planClean({...request, force}, whole)
        .notices.map(({message}) => message)
        .join();
    expect(says(false)).toContain('moved aside on each master, and the next boot starts empty');
    expect(says(true)).toContain('go for good');
  });

  it('is the same when sizes and counts are others a moment later, and another one for other machines', () => {
    const hash = (...remains: readonly (Remains | undefined)[]) => planHash(planClean(request, factsOf(...remains)));
    const later: Remains = {
      ...bootedMaster,
      containers: {hasKubelet: true, count: 5, pods: ['a/b'], others: 0},
      folders: [{path: '/var/lib/kubelet'}],
      etcdData: [{path: '/var/etcd/data', bytes: 1}],
    };
    expect(hash(later, bootedMaster, booted)).toBe(hash(bootedMaster, bootedMaster, booted));
    expect(hash(bootedMaster, bootedMaster, undefined)).not.toBe(hash(bootedMaster, bootedMaster, booted));
  });

  it('says what stays', () => {
    const earlier = {...bootedMaster, etcdKept: [{path: '/var/etcd/data.kept-1', bytes: 3 * 2 ** 30}]};
    const messages = planClean(request, factsOf(earlier, bootedMaster, booted)).notices.map(({message}) => message);
    expect(messages).toContain(
      'Data of etcd that were moved aside earlier stay on m-1: /var/etcd/data.kept-1 (3.0 GiB).',
    );
    expect(messages.at(-1)).toContain('6 containers that are not of the cluster');
    expect(messages.at(-1)).toContain('the kubeconfig of this computer');
  });

  it('leaves out a machine that is dead, or of another cluster, and cleans the others', () => {
    const other = {...booted, servers: ['http://127.0.0.1:8080', 'https://192.168.9.9:6443']};
    const {tasks, notices} = planClean(request, factsOf(bootedMaster, undefined, other));
    expect(new Set(tasks.map(({on}) => on))).toEqual(new Set(['m-1']));
    expect(notices.filter(({severity}) => severity === 'warning')).toMatchObject([
      {code: 'machine-unreachable', machine: 'm-2', message: expect.stringContaining('m-2 is left out')},
      {code: 'other-cluster', machine: 'w-1', message: expect.stringContaining('https://192.168.9.9:6443')},
    ]);
    expect(notices[0]?.hint).toMatch(/^Wake it\. What lies on it stays/);
  });

  it.each([
    ['a master by plain HTTP, as of old', 'http://10.0.0.1:8080'],
    ['a master', 'https://10.0.0.2:6443'],
    ['the address of the API', 'https://10.0.0.200:6443'],
    ['itself alone', 'https://127.0.0.1:6443'],
  ])('takes a machine whose kubeconfig leads to %s for its own', (_what, server) => {
    expect(taskOf('w-1/files', factsOf(nothing, nothing, {...booted, servers: [server]}))?.expected).toBe('change');
  });

  it('leaves out a machine whose API is one of our workers', () => {
    const {tasks, notices} = planClean(
      request,
      factsOf(nothing, nothing, {...booted, servers: ['https://10.0.0.11:6443']}),
    );
    expect(tasks.map(({on}) => on)).not.toContain('w-1');
    expect(notices[0]).toMatchObject({code: 'other-cluster', machine: 'w-1'});
  });

  it('leaves out a machine whose kubelet somebody else started', () => {
    const others = {...booted, servers: ['https://127.0.0.1:6443'], hasOthersKubelet: true} as const;
    const {tasks, notices} = planClean(request, factsOf(nothing, nothing, others));
    expect(tasks.map(({on}) => on)).not.toContain('w-1');
    expect(notices[0]).toMatchObject({
      ...{code: 'other-cluster', machine: 'w-1'},
      message: expect.stringContaining('whose kubelet was started neither by pai-tui nor by OpenPAI.'),
    });
  });

  it('refuses where no machine can be cleaned, with why', () => {
    expect(() => planClean(request, factsOf())).toThrow('3 problems are in the way');
  });

  it('has nothing to do where nothing is left, and asks for nothing', () => {
    const kept = {...nothing, etcdKept: [{path: '/var/etcd/data.kept-1'}]};
    const plan = planClean(request, factsOf(kept, nothing, nothing));
    expect(plan.title).toBe('Clean nothing: nothing is left of the cluster pai');
    expect(plan.tasks.map(({expected}) => expected)).toEqual(Array(8).fill('unchanged'));
    expect(plan.tasks.flatMap(({why}) => why)).toEqual([]);
    expect(plan.confirm).toBeUndefined();
    expect(plan.notices.map(({message}) => message)).toEqual([
      'Data of etcd that were moved aside earlier stay on m-1: /var/etcd/data.kept-1.',
    ]);
  });

  it('cleans what is left on one machine alone', () => {
    const {title, tasks, confirm} = planClean(request, factsOf(nothing, nothing, {...nothing, files: ['/etc/hosts']}));
    expect(title).toBe('Take the cluster pai away from 1 machine');
    expect(tasks.filter(({expected}) => expected !== 'unchanged').map(({id}) => id)).toEqual(['w-1/files']);
    expect(confirm).toBe('pai');
  });

  it('leaves it to the machine where docker does not answer', () => {
    const {containers: _unknown, ...silent} = nothing;
    expect(taskOf('w-1/containers', factsOf(nothing, nothing, silent))).toMatchObject({
      expected: 'decided while running',
      why: ['docker does not answer: start it first, without it none can be removed'],
    });
  });

  it('is locked on every master that answers, and not where there is none', () => {
    expect(k8sClean.clusterLock?.(request, factsOf(undefined, bootedMaster, booted))).toEqual({
      masters: ['m-1', 'm-2'],
      withoutMajority: true,
    });
    expect(k8sClean.clusterLock?.(request, factsOf(undefined, undefined, booted))).toBeUndefined();
    expect(k8sClean.locks(request, whole)).toEqual([
      {scope: 'services', of: 'pai'},
      {scope: 'machines', of: 'pai'},
    ]);
  });
});
