import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createKubeAccess} from '../../src/engine/kube/create-kube.ts';
import {readKubeconfig} from '../../src/engine/kube/kubeconfig.ts';
import {connectApi} from '../../src/engine/kube/request.ts';
import type {Kube, KubeObject, KubePod, PlacedPod} from '../../src/engine/kube-tools.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import {Secret} from '../../src/engine/secret.ts';

/** An API server of version 1.20.2 with nothing in it but what it makes itself: no controllers, no kubelets. */
export interface ContractWorld {
  readonly server: string;
  /** Of a member of system:masters. */
  readonly admin: Secret;
  /** Of a user that no role is bound to. */
  readonly stranger: Secret;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** What we build on of every API server; `openMs` is the time that opening one may take. */
export function describeContract(name: string, open: () => Promise<ContractWorld>, openMs: number): void {
  describe(`the contract with ${name}`, () => {
    let world: ContractWorld;
    let kube: Kube;
    beforeAll(async () => {
      world = await open();
      kube = createKubeAccess().open(world.admin);
    }, openMs);
    afterAll(async () => {
      await kube?.close();
      await world?.close();
    });
    const setStatus = (path: string, status: object) => {
      const body = {type: 'application/merge-patch+json', text: JSON.stringify({status})};
      const api = connectApi(readKubeconfig(world.admin), 30_000);
      return api
        .send({method: 'PATCH', path: `${path}/status`, wanted: 'set a status', body}, never)
        .finally(api.close);
    };

    it('tells its version, and that it is ready', async () => {
      expect(await kube.version(never)).toBe('v1.20.2');
      expect(await kube.notReady(never)).toEqual([]);
      expect(kube.server).toBe(world.server);
    });

    it('says whether applying an object created it, changed it or left it', async () => {
      const object = configMap('applied', {x: '1'});
      expect(await kube.wouldApply(object, never)).toBe('created');
      expect(await kube.read(named('applied'), never)).toBeUndefined();
      expect(await kube.apply(object, never)).toBe('created');
      expect(await kube.apply(object, never)).toBe('unchanged');
      const changed = configMap('applied', {x: '2'});
      expect(await kube.wouldApply(object, never)).toBe('unchanged');
      expect(await kube.wouldApply(changed, never)).toBe('changed');
      expect(await kube.read(named('applied'), never)).toMatchObject({data: {x: '1'}});
      expect(await kube.apply(changed, never)).toBe('changed');
      expect(await kube.read(named('applied'), never)).toMatchObject({data: {x: '2'}});
    });

    it('applies an object whose fields the server fills up, and is unchanged the second time', async () => {
      const labels = {app: 'filled'};
      const object: KubeObject = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {name: 'filled', namespace: 'kube-system', labels},
        spec: {
          selector: {matchLabels: labels},
          template: {metadata: {labels}, spec: {containers: [{name: 'main', image: 'main:1'}]}},
        },
      };
      expect(await kube.apply(object, never)).toBe('created');
      expect(await kube.apply(object, never)).toBe('unchanged');
      const {apiVersion, kind} = object;
      const patched = {spec: {template: {spec: {nodeSelector: {gpu: 'yes'}}}}};
      const name = {apiVersion, kind, name: 'filled', namespace: 'kube-system'};
      expect(await kube.patch(name, patched, never)).toBe('changed');
      expect(await kube.apply(object, never)).toBe('unchanged');
      expect(await kube.read(name, never)).toMatchObject(patched);
      await kube.remove(name, never);
    });

    it('patches what is there, removes keys that are null, and says when nothing was different', async () => {
      await kube.apply(configMap('patched', {x: '1', y: '1'}), never);
      expect(await kube.patch(named('patched'), {data: {x: '2', y: null}}, never)).toBe('changed');
      expect(await kube.patch(named('patched'), {data: {x: '2', y: null}}, never)).toBe('unchanged');
      const read = await kube.read(named('patched'), never);
      expect(read?.['data']).toEqual({x: '2'});
      expect(await problemOf(kube.patch(named('nowhere'), {data: {}}, never))).toMatchObject({
        code: 'not-found',
        message: `The API server at ${world.server} has no ConfigMap default/nowhere.`,
      });
    });

    it('removes what is there, and says when it was not', async () => {
      await kube.apply(configMap('removed', {}), never);
      expect(await kube.remove(named('removed'), never)).toBe('removed');
      expect(await kube.remove(named('removed'), never)).toBe('not there');
      expect(await kube.read(named('removed'), never)).toBeUndefined();
    });

    it('knows kinds by asking, and says which it does not know', async () => {
      const foreign = {apiVersion: 'example.com/v1', kind: 'Widget', metadata: {name: 'w'}};
      const name = {apiVersion: 'example.com/v1', kind: 'Widget', name: 'w'};
      expect(await kube.read(name, never)).toBeUndefined();
      expect(await kube.remove(name, never)).toBe('not there');
      expect(await problemOf(kube.apply(foreign, never))).toMatchObject({
        code: 'api-refused',
        message: `The API server at ${world.server} knows no Widget of example.com/v1, so Widget w cannot be there.`,
      });
    });

    it('refuses an object with its own words', async () => {
      const problem = await problemOf(kube.apply(configMap('UPPER', {}), never));
      expect(problem).toMatchObject({code: 'api-refused'});
      expect(problem.message).toMatch(/refused to apply ConfigMap default\/UPPER: .*invalid.*\(HTTP 422\)\.$/i);
    });

    it('refuses whoever lacks the right, and whoever it does not know', async () => {
      const stranger = createKubeAccess().open(world.stranger);
      const forbidden = await problemOf(stranger.nodes(never));
      await stranger.close();
      expect(forbidden).toMatchObject({code: 'api-refused'});
      expect(forbidden.message).toMatch(/refused to list nodes: nodes is forbidden: User "stranger" .*\(HTTP 403\)\.$/);
      expect(forbidden.hint).toContain('admin.conf');
    });

    it('tells nodes: ready or not and why, when they were last heard, their labels and taints', async () => {
      const time = '2026-11-20T10:00:00Z';
      const heartbeat = {lastHeartbeatTime: time, lastTransitionTime: time};
      await kube.apply(node('node-b', {taints: [{key: 'gpu', value: 'a100', effect: 'NoSchedule'}]}), never);
      await kube.apply(node('node-a', {unschedulable: true, podCIDR: '10.244.3.0/24'}), never);
      await kube.apply(node('node-c', {}), never);
      await setStatus('/api/v1/nodes/node-a', {
        conditions: [
          {type: 'MemoryPressure', status: 'True', reason: 'KubeletHasInsufficientMemory', message: 'm', ...heartbeat},
          {type: 'DiskPressure', status: 'False', reason: 'r', message: 'm', ...heartbeat},
          {type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'PLEG is not healthy', ...heartbeat},
        ],
        addresses: [
          {type: 'Hostname', address: 'node-a'},
          {type: 'InternalIP', address: '10.0.0.11'},
        ],
        nodeInfo: {...info, kubeletVersion: 'v1.20.2', containerRuntimeVersion: 'docker://20.10.24'},
      });
      await setStatus('/api/v1/nodes/node-b', {
        conditions: [
          {type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is ready', ...heartbeat},
        ],
      });
      await kube.apply(lease('node-b', '2026-11-20T10:00:42.000000Z'), never);
      const [a, b, c] = await kube.nodes(never);
      expect(a).toMatchObject({
        name: 'node-a',
        ready: 'not ready',
        reason: 'PLEG is not healthy',
        pressures: ['memory'],
        version: 'v1.20.2',
        runtime: 'docker://20.10.24',
        address: '10.0.0.11',
        schedulable: false,
        heardAt: Date.parse(time),
        podRange: '10.244.3.0/24',
      });
      expect(a?.createdAt).toBeGreaterThan(0);
      expect(b).toMatchObject({
        name: 'node-b',
        ready: 'ready',
        pressures: [],
        labels: {role: 'worker'},
        schedulable: true,
        heardAt: Date.parse(time) + 42_000,
      });
      expect(b?.taints).toContain('gpu=a100:NoSchedule');
      expect(b?.reason).toBeUndefined();
      expect(c).toMatchObject({name: 'node-c', ready: 'unknown'});
      expect(c?.heardAt).toBeUndefined();
    });

    it('tells pods: of a namespace, a node or with labels, and what keeps them', async () => {
      await kube.apply(pod('kept', {nodeName: 'node-x'}), never);
      await kube.apply(pod('runs', {nodeName: 'node-x'}), never);
      await kube.apply(pod('waits', {}), never);
      await setStatus('/api/v1/namespaces/default/pods/kept', {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'main',
            ready: false,
            restartCount: 3,
            image: 'main:1',
            imageID: '',
            state: {waiting: {reason: 'ImagePullBackOff', message: 'Back-off pulling image "main:1"'}},
          },
        ],
      });
      await setStatus('/api/v1/namespaces/default/pods/runs', {
        phase: 'Running',
        podIP: '10.0.0.12',
        conditions: [{type: 'Ready', status: 'True'}],
        containerStatuses: [
          {name: 'main', ready: true, restartCount: 0, image: 'main:1', imageID: 'x', state: {running: {}}},
        ],
      });
      expect((await kube.pods({namespace: 'default'}, never)).map(({name}) => name)).toEqual(['kept', 'runs', 'waits']);
      expect((await kube.pods({labels: {app: 'waits'}}, never)).map(({name}) => name)).toEqual(['waits']);
      expect(await kube.pods({namespace: 'kube-public'}, never)).toEqual([]);
      const [kept, runs] = await kube.pods({node: 'node-x'}, never);
      expect(kept).toMatchObject({
        namespace: 'default',
        node: 'node-x',
        phase: 'Pending',
        ready: false,
        reason: 'ImagePullBackOff',
        message: 'Back-off pulling image "main:1"',
        restarts: 3,
        containers: [{name: 'main', image: 'main:1', ready: false}],
        leaving: false,
      });
      expect(runs).toMatchObject({phase: 'Running', ready: true, address: '10.0.0.12', restarts: 0});
      expect(runs?.reason).toBeUndefined();
      // Without a kubelet nobody tells that its containers have ended.
      expect(await kube.remove({apiVersion: 'v1', kind: 'Pod', name: 'runs', namespace: 'default'}, never)).toBe(
        'removed',
      );
      expect((await kube.pods({node: 'node-x'}, never)).map(({leaving}) => leaving)).toEqual([false, true]);
    });

    it('tells of pods who makes another one, what ends with them, and which are static', async () => {
      const owner = {apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'b2', controller: true};
      const volumes = [
        {name: 'cache', emptyDir: {}},
        {name: 'own', configMap: {name: 'own'}},
      ];
      const spec = {nodeName: 'node-z', volumes, containers: [{name: 'main', image: 'main:1'}]};
      const [web, lone] = [pod('web', spec), pod('lone', {nodeName: 'node-z'})];
      await kube.apply({...web, metadata: {...web.metadata, ownerReferences: [owner]}}, never);
      await kube.apply(
        {...lone, metadata: {...lone.metadata, annotations: {'kubernetes.io/config.mirror': 'x'}}},
        never,
      );
      const [first, second] = await kube.pods({node: 'node-z'}, never);
      expect(first).toMatchObject({name: 'lone', ownVolumes: [], isMirror: true});
      expect(first?.controller).toBeUndefined();
      expect(second).toMatchObject({controller: 'ReplicaSet web-1', ownVolumes: ['cache'], isMirror: false});
      expect(second?.uid).toMatch(/^[\da-f-]{36}$/);
      for (const each of [first, second]) if (each) await kube.removePod(placed(each), {isLost: true}, never);
      expect(await kube.pods({node: 'node-z'}, never)).toEqual([]);
    });

    it('evicts a pod that no budget is of, and only the one that was meant', async () => {
      await kube.apply(pod('evicted', {nodeName: 'node-y'}), never);
      const [found] = await kube.pods({node: 'node-y'}, never);
      if (!found) throw new Error('no pod');
      expect(await kube.evict({...placed(found), uid: 'another'}, never)).toEqual({type: 'not there'});
      expect(await kube.evict(placed(found), never)).toEqual({type: 'evicted'});
      const left = await kube.pods({node: 'node-y'}, never);
      expect(left.every(({leaving}) => leaving)).toBe(true);
      await kube.removePod(placed(found), {isLost: true}, never);
      expect(await kube.evict(placed(found), never)).toEqual({type: 'not there'});
    });

    it('evicts no pod whose budget allows none, says which budget, and removes it all the same', async () => {
      await kube.apply(pod('guarded', {nodeName: 'node-y'}), never);
      const budget = {apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget'};
      const metadata = {name: 'guard', namespace: 'default'};
      await kube.apply(
        {...budget, metadata, spec: {minAvailable: 1, selector: {matchLabels: {app: 'guarded'}}}},
        never,
      );
      // No controller runs here that would count.
      await setStatus('/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/guard', {
        ...{observedGeneration: 1, disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1},
      });
      // One that is not ready is not protected.
      const conditions = [{type: 'Ready', status: 'True'}];
      await setStatus('/api/v1/namespaces/default/pods/guarded', {phase: 'Running', conditions});
      const [found] = await kube.pods({node: 'node-y'}, never);
      if (!found) throw new Error('no pod');
      expect(await kube.evict(placed(found), never)).toEqual({
        type: 'refused',
        says: 'The disruption budget guard needs 1 healthy pods and has 1 currently',
      });
      expect(await kube.pods({node: 'node-y'}, never)).toMatchObject([{leaving: false}]);
      expect(await kube.removePod(placed(found), {isLost: true}, never)).toBe('removed');
      expect(await kube.removePod(placed(found), {isLost: true}, never)).toBe('not there');
      await kube.remove({...budget, ...metadata}, never);
    });

    it('has no log of a pod that is not there, and an empty one of one that runs nowhere', async () => {
      await kube.apply(pod('unplaced', {}), never);
      expect(await kube.podLog({namespace: 'default', pod: 'unplaced'}, never)).toBe('');
      expect(await problemOf(kube.podLog({namespace: 'default', pod: 'nobody'}, never))).toMatchObject({
        code: 'not-found',
        message: `The API server at ${world.server} has no Pod default/nobody.`,
      });
    });

    it('is not trusted when another authority signed its certificate, and is then sent nothing', async () => {
      const [first] = world.admin.reveal().match(/certificate-authority-data: \S+/) ?? [];
      const [other] =
        world.admin
          .reveal()
          .match(/client-certificate-data: (\S+)/)
          ?.slice(1) ?? [];
      const text = world.admin.reveal().replace(first ?? '', `certificate-authority-data: ${other}`);
      const elsewhere = createKubeAccess().open(new Secret(text));
      expect(await problemOf(elsewhere.apply(configMap('x', {}), never))).toMatchObject({code: 'api-not-trusted'});
      await elsewhere.close();
    });
  });
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    (value) => new Error(`nothing was thrown, but ${JSON.stringify(value)} came`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProblemError) return error.problem;
  throw error;
}

function configMap(name: string, data: Readonly<Record<string, string>>): KubeObject {
  return {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace: 'default'}, data};
}

function named(name: string) {
  return {apiVersion: 'v1', kind: 'ConfigMap', name, namespace: 'default'};
}

function node(name: string, spec: object): KubeObject {
  return {apiVersion: 'v1', kind: 'Node', metadata: {name, labels: {role: 'worker'}}, spec};
}

function lease(name: string, renewTime: string): KubeObject {
  const metadata = {name, namespace: 'kube-node-lease'};
  return {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: {holderIdentity: name, renewTime}};
}

function pod(name: string, spec: object): KubeObject {
  const metadata = {name, namespace: 'default', labels: {app: name}};
  return {apiVersion: 'v1', kind: 'Pod', metadata, spec: {containers: [{name: 'main', image: 'main:1'}], ...spec}};
}

function placed({namespace, name, uid, node = ''}: KubePod): PlacedPod {
  return {namespace, name, uid, node};
}

const info = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  kubeProxyVersion: '',
  operatingSystem: 'linux',
  architecture: 'amd64',
};
