import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import {findEndpoint} from '../../src/engine/docker/endpoint.ts';
import {problemFrom} from './contract.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pai-endpoint-'));
});
afterEach(() => rmSync(home, {recursive: true}));

const configFolder = () => join(home, '.docker');

function writeConfig(config: unknown): void {
  mkdirSync(configFolder(), {recursive: true});
  writeFileSync(join(configFolder(), 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
}

function writeContext(name: string, docker: Record<string, unknown>, tls: Record<string, string> = {}): void {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(configFolder(), 'contexts', 'meta', id);
  mkdirSync(meta, {recursive: true});
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({Name: name, Metadata: {}, Endpoints: {docker}}));
  for (const [file, content] of Object.entries(tls)) {
    const folder = join(configFolder(), 'contexts', 'tls', id, 'docker');
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, file), content);
  }
}

const find = (environment: NodeJS.ProcessEnv = {}, explicit?: string) =>
  findEndpoint({HOME: home, ...environment}, explicit);

describe('where the engine is', () => {
  it('is the usual socket when nothing is said', () => {
    expect(find()).toEqual({
      address: 'unix:///var/run/docker.sock',
      source: 'default',
      target: {socketPath: '/var/run/docker.sock'},
    });
  });

  it('is what DOCKER_HOST says, before any context', () => {
    writeConfig({currentContext: 'prod'});
    const environment = {DOCKER_HOST: 'tcp://10.0.0.5:2375', DOCKER_CONTEXT: 'other'};
    expect(find(environment)).toEqual({
      address: 'tcp://10.0.0.5:2375',
      source: 'DOCKER_HOST',
      target: {host: '10.0.0.5', port: 2375},
    });
    expect(find({DOCKER_HOST: 'unix:///run/other.sock'}).target).toEqual({socketPath: '/run/other.sock'});
    expect(find({DOCKER_HOST: 'unix://'}).target).toEqual({socketPath: '/var/run/docker.sock'});
    expect(find({DOCKER_HOST: 'tcp://[::1]:99'}).target).toEqual({host: '::1', port: 99});
    expect(find({DOCKER_HOST: 'http://engine:80'}).target).toEqual({host: 'engine', port: 80});
  });

  it('is the explicit address before everything', () => {
    expect(find({DOCKER_HOST: 'tcp://10.0.0.5:2375'}, 'unix:///run/mine.sock').address).toBe('unix:///run/mine.sock');
  });

  it('is that of DOCKER_CONTEXT, else of the current context, each with its certificates', () => {
    writeConfig({currentContext: 'prod'});
    writeContext('prod', {Host: 'tcp://engine.example:2376'}, {'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY'});
    writeContext('lab', {Host: 'unix:///run/lab.sock', SkipTLSVerify: false});
    writeContext('loose', {Host: 'tcp://engine.example', SkipTLSVerify: true});
    expect(find()).toEqual({
      address: 'tcp://engine.example:2376',
      source: 'docker context prod',
      target: {host: 'engine.example', port: 2376, tls: {ca: 'CA', cert: 'CERT', key: 'KEY', verify: true}},
    });
    expect(find({DOCKER_CONTEXT: 'lab'}).target).toEqual({socketPath: '/run/lab.sock'});
    expect(find({DOCKER_CONTEXT: 'default'}).source).toBe('default');
    expect(find({DOCKER_CONTEXT: 'loose'}).target).toEqual({host: 'engine.example', port: 2375, tls: {verify: false}});
    expect(() => find({DOCKER_CONTEXT: 'gone'})).toThrow(
      'There is no docker context "gone", although DOCKER_CONTEXT names it.',
    );
  });

  it('reads config.json where DOCKER_CONFIG says', () => {
    writeConfig({currentContext: 'lab'});
    writeContext('lab', {Host: 'unix:///run/lab.sock'});
    expect(findEndpoint({HOME: '/nowhere', DOCKER_CONFIG: configFolder()}).address).toBe('unix:///run/lab.sock');
  });

  it('uses TLS when DOCKER_TLS_VERIFY is set to anything, with the certificates of DOCKER_CERT_PATH', () => {
    const certificates = join(home, 'certificates');
    mkdirSync(certificates);
    writeFileSync(join(certificates, 'ca.pem'), 'CA');
    const environment = {DOCKER_HOST: 'tcp://10.0.0.5', DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: certificates};
    expect(find(environment).target).toEqual({host: '10.0.0.5', port: 2375, tls: {ca: 'CA', verify: true}});
    expect(find({DOCKER_HOST: 'tcp://10.0.0.5', DOCKER_TLS: '1'}).target).toMatchObject({tls: {verify: false}});
    const here = {DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates};
    expect(find(here)).toMatchObject({address: 'tcp://localhost:2376', source: 'DOCKER_TLS_VERIFY'});
    expect(find({...here, DOCKER_HOST: 'unix:///run/mine.sock'}).target).toEqual({socketPath: '/run/mine.sock'});
    writeContext('lab', {Host: 'unix:///run/lab.sock'});
    expect(find({...here, DOCKER_CONTEXT: 'lab'}).address).toBe('unix:///run/lab.sock');
    writeFileSync(join(certificates, 'cert.pem'), 'CERT');
    expect(find(environment).target).toEqual({host: '10.0.0.5', port: 2375, tls: {ca: 'CA', verify: true}});
  });

  it('may leave out what the docker command lets out, and is an absolute path', () => {
    expect(find({DOCKER_HOST: '10.0.0.5:2375'}).address).toBe('tcp://10.0.0.5:2375');
    expect(find({DOCKER_HOST: 'engine.example'}).address).toBe('tcp://engine.example:2375');
    expect(find({DOCKER_HOST: ':99'}).address).toBe('tcp://localhost:99');
    expect(find({DOCKER_HOST: 'tcp://'}).address).toBe('tcp://localhost:2375');
    expect(find({DOCKER_HOST: 'unix://d/s'}).target).toEqual({socketPath: resolve('d/s')});
  });

  it('is not guessed without the certificates that it is known by, and they are named', async () => {
    const folder = join(home, 'certificates');
    const environment = {HOME: home, DOCKER_HOST: 'tcp://10.0.0.5', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder};
    const info = () => problemFrom(createDocker({environment}).info());
    expect(await info()).toMatchObject({code: 'engine-unreachable', file: join(folder, 'ca.pem')});
    mkdirSync(join(folder, 'ca.pem'), {recursive: true});
    expect(await info()).toMatchObject({code: 'file-unreadable', file: join(folder, 'ca.pem')});
  });

  it('keeps a password in an address to itself', async () => {
    for (const host of ['ssh://ops:hidden@en@gine:2222', 'bad://ops:hidden@engine']) {
      const docker = createDocker({environment: {HOME: home, DOCKER_HOST: host}});
      const problem = await problemFrom(docker.info());
      expect(JSON.stringify([problem, docker.endpoint])).not.toContain('hidden');
    }
  });

  it('has a way round when it is behind SSH, with user, port and path', async () => {
    const hint = async (host: string) =>
      (await problemFrom(createDocker({environment: {HOME: home, DOCKER_HOST: host}}).info())).hint;
    expect(await hint('ssh://ops@engine:2222/run/user/1000/docker.sock')).toContain(
      'ssh -NL ~/engine.sock:/run/user/1000/docker.sock ssh://ops@engine:2222, and DOCKER_HOST=unix://$HOME/engine.sock.',
    );
    expect(await hint('ssh://engine')).toContain('~/engine.sock:/var/run/docker.sock ssh://engine,');
  });

  it('is nowhere for an address nobody can use, and says so when the engine is needed', async () => {
    for (const [host, why] of [
      ['ssh://ops@engine', /machines over SSH/],
      ['/run/docker.sock', /with a path/],
      ['npipe:////./pipe/docker_engine', /not an address/],
      ['tcp://a b', /not an address/],
      ['tcp://engine:1/prefix', /with a path/],
      ['\u001b]0;title\u0007x', /not an address/],
    ] as const) {
      const docker = createDocker({environment: {HOME: home, DOCKER_HOST: host}});
      const problem = await problemFrom(docker.info());
      expect(problem.code).toBe('engine-unreachable');
      expect(problem.message).toMatch(why);
      expect(problem.hint).toBeTruthy();
      expect(docker.endpoint).not.toContain('\u001b');
    }
  });

  it('is not guessed when config.json is broken, and no part of the file is quoted', async () => {
    writeConfig('{"auths": {"registry.example": {"auth": "c2VjcmV0OnNlY3JldA=="}}');
    const docker = createDocker({environment: {HOME: home}});
    for (const call of [docker.info(), docker.credentials('registry.example')]) {
      const problem = await problemFrom(call);
      expect(problem).toMatchObject({code: 'config-invalid', file: join(configFolder(), 'config.json')});
      expect(JSON.stringify(problem)).not.toContain('c2Vj');
    }
  });
});
