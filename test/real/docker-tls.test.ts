// A real engine behind TLS, found by the variables and contexts of the docker command; where that command is
// installed, it makes the contexts and has to come to the same engine.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {problemFrom} from '../docker/contract.ts';
import {hasOpenssl, makeCertificate} from '../helpers/certificates.ts';
import {type RealEngine, startRealEngine} from '../helpers/real-engine.ts';

const command = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => existsSync(path));

describe.skipIf(!inject('realEngine') || !hasOpenssl)('an engine that asks for certificates', () => {
  let folder: string;
  let host: string;
  let engine: RealEngine;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pai-engine-tls-'));
    makeCertificate(folder, 'ca');
    makeCertificate(folder, 'server', {ca: 'ca', for: 'IP:127.0.0.1'});
    makeCertificate(folder, 'cert', {ca: 'ca'});
    renameSync(join(folder, 'cert-key.pem'), join(folder, 'key.pem'));
    host = `tcp://127.0.0.1:${await freePort()}`;
    const tls = ['--tlscacert=ca.pem', '--tlscert=server.pem', '--tlskey=server-key.pem'];
    const files = tls.map((flag) => flag.replace('=', `=${folder}/`));
    engine = await startRealEngine({arguments: ['--host', host, '--tlsverify', ...files]});
  });
  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, {recursive: true});
  });

  const idBy = async (environment: NodeJS.ProcessEnv) => (await createDocker({environment}).info()).id;
  const idOfCommand = (environment: NodeJS.ProcessEnv) =>
    execFileSync(String(command), ['info', '--format', '{{.ID}}'], {env: environment, encoding: 'utf8'}).trim();
  /** The socket does not ask: it tells which engine it should be. */
  const expected = () => idBy({HOME: folder, DOCKER_HOST: `unix://${engine.socket}`});

  it('is found by DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', async () => {
    const environment = {HOME: '/nonexistent', DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder};
    expect(await idBy(environment)).toBe(await expected());
    if (command) expect(idOfCommand(environment)).toBe(await expected());
    const {DOCKER_TLS_VERIFY: _, ...unchecked} = environment;
    expect(await idBy({...unchecked, DOCKER_TLS: '1', DOCKER_HOST: host.slice('tcp://'.length)})).toBe(
      await expected(),
    );
  });

  it('is found by its context: the current one, that of DOCKER_CONTEXT, and not where DOCKER_HOST is set', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    makeContext(home, 'secured');
    const environment = {DOCKER_CONFIG: home, HOME: '/nonexistent'};
    expect(await idBy({...environment, DOCKER_CONTEXT: 'secured'})).toBe(await expected());
    writeFileSync(join(home, 'config.json'), JSON.stringify({currentContext: 'secured'}));
    expect(await idBy(environment)).toBe(await expected());
    // Its certificates are its own: those of the environment do not count.
    expect(await idBy({...environment, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere'})).toBe(await expected());
    if (command) expect(idOfCommand(environment)).toBe(await expected());
    const problem = await problemFrom(createDocker({environment: {...environment, DOCKER_HOST: host}}).info());
    expect(problem).toMatchObject({code: 'engine-refused', hint: expect.stringContaining('DOCKER_TLS_VERIFY=1')});
  });

  it('lets nobody in without a certificate, and is not believed without its own CA', async () => {
    const stranger = mkdtempSync(join(folder, 'stranger-'));
    cpSync(join(folder, 'ca.pem'), join(stranger, 'ca.pem'));
    const environment = {DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: stranger};
    const unknown = await problemFrom(createDocker({environment}).info());
    expect(unknown).toMatchObject({code: 'engine-unreachable', hint: expect.stringContaining('cert.pem')});
    cpSync(join(folder, 'cert.pem'), join(stranger, 'ca.pem'));
    const unbelieved = await problemFrom(createDocker({environment}).info());
    expect(unbelieved).toMatchObject({code: 'engine-unreachable', message: expect.stringMatching(/TLS failed/)});
  });

  /** As the docker command writes it, and by the command where there is one. */
  function makeContext(home: string, name: string): void {
    if (command) {
      const files = [`ca=${folder}/ca.pem`, `cert=${folder}/cert.pem`, `key=${folder}/key.pem`].join(',');
      const argv = ['context', 'create', name, '--docker', `host=${host},${files}`];
      execFileSync(command, argv, {env: {DOCKER_CONFIG: home}, stdio: 'pipe'});
      return;
    }
    const id = createHash('sha256').update(name).digest('hex');
    const [meta, tls] = [join(home, 'contexts/meta', id), join(home, 'contexts/tls', id, 'docker')];
    for (const each of [meta, tls]) mkdirSync(each, {recursive: true});
    const endpoints = {docker: {Host: host, SkipTLSVerify: false}};
    writeFileSync(join(meta, 'meta.json'), JSON.stringify({Name: name, Metadata: {}, Endpoints: endpoints}));
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) cpSync(join(folder, file), join(tls, file));
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
