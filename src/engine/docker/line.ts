import {Agent} from 'node:http';
import {connect as connectPlain, isIP, type Socket} from 'node:net';
import {connect as connectTls} from 'node:tls';
import type {Endpoint} from './endpoint.ts';

/** One connection to an engine, for one request. */
export interface Line {
  /** For the HTTP client: whatever it is asked for, it connects to the engine. */
  readonly agent: Agent;
  /** Fails when the connection ends, after what arrived on it was handed over. */
  readonly lost: Promise<never>;
  close(): void;
}

/** Connects when the agent is first used; a connection that is not there within the time given fails with ETIMEDOUT. */
export function openLine(target: Endpoint['target'], connectMs: number): Line {
  let reject: (reason: unknown) => void = () => {};
  const lost = new Promise<never>((_, fail) => {
    reject = fail;
  });
  lost.catch(() => {});
  const agent = new Agent({keepAlive: false});
  let socket: Socket | undefined;
  let closed = false;
  agent.createConnection = () => {
    if (closed) throw Object.assign(new Error('The connection was closed.'), {code: 'ECONNRESET'});
    socket = connectTo(target);
    // A host that vanishes says nothing: the kernel asks it now and then whether it is still there.
    socket.setKeepAlive(true, 30_000);
    const late = () => socket?.destroy(Object.assign(new Error('The connection took too long.'), {code: 'ETIMEDOUT'}));
    const timer = setTimeout(late, connectMs);
    socket.once('tls' in target ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    let reason: unknown = Object.assign(new Error('The connection was closed.'), {code: 'ECONNRESET'});
    socket.once('error', (error) => {
      reason = error;
    });
    socket.once('close', () => {
      clearTimeout(timer);
      setImmediate(() => reject(reason));
    });
    return socket;
  };
  return {
    agent,
    lost,
    close() {
      closed = true;
      socket?.destroy();
      agent.destroy();
    },
  };
}

function connectTo(target: Endpoint['target']): Socket {
  if ('socketPath' in target) return connectPlain({path: target.socketPath});
  const {host, port, tls} = target;
  if (!tls) return connectPlain({host, port});
  const {verify, ...material} = tls;
  return connectTls({host, port, ...material, ...(isIP(host) ? {} : {servername: host}), rejectUnauthorized: verify});
}
