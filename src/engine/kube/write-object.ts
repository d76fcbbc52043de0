import {isDeepStrictEqual} from 'node:util';
import {type Applied, type KubeObject, nameOf, type ObjectName, objectWords} from '../kube-tools.ts';
import {ProblemError} from '../problem.ts';
import {call} from './call.ts';
import {type JsonMap, mapOf} from './json.ts';
import type {ApiConnection} from './request.ts';
import {type Resources, unknownKind} from './resources.ts';

const fieldManager = 'pai-tui';

/** Server-side apply. `dryRun`: the server says what would come of it, and keeps nothing. */
export async function applyObject(
  {api, resources}: Place,
  object: KubeObject,
  {dryRun}: {dryRun: boolean},
  signal: AbortSignal,
): Promise<Applied> {
  const name = nameOf(object);
  const path = await pathOrThrow({api, resources}, name, signal);
  const before = await call(api, {method: 'GET', path, wanted: `read ${objectWords(name)}`}, signal, [404]);
  const query = new URLSearchParams({fieldManager, force: 'true', ...(dryRun ? {dryRun: 'All'} : {})});
  const {status, body} = await call(
    api,
    {
      method: 'PATCH',
      path: `${path}?${query}`,
      wanted: `${dryRun ? 'check' : 'apply'} ${objectWords(name)}`,
      // Every JSON is YAML.
      body: {type: 'application/apply-patch+yaml', text: JSON.stringify(object)},
    },
    signal,
  );
  if (status === 201) return 'created';
  return isSame(before.body, body) ? 'unchanged' : 'changed';
}

export async function patchObject(
  {api, resources}: Place,
  name: ObjectName,
  patch: object,
  signal: AbortSignal,
): Promise<'changed' | 'unchanged'> {
  const path = await pathOrThrow({api, resources}, name, signal);
  const read = {method: 'GET', path, wanted: `read ${objectWords(name)}`} as const;
  const before = await call(api, read, signal, [404]);
  if (before.status === 404) throw notThere(api, name);
  const {status, body} = await call(
    api,
    {
      method: 'PATCH',
      path: `${path}?${new URLSearchParams({fieldManager})}`,
      wanted: `change ${objectWords(name)}`,
      body: {type: 'application/merge-patch+json', text: JSON.stringify(patch)},
    },
    signal,
    [404],
  );
  if (status === 404) throw notThere(api, name);
  return isSame(before.body, body) ? 'unchanged' : 'changed';
}

interface Place {
  readonly api: ApiConnection;
  readonly resources: Resources;
}

async function pathOrThrow({api, resources}: Place, name: ObjectName, signal: AbortSignal): Promise<string> {
  const path = await resources.pathOf(name, signal);
  if (path === undefined) throw unknownKind(api.server, name);
  return path;
}

export function notThere({server}: ApiConnection, name: ObjectName): ProblemError {
  return new ProblemError({
    code: 'not-found',
    message: `The API server at ${server} has no ${objectWords(name)}.`,
  });
}

/** Whether two states of an object say the same, whatever its controllers wrote into its status meanwhile. */
function isSame(before: JsonMap, after: JsonMap): boolean {
  return isDeepStrictEqual(wishedOf(before), wishedOf(after));
}

function wishedOf({status: _status, metadata, ...wished}: JsonMap): unknown {
  const {resourceVersion: _version, generation: _generation, managedFields: _managers, ...rest} = mapOf(metadata);
  return {...wished, metadata: rest};
}
