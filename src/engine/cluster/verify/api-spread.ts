/**
 * Whether the address of the API leads to every API server. Each shows a certificate of its own, through a balancer that
 * passes on TCP too, so a certificate that was seen at the address is proof that this server was reached through it.
 */

import type {Knock} from '../check/api-endpoints.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';

/** What was seen from this computer. Plain JSON. */
export interface Spread {
  /** Connections that were made to the address. */
  readonly tries: number;
  /** Masters whose own address was asked; without a certificate, none was shown there. */
  readonly servers: readonly {readonly master: string; readonly certificate?: string}[];
  /** Every certificate that was shown at the address. */
  readonly shown: readonly string[];
}

export type SpreadJudgement =
  /** In words what was proven, and what could not be; `note` in a few. */
  | {readonly type: 'reached'; readonly words: string; readonly note: string}
  | {readonly type: 'not reached'; readonly words: string; readonly hint: string};

/** A balancer sees within this that a server is well: ours asks every 2 s. */
const patienceMs = 60_000;
const betweenMs = 500;
/** So often round before a balancer is taken for one that keeps to a server. */
const rounds = 10;

interface Looking {
  readonly layout: Pick<ClusterLayout, 'api' | 'masterPort' | 'masters'>;
  readonly masters: readonly ClusterMachine[];
  readonly knock: Knock;
  readonly clock: {monotonic(): number; sleep(milliseconds: number, signal: AbortSignal): Promise<void>};
}

/** Makes new connections to the address until each server has answered, or it has been tried for long and often enough. */
export async function seeSpread({layout, masters, knock, clock}: Looking, signal: AbortSignal): Promise<Spread> {
  const {api, masterPort} = layout;
  const servers = await Promise.all(
    masters.map(async ({name, address}) => {
      const {certificate} = await knock(address, masterPort, signal);
      return {master: name, ...(certificate === undefined ? {} : {certificate})};
    }),
  );
  const wanted = new Set(servers.flatMap(({certificate}) => certificate ?? []));
  const shown = new Set<string>();
  const isMasters = layout.masters.some(({address}) => address === api.host);
  const until = clock.monotonic() + patienceMs;
  for (let tries = 1; ; tries++) {
    const {certificate} = await knock(api.host, api.port, signal);
    if (certificate !== undefined) shown.add(certificate);
    // The address of a master leads to that one, however often it is asked.
    const isSeen = wanted.size > 0 && (isMasters ? shown.size > 0 : [...wanted].every((one) => shown.has(one)));
    const isOver = clock.monotonic() > until && tries >= rounds * masters.length;
    if (isSeen || isOver) return {tries, servers, shown: [...shown]};
    // Round robin shows the next at once; only who shows nobody new has to be given time.
    if (tries % masters.length === 0) await clock.sleep(betweenMs, signal);
  }
}

/** What that proves, by how the API is to be reached. Pure. */
export function judgeSpread(
  {api, availability, masters}: Pick<ClusterLayout, 'api' | 'availability' | 'masters'>,
  {tries, servers, shown}: Spread,
): SpreadJudgement {
  const address = `https://${api.host}:${api.port}`;
  const known = servers.filter(({certificate}) => certificate !== undefined);
  const seen = servers.filter(({certificate}) => certificate !== undefined && shown.includes(certificate));
  const unseen = known.filter((server) => !seen.includes(server));
  const silent = masters.filter(({name}) => !known.some(({master}) => master === name)).map(({name}) => name);
  const besides = silent.length === 0 ? '' : ` Not proven: ${silent.join(', ')}, whose API server does not answer.`;
  const reached = (words: string): SpreadJudgement => {
    const note = `${seen.length} of ${masters.length} API servers`;
    return {type: 'reached', words: `${words}${besides}`, note};
  };
  const failed = (words: string, hint: string): SpreadJudgement => ({type: 'not reached', words, hint});
  if (shown.length === 0)
    return failed(
      `Nobody answers at ${address}, and nodes go to the API by it.`,
      'See whether the balancer runs and knows the masters.',
    );
  if (seen.length === 0)
    return failed(
      `Who answers at ${address} is none of the API servers.`,
      'See where it leads to; a balancer must pass on TCP, and not end TLS itself.',
    );
  const names = (list: typeof servers) => list.map(({master}) => master).join(', ');
  const isDirect = masters.some((master) => master.address === api.host);
  if (isDirect && unseen.length > 0)
    return reached(
      `${address} is ${names(seen)} itself: without that master nobody reaches the API, whatever ${names(unseen)} do.`,
    );
  if (unseen.length === 0) {
    const how =
      seen.length === 1 ? `the API server of ${names(seen)}` : `each of ${seen.length} API servers (${names(seen)})`;
    return reached(`${address} led to ${how} in ${tries} new connections.`);
  }
  // A balancer that somebody else runs may send one client to one server always; then nothing is known of the others.
  if (availability === 'external-balancer' && seen.length === 1)
    return reached(
      `${address} led to ${names(seen)} alone in ${tries} new connections: the balancer keeps this computer with one server, or knows no other. Not proven: that it leads to ${names(unseen)}.`,
    );
  return failed(
    `${address} led to ${names(seen)} and in none of ${tries} new connections to ${names(unseen)}.`,
    'See whether the balancer knows all masters, and which of them it takes for dead.',
  );
}
