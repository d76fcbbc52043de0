import {isMap, type JsonMap, listOf, mapOf, textOf} from './json.ts';
import type {ApiConnection, ApiRequest} from './request.ts';
import {type Asked, statusProblem, unreadableProblem} from './request-problem.ts';

export interface Called {
  readonly status: number;
  readonly body: JsonMap;
}

/** Sends a request whose reply is a JSON object; other statuses than 2xx are Problems unless `also` names them. */
export async function call(
  api: ApiConnection,
  request: ApiRequest,
  signal: AbortSignal,
  also: readonly number[] = [],
): Promise<Called> {
  const {status, text} = await api.send(request, signal);
  const asked: Asked = {server: api.server, wanted: request.wanted, mayBeDone: false};
  if (also.includes(status)) return {status, body: {}};
  if (status < 200 || status > 299) throw statusProblem(asked, status, text);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadableProblem(asked, text);
  }
  if (!isMap(body)) throw unreadableProblem(asked, text);
  return {status, body};
}

const pageSize = 500;
const mostPages = 1000;

/** All items of a list, page by page; `path` without a query. */
export async function list(
  api: ApiConnection,
  {path, query, wanted}: {path: string; query: Readonly<Record<string, string>>; wanted: string},
  signal: AbortSignal,
): Promise<readonly JsonMap[]> {
  const items: JsonMap[] = [];
  let next: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const parameters = new URLSearchParams({...query, limit: String(pageSize), ...(next ? {continue: next} : {})});
    const request: ApiRequest = {method: 'GET', path: `${path}?${parameters}`, wanted};
    // 410: the place in the list was forgotten, as the server does after some minutes.
    const {status, body} = await call(api, request, signal, next ? [410] : []);
    if (status === 410) {
      const whole = await call(api, {...request, path: `${path}?${new URLSearchParams(query)}`}, signal);
      return itemsOf(whole.body, api, wanted);
    }
    items.push(...itemsOf(body, api, wanted));
    next = textOf(mapOf(body['metadata'])['continue']);
    if (next === undefined) return items;
  }
  throw unreadableProblem({server: api.server, wanted, mayBeDone: false}, 'a list without end');
}

function itemsOf(body: JsonMap, {server}: ApiConnection, wanted: string): readonly JsonMap[] {
  // The API writes null for an empty list of some kinds.
  if (!Array.isArray(body['items']) && body['items'] !== null) {
    throw unreadableProblem({server, wanted, mayBeDone: false}, JSON.stringify(body));
  }
  return listOf(body['items']).filter(isMap);
}
