/** Whether API servers answer, and which: each shows a certificate of its own, through a balancer too. */

import {createHash} from 'node:crypto';
import {connect} from 'node:tls';
import type {Clock} from '../../tools.ts';
import type {ApiEndpoint, ApiFacts, CheckedCluster} from './types.ts';

const patienceMs = 5000;

/** Says what an address shows, within a bounded time. Rejects only when aborted. */
export type Knock = (
  host: string,
  port: number,
  signal: AbortSignal,
) => Promise<Pick<ApiEndpoint, 'state'> & {readonly certificate?: string}>;

/**
 * Asks each master, and the address that clients use so often that a balancer that goes round has shown all of them.
 * From this computer, as kubectl will; where it has no way to the machines all are silent.
 */
export async function readApiFacts(cluster: CheckedCluster, knock: Knock, signal: AbortSignal): Promise<ApiFacts> {
  const {api, machines, masterPort} = cluster;
  const masters = machines.filter(({roles}) => roles.includes('master'));
  const direct = await Promise.all(masters.map(({address}) => ask(address, masterPort, 1, knock, signal)));
  const isDirect = masters.some(({address}) => address === api.host) && api.port === masterPort;
  if (isDirect) return {endpoints: direct};
  // Twice round and one more: somebody else may take a turn in between.
  const through = await ask(api.host, api.port, 2 * masters.length + 1, knock, signal);
  return {endpoints: [...direct, through]};
}

async function ask(host: string, port: number, times: number, knock: Knock, signal: AbortSignal): Promise<ApiEndpoint> {
  const certificates = new Set<string>();
  let state: ApiEndpoint['state'] = 'silent';
  // One after another: together they could all be given to the same one.
  for (let time = 0; time < times; time++) {
    const found = await knock(host, port, signal);
    if (time === 0 || found.state === 'answers') state = found.state;
    if (found.certificate !== undefined) certificates.add(found.certificate);
    if (found.state === 'silent') break;
  }
  return {host, port, state, certificates: [...certificates]};
}

/** Nothing is sent, and nothing believed: what is wanted is which certificate is shown. */
export function tlsKnock(clock: Clock): Knock {
  return async (host, port, signal) => {
    signal.throwIfAborted();
    const socket = connect({host, port, rejectUnauthorized: false, servername: 'kubernetes'});
    const over = new AbortController();
    const onAbort = () => over.abort(signal.reason);
    signal.addEventListener('abort', onAbort, {once: true});
    try {
      return await new Promise((resolve, reject) => {
        let isConnected = false;
        socket.once('connect', () => {
          isConnected = true;
        });
        socket.once('secureConnect', () => {
          const {raw} = socket.getPeerCertificate();
          const certificate = raw ? createHash('sha256').update(raw).digest('hex') : undefined;
          resolve({state: 'answers', ...(certificate === undefined ? {} : {certificate})});
        });
        socket.once('error', ({code}: NodeJS.ErrnoException) => {
          resolve({state: isConnected ? 'no TLS' : code === 'ECONNREFUSED' ? 'refused' : 'silent'});
        });
        clock.sleep(patienceMs, over.signal).then(
          () => resolve({state: isConnected ? 'no TLS' : 'silent'}),
          () => {
            if (signal.aborted) reject(signal.reason as Error);
          },
        );
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      over.abort(new Error('done'));
      socket.destroy();
    }
  };
}
