/** Pods that are to go from their node. */

import {type Eviction, objectWords, type PlacedPod} from '../kube-tools.ts';
import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {call} from './call.ts';
import {isMap, listOf, mapOf, shownOf, textOf} from './json.ts';
import type {ApiConnection} from './request.ts';
import {statusProblem} from './request-problem.ts';

export async function evictPod(api: ApiConnection, pod: PlacedPod, signal: AbortSignal): Promise<Eviction> {
  const {namespace, name, uid} = pod;
  const eviction = {
    apiVersion: await evictionVersion(api, signal),
    kind: 'Eviction',
    metadata: {name, namespace},
    deleteOptions: {preconditions: {uid}},
  };
  const wanted = `evict ${wordsOf(pod)}`;
  const request = {
    method: 'POST',
    path: `${pathOf(pod)}/eviction`,
    wanted,
    body: {type: 'application/json', text: JSON.stringify(eviction)},
  } as const;
  const {status, text} = await api.send(request, signal);
  if (status >= 200 && status < 300) return {type: 'evicted'};
  if (isGone(status)) return {type: 'not there'};
  const says = refusalIn(status, text);
  if (says !== undefined) return {type: 'refused', says};
  throw statusProblem({server: api.server, wanted, mayBeDone: false}, status, text);
}

export async function removePod(
  api: ApiConnection,
  pod: PlacedPod,
  isLost: boolean,
  signal: AbortSignal,
): Promise<'removed' | 'not there'> {
  const options = {preconditions: {uid: pod.uid}, ...(isLost ? {gracePeriodSeconds: 0} : {})};
  const body = {type: 'application/json', text: JSON.stringify(options)};
  const request = {method: 'DELETE', path: pathOf(pod), wanted: `remove ${wordsOf(pod)}`, body} as const;
  const {status} = await call(api, request, signal, [404, 409]);
  return isGone(status) ? 'not there' : 'removed';
}

/** Not there, or another one with another uid. */
function isGone(status: number): boolean {
  return status === 404 || status === 409;
}

/** 'policy/v1beta1' until 1.21, 'policy/v1' since; the server says by which it wants to be asked. */
async function evictionVersion(api: ApiConnection, signal: AbortSignal): Promise<string> {
  const request = {method: 'GET', path: '/api/v1', wanted: 'list the kinds of /api/v1'} as const;
  const {body} = await call(api, request, signal);
  const kind = listOf(body['resources'])
    .filter(isMap)
    .find((entry) => entry['name'] === 'pods/eviction');
  const version = textOf(kind?.['version']);
  if (version !== undefined) return `${textOf(kind?.['group']) ?? 'policy'}/${version}`;
  throw new ProblemError({
    code: 'api-refused',
    message: `The API server at ${api.server} knows no eviction of pods, so nothing can be drained by disruption budgets.`,
  });
}

/** 429 where a budget allows no more now; 500 where two budgets are of one pod, which no API server decides. */
function refusalIn(status: number, text: string): string | undefined {
  let body: Record<string, unknown>;
  try {
    body = mapOf(JSON.parse(text));
  } catch {
    return undefined;
  }
  const message = shownOf(body['message']) ?? '';
  if (status === 500 && message.includes('more than one PodDisruptionBudget')) return message;
  const causes = listOf(mapOf(body['details'])['causes']).filter(isMap);
  const budgets = causes.flatMap((cause) =>
    cause['reason'] === 'DisruptionBudget' ? [shownOf(cause['message']) ?? ''] : [],
  );
  // Any other 429 is of a server that has too much to do.
  if (status !== 429 || (budgets.length === 0 && !message.includes('disruption budget'))) return undefined;
  return printableLine(budgets.length === 0 ? message : budgets.join(' '));
}

function pathOf({namespace, name}: PlacedPod): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

function wordsOf({namespace, name}: PlacedPod): string {
  return objectWords({apiVersion: 'v1', kind: 'Pod', name, namespace});
}
