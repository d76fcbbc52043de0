import type {Kube, KubeAccess, KubeObject, PodChoice, PodLogChoice} from '../kube-tools.ts';
import {objectWords} from '../kube-tools.ts';
import {ProblemError} from '../problem.ts';
import {call, list} from './call.ts';
import {evictPod, removePod} from './evict-pod.ts';
import {isMap, mapOf, textOf} from './json.ts';
import {type Access, readKubeconfig, serverAddress} from './kubeconfig.ts';
import {readLeases, readNode} from './read-nodes.ts';
import {readPod} from './read-pods.ts';
import {type ApiConnection, connectApi} from './request.ts';
import {statusProblem, unreadableProblem} from './request-problem.ts';
import {createResources} from './resources.ts';
import {applyObject, notThere, patchObject} from './write-object.ts';

export interface KubeLimits {
  /** From a request to the end of its reply. */
  readonly deadlineMs?: number;
}

/** Longer than kube-apiserver itself gives a request to etcd, so that its own words are heard. */
const usualDeadlineMs = 30_000;
const logBytes = 1024 * 1024;
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

export function createKubeAccess({deadlineMs = usualDeadlineMs}: KubeLimits = {}): KubeAccess {
  return {
    open(kubeconfig, server) {
      const access = readKubeconfig(kubeconfig);
      return openKube(server === undefined ? access : {...access, server: serverAddress(server)}, deadlineMs);
    },
  };
}

function openKube(access: Access, deadlineMs: number): Kube {
  const api = connectApi(access, deadlineMs);
  const place = {api, resources: createResources(api)};
  return {
    server: api.server,
    version: (signal) => readVersion(api, signal),
    notReady: (signal) => readNotReady(api, signal),

    async nodes(signal) {
      const [items, renewed] = await Promise.all([
        list(api, {path: '/api/v1/nodes', query: {}, wanted: 'list nodes'}, signal),
        renewedLeases(api, signal),
      ]);
      return items.flatMap((item) => readNode(item, renewed) ?? []).sort(byText(({name}) => name));
    },

    async pods(choice, signal) {
      const items = await list(api, {...podList(choice), wanted: 'list pods'}, signal);
      return items.flatMap((item) => readPod(item) ?? []).sort(byText(({namespace, name}) => `${namespace}/${name}`));
    },

    async read(object, signal) {
      const path = await place.resources.pathOf(object, signal);
      if (path === undefined) return undefined;
      const wanted = `read ${objectWords(object)}`;
      const {status, body} = await call(api, {method: 'GET', path, wanted}, signal, [404]);
      if (status === 404) return undefined;
      if (!isObject(body))
        throw unreadableProblem({server: api.server, wanted, mayBeDone: false}, JSON.stringify(body));
      return body;
    },

    apply: (object, signal) => applyObject(place, object, {dryRun: false}, signal),
    wouldApply: (object, signal) => applyObject(place, object, {dryRun: true}, signal),
    patch: (object, patch, signal) => patchObject(place, object, patch, signal),

    async remove(object, signal) {
      const path = await place.resources.pathOf(object, signal);
      if (path === undefined) return 'not there';
      const wanted = `remove ${objectWords(object)}`;
      const body = {type: 'application/json', text: '{"propagationPolicy":"Background"}'};
      const {status} = await call(api, {method: 'DELETE', path, wanted, body}, signal, [404]);
      return status === 404 ? 'not there' : 'removed';
    },

    evict: (pod, signal) => evictPod(api, pod, signal),
    removePod: (pod, {isLost}, signal) => removePod(api, pod, isLost, signal),
    podLog: (choice, signal) => readPodLog(api, choice, signal),
    close: async () => api.close(),
  };
}

async function readVersion(api: ApiConnection, signal: AbortSignal): Promise<string> {
  const wanted = 'tell its version';
  const {body} = await call(api, {method: 'GET', path: '/version', wanted}, signal);
  const version = textOf(body['gitVersion']);
  if (version === undefined || !/^v\d+\.\d+\.\d+/.test(version)) {
    throw unreadableProblem({server: api.server, wanted, mayBeDone: false}, JSON.stringify(body));
  }
  return version;
}

/** /readyz?verbose answers in lines, '[+]ping ok' or '[-]etcd failed: reason withheld', with 500 when one failed. */
async function readNotReady(api: ApiConnection, signal: AbortSignal): Promise<readonly string[]> {
  const wanted = 'say whether it is ready';
  const {status, text} = await api.send({method: 'GET', path: '/readyz?verbose', wanted}, signal);
  const asked = {server: api.server, wanted, mayBeDone: false};
  const failed = [...text.matchAll(/^\[-\]([\w./-]+)/gm)].map(([, check = '']) => check);
  if (status === 200) {
    if (!/^readyz check passed/m.test(text)) throw unreadableProblem(asked, text);
    return [];
  }
  if (status !== 500 || failed.length === 0) throw statusProblem(asked, status, text);
  return failed;
}

/** Clusters before 1.14 have none, and a user may lack the right: then nodes are as old as their state. */
async function renewedLeases(api: ApiConnection, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  try {
    return readLeases(await list(api, {path: leases, query: {}, wanted: 'list the leases of nodes'}, signal));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'api-refused') return new Map();
    throw error;
  }
}

function podList({namespace, node, labels}: PodChoice): {path: string; query: Record<string, string>} {
  const wanted = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    path: namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    query: {
      ...(node === undefined ? {} : {fieldSelector: `spec.nodeName=${node}`}),
      ...(wanted.length === 0 ? {} : {labelSelector: wanted.join(',')}),
    },
  };
}

async function readPodLog(api: ApiConnection, choice: PodLogChoice, signal: AbortSignal): Promise<string> {
  const {namespace, pod, container, previous, lines} = choice;
  const name = {apiVersion: 'v1', kind: 'Pod', name: pod, namespace};
  const query = new URLSearchParams({
    ...(container === undefined ? {} : {container}),
    ...(previous ? {previous: 'true'} : {}),
    ...(lines === undefined ? {} : {tailLines: String(lines)}),
  });
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query}`;
  const wanted = `show the log of ${objectWords(name)}`;
  const {status, text} = await api.send({method: 'GET', path, wanted, lastBytes: logBytes}, signal);
  if (status === 404) throw notThere(api, name);
  // Nothing of it runs on any node yet.
  if (status === 204) return '';
  if (status !== 200) throw statusProblem({server: api.server, wanted, mayBeDone: false}, status, text);
  return text;
}

function isObject(body: Record<string, unknown>): body is KubeObject & Record<string, unknown> {
  const {apiVersion, kind, metadata} = body;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    isMap(metadata) &&
    textOf(mapOf(metadata)['name']) !== undefined
  );
}

function byText<T>(key: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}
