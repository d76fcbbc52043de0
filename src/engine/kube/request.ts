import {type Agent as HttpAgent, type IncomingMessage, request as requestHttp} from 'node:http';
import {Agent as HttpsAgent, request as requestHttps} from 'node:https';
import type {Access} from './kubeconfig.ts';
import {type Asked, connectionProblem, deadlineProblem, tooMuchProblem} from './request-problem.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query: '/api/v1/nodes?limit=500'. */
  readonly path: string;
  /** What it wants, for people: 'list nodes'. */
  readonly wanted: string;
  readonly body?: {readonly type: string; readonly text: string};
  /** Keeps this many bytes of the end of the reply; absent: a reply that is far too long is an error. */
  readonly lastBytes?: number;
}

interface ApiReply {
  readonly status: number;
  readonly text: string;
}

/** Requests to one API server. A reply of any status is a reply; throws a Problem when there is none. */
export interface ApiConnection {
  readonly server: string;
  send(request: ApiRequest, signal: AbortSignal): Promise<ApiReply>;
  /** Aborts what is under way. */
  close(): void;
}

/** Of one reply; lists come in pages, each far below. */
const mostBytes = 64 * 1024 * 1024;

/** `deadlineMs`: from a request to the end of its reply. */
export function connectApi(access: Access, deadlineMs: number): ApiConnection {
  const {server} = access;
  const kept = server.startsWith('https:') ? new HttpsAgent({keepAlive: true}) : undefined;
  const closed = new AbortController();
  return {
    server,
    async send(request, signal) {
      const over = new AbortController();
      const timer = setTimeout(() => over.abort(), deadlineMs);
      const wire = new Wire(access, request, AbortSignal.any([signal, closed.signal, over.signal]));
      try {
        // A change goes over a connection of its own: one that was kept may be closed by the server at this very
        // moment, and then nobody could say whether the change was made.
        return await wire.send(request.method === 'GET' ? kept : false);
      } catch (error) {
        signal.throwIfAborted();
        closed.signal.throwIfAborted();
        if (over.signal.aborted) throw deadlineProblem(wire.asked, deadlineMs);
        if (error instanceof TooMuch) throw tooMuchProblem(wire.asked, mostBytes);
        throw connectionProblem(wire.asked, error instanceof Error ? error : new Error(String(error)));
      } finally {
        clearTimeout(timer);
      }
    },
    close() {
      closed.abort(new Error('the connection to the API server was closed'));
      kept?.destroy();
    },
  };
}

class TooMuch extends Error {}

/** One request on its way. */
class Wire {
  readonly #access: Access;
  readonly #request: ApiRequest;
  readonly #signal: AbortSignal;
  #isConnected = false;

  constructor(access: Access, request: ApiRequest, signal: AbortSignal) {
    this.#access = access;
    this.#request = request;
    this.#signal = signal;
  }

  get asked(): Asked {
    const {method, wanted} = this.#request;
    return {server: this.#access.server, wanted, mayBeDone: method !== 'GET' && this.#isConnected};
  }

  send(agent: HttpAgent | false | undefined): Promise<ApiReply> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#open(agent);
      outgoing.once('response', (incoming) => {
        readReply(incoming, this.#request.lastBytes).then(resolve, reject);
      });
      outgoing.on('error', (error) => {
        // The server closed a kept connection while it lay idle. Once more, over a new one.
        if (outgoing.reusedSocket && !this.#signal.aborted) this.send(false).then(resolve, reject);
        else reject(error);
      });
      outgoing.once('socket', (socket) => {
        if (outgoing.reusedSocket) this.#isConnected = true;
        // Before that nothing of the request has left this computer, and the certificate has not been checked.
        else socket.once(this.#isHttps ? 'secureConnect' : 'connect', () => (this.#isConnected = true));
      });
      outgoing.end(this.#request.body?.text);
    });
  }

  get #isHttps(): boolean {
    return this.#access.server.startsWith('https:');
  }

  #open(agent: HttpAgent | false | undefined) {
    const {server, ca, cert, key, serverName, token} = this.#access;
    const {method, path, body} = this.#request;
    const {hostname, port, pathname} = new URL(server);
    const options = {
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: port || (this.#isHttps ? 443 : 80),
      path: `${pathname.replace(/\/$/, '')}${path}`,
      method,
      ...(agent === undefined ? {} : {agent}),
      signal: this.#signal,
      headers: {
        accept: 'application/json, */*',
        ...(token ? {authorization: `Bearer ${token}`} : {}),
        ...(body ? {'content-type': body.type, 'content-length': Buffer.byteLength(body.text)} : {}),
      },
    };
    if (!this.#isHttps) return requestHttp(options);
    return requestHttps({
      ...options,
      ...(ca ? {ca} : {}),
      ...(cert && key ? {cert, key} : {}),
      ...(serverName ? {servername: serverName} : {}),
    });
  }
}

async function readReply(incoming: IncomingMessage, lastBytes: number | undefined): Promise<ApiReply> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (lastBytes === undefined && bytes > mostBytes) throw new TooMuch();
    // What is kept may be a chunk more; the rest is cut off below.
    while (lastBytes !== undefined && chunks.length > 1 && bytes - (chunks[0]?.length ?? 0) >= lastBytes) {
      bytes -= chunks.shift()?.length ?? 0;
    }
  }
  const whole = Buffer.concat(chunks);
  const end = lastBytes === undefined ? whole : whole.subarray(Math.max(0, whole.length - lastBytes));
  return {status: incoming.statusCode ?? 0, text: end.toString('utf8')};
}
