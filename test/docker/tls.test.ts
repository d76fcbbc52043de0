import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createServer, type Server} from 'node:tls';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {hasOpenssl, makeCertificate} from '../helpers/certificates.ts';
import {problemFrom} from './contract.ts';
import {type FakeEngine, startFakeEngine} from './fake-engine.ts';

describe.skipIf(!hasOpenssl)('an engine behind TLS that asks for a certificate', () => {
  let folder: string;
  let engine: FakeEngine;
  let server: Server;
  let host: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pai-tls-'));
    makeCertificate(folder, 'ca');
    makeCertificate(folder, 'server', {ca: 'ca', for: 'IP:127.0.0.1'});
    makeCertificate(folder, 'client', {ca: 'ca'});
    rmSync(join(folder, 'ca-key.pem'));
    writeFileSync(join(folder, 'cert.pem'), readFileSync(join(folder, 'client.pem')));
    writeFileSync(join(folder, 'key.pem'), readFileSync(join(folder, 'client-key.pem')));
    engine = await startFakeEngine();
    const read = (name: string) => readFileSync(join(folder, name));
    const options = {cert: read('server.pem'), key: read('server-key.pem'), ca: read('ca.pem'), requestCert: true};
    server = createServer(options, (socket) => {
      const inner = connect(engine.socket);
      socket.pipe(inner).pipe(socket);
      socket.on('error', () => inner.destroy());
      inner.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await engine.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, {recursive: true});
  });

  it('is spoken to with the certificates of DOCKER_CERT_PATH', async () => {
    const environment = {DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder};
    expect((await createDocker({environment}).info()).name).toBe('fake');
  });

  it('is not trusted without its CA, and the sentence says TLS', async () => {
    const other = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(other, 'ca.pem'), readFileSync(join(folder, 'client.pem')));
    const environment = {DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: other};
    const problem = await problemFrom(createDocker({environment}).info());
    expect(problem).toMatchObject({code: 'engine-unreachable', message: expect.stringMatching(/TLS failed/)});
    expect(problem.hint).toMatch(/ca\.pem/);
  });

  it('is not spoken to with a key that is none, and the sentence says TLS', async () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, 'ca.pem'), readFileSync(join(folder, 'ca.pem')));
    writeFileSync(join(broken, 'cert.pem'), 'no certificate');
    writeFileSync(join(broken, 'key.pem'), 'no key');
    const environment = {DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: broken};
    const problem = await problemFrom(createDocker({environment}).info());
    expect(problem).toMatchObject({code: 'engine-unreachable', message: expect.stringMatching(/TLS failed/)});
  });

  it('is told apart from one that speaks plain HTTP', async () => {
    const problem = await problemFrom(createDocker({environment: {HOME: '/nonexistent', DOCKER_HOST: host}}).info());
    expect(problem).toMatchObject({code: 'engine-unreachable', hint: expect.stringMatching(/DOCKER_TLS_VERIFY/)});
  });
});
