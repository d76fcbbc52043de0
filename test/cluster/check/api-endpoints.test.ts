import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {createServer as createTlsServer} from 'node:tls';
import {afterEach, describe, expect, test} from 'vitest';
import {createClock} from '../../../src/engine/clock.ts';
import {readApiFacts, tlsKnock} from '../../../src/engine/cluster/check/api-endpoints.ts';
import {makeAuthority} from '../../../src/engine/kube/certificates.ts';
import {sampleCluster} from './sample-cluster.ts';

const {signal} = new AbortController();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a knock', () => {
  test('hears which certificate is shown, whoever signed it', async () => {
    const {certificate, key} = await makeAuthority('cluster', {now: new Date()});
    const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const port = await listening(createTlsServer({cert: certificate, key: key.reveal()}));
    expect(await tlsKnock(createClock())('127.0.0.1', port, signal)).toEqual({
      state: 'answers',
      certificate: createHash('sha256').update(der).digest('hex'),
    });
  });

  test('tells who speaks no TLS from who does not listen', async () => {
    const server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await listening(server);
    expect(await tlsKnock(createClock())('127.0.0.1', port, signal)).toEqual({state: 'no TLS'});
    server.close();
    await once(server, 'close');
    expect(await tlsKnock(createClock())('127.0.0.1', port, signal)).toEqual({state: 'refused'});
  });

  test('waits a bounded time for who says nothing', async () => {
    const port = await listening(createServer(() => {}));
    const clock = {...createClock(), sleep: async () => {}};
    expect(await tlsKnock(clock)('127.0.0.1', port, signal)).toEqual({state: 'silent'});
  });

  test('that is aborted rejects with the reason', async () => {
    const port = await listening(createServer(() => {}));
    const stop = new AbortController();
    const asked = tlsKnock(createClock())('127.0.0.1', port, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('the API servers', () => {
  const machines = sampleCluster.machines.map((machine) => ({...machine, roles: ['master'] as const}));

  test('behind an address are asked for one after another, until a balancer that goes round has shown all', async () => {
    let turn = 0;
    const shown = ['a', 'b', 'c'];
    const cluster = {...sampleCluster, machines, api: {host: '10.0.0.100', port: 6443}};
    const {endpoints} = await readApiFacts(
      cluster,
      async (host) => ({
        state: 'answers',
        certificate: host === '10.0.0.100' ? (shown[turn++ % 3] ?? '') : `of ${host}`,
      }),
      signal,
    );
    expect(endpoints.map(({host, certificates}) => [host, certificates])).toEqual([
      ['10.0.0.11', ['of 10.0.0.11']],
      ['10.0.0.12', ['of 10.0.0.12']],
      ['10.0.0.13', ['of 10.0.0.13']],
      ['10.0.0.100', ['a', 'b', 'c']],
    ]);
  });

  test('are asked once where the address is that of a master, and once where nobody answers', async () => {
    const asked: string[] = [];
    const knock = async (host: string) => {
      asked.push(host);
      return {state: 'silent'} as const;
    };
    await readApiFacts(sampleCluster, knock, signal);
    expect(asked).toEqual(['10.0.0.11']);
    await readApiFacts({...sampleCluster, api: {host: '10.0.0.100', port: 6443}}, knock, signal);
    expect(asked).toEqual(['10.0.0.11', '10.0.0.11', '10.0.0.100']);
  });
});
