import type {ObjectName} from '../kube-tools.ts';
import {objectWords} from '../kube-tools.ts';
import {ProblemError} from '../problem.ts';
import {call} from './call.ts';
import {isMap, listOf, textOf} from './json.ts';
import type {ApiConnection} from './request.ts';

interface Resource {
  /** 'daemonsets' */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Where objects are found, which only the server knows: its kinds by their names. */
export interface Resources {
  /** '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy'; undefined for a kind the server does not know. */
  pathOf(object: ObjectName, signal: AbortSignal): Promise<string | undefined>;
}

export function createResources(api: ApiConnection): Resources {
  const known = new Map<string, ReadonlyMap<string, Resource>>();
  return {
    async pathOf({apiVersion, kind, name, namespace = 'default'}, signal) {
      const group = groupPath(apiVersion);
      let kinds = known.get(apiVersion);
      if (!kinds?.has(kind)) {
        // Kinds may come while a cluster is booted, so only what was found is remembered.
        kinds = await readKinds(api, group, signal);
        known.set(apiVersion, kinds);
      }
      const resource = kinds.get(kind);
      if (!resource) return undefined;
      const place = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
      return `${group}${place}/${resource.plural}/${encodeURIComponent(name)}`;
    },
  };
}

/** Throws `api-refused`: nothing of that kind can be made there. */
export function unknownKind(server: string, object: ObjectName): ProblemError {
  return new ProblemError({
    code: 'api-refused',
    message: `The API server at ${server} knows no ${object.kind} of ${object.apiVersion}, so ${objectWords(object)} cannot be there.`,
    hint: 'The version of Kubernetes may be older or newer than what was written for, or a CustomResourceDefinition is missing.',
  });
}

function groupPath(apiVersion: string): string {
  if (!/^(?:[a-z0-9][a-z0-9.-]*\/)?v[a-z0-9]+$/.test(apiVersion)) {
    throw new ProblemError({code: 'api-refused', message: `'${apiVersion}' is no apiVersion.`});
  }
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;
}

async function readKinds(api: ApiConnection, group: string, signal: AbortSignal): Promise<Map<string, Resource>> {
  const kinds = new Map<string, Resource>();
  const request = {method: 'GET', path: group, wanted: `list the kinds of ${group}`} as const;
  const {body} = await call(api, request, signal, [404]);
  for (const entry of listOf(body['resources'])) {
    if (!isMap(entry)) continue;
    const kind = textOf(entry['kind']);
    const plural = textOf(entry['name']);
    // 'pods/status' is a part of an object.
    if (kind === undefined || plural === undefined || plural.includes('/')) continue;
    kinds.set(kind, {plural, namespaced: entry['namespaced'] === true});
  }
  return kinds;
}
