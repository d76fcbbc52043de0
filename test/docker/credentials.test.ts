import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {createDocker} from '../../src/engine/docker/docker.ts';
import type {Credentials} from '../../src/engine/tools.ts';
import {problemFrom} from './contract.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pai-credentials-'));
  mkdirSync(join(home, 'bin'));
});
afterEach(() => rmSync(home, {recursive: true}));

const environment = () => ({DOCKER_CONFIG: home, PATH: `${home}/bin:${process.env['PATH']}`, HOME: home});
const docker = (helper = 10_000) => createDocker({environment: environment(), deadlines: {helper}});
const config = (content: unknown) => writeFileSync(join(home, 'config.json'), JSON.stringify(content));
const auth = (text: string) => ({auth: Buffer.from(text).toString('base64')});

/** A real program, as helpers are; it keeps what it was asked for in asked.txt. */
function helper(name: string, script: string): void {
  const file = join(home, 'bin', `docker-credential-${name}`);
  writeFileSync(
    file,
    `#!/bin/sh\n[ "$1" = get ] || exit 9\nread -r server\nprintf '%s' "$server" > ${home}/asked.txt\n${script}\n`,
  );
  chmodSync(file, 0o755);
}
const asked = () => readFileSync(join(home, 'asked.txt'), 'utf8');

function plain(credentials: Credentials | undefined): unknown {
  return (
    credentials && {
      registry: credentials.registry,
      username: credentials.username,
      password: credentials.password?.reveal(),
      token: credentials.identityToken?.reveal(),
    }
  );
}

const of = async (registry: string) => plain(await docker().credentials(registry));

describe('credentials in config.json', () => {
  it('are none without the file or without an entry', async () => {
    expect(await of('registry.example')).toBeUndefined();
    config({auths: {'other.example': auth('a:b'), 'registry.example:5000': auth('a:b')}});
    expect(await of('registry.example')).toBeUndefined();
  });

  it('are found under a host, a port, a URL, and the key Docker Hub has', async () => {
    config({
      auths: {
        'registry.example': auth('ann:one'),
        'registry.example:5000': auth('bob:two:with:colons'),
        'https://old.example/v1/': auth('cid:three'),
        'https://index.docker.io/v1/': auth('dan:four'),
      },
    });
    expect(await of('registry.example')).toMatchObject({username: 'ann', password: 'one'});
    expect(await of('registry.example:5000')).toMatchObject({username: 'bob', password: 'two:with:colons'});
    expect(await of('old.example')).toMatchObject({username: 'cid', password: 'three'});
    expect(await of('docker.io')).toMatchObject({registry: 'docker.io', username: 'dan', password: 'four'});
  });

  it('are those of the key docker writes, before other spellings', async () => {
    config({
      auths: {
        'https://registry.example/v1/': auth('old:old'),
        'registry.example': auth('ann:new'),
        'index.docker.io': auth('old:old'),
        'https://index.docker.io/v1/': auth('dan:new'),
      },
    });
    expect(await of('registry.example')).toMatchObject({username: 'ann', password: 'new'});
    expect(await of('docker.io')).toMatchObject({username: 'dan', password: 'new'});
    expect(await of('index.docker.io')).toMatchObject({registry: 'docker.io', username: 'dan'});
  });

  it('may be an identity token, or written out', async () => {
    config({
      auths: {
        'token.example': {...auth('<token>:'), identitytoken: 'the-token'},
        'plain.example': {username: 'eve', password: 'five'},
        'marker.example': auth('<token>:another-token'),
        'empty.example': {},
        'broken.example': {auth: '!!!'},
        'odd.example': 'text',
      },
    });
    expect(await of('token.example')).toMatchObject({token: 'the-token', password: undefined});
    expect(await of('plain.example')).toMatchObject({username: 'eve', password: 'five'});
    expect(await of('marker.example')).toMatchObject({token: 'another-token'});
    for (const host of ['empty.example', 'broken.example', 'odd.example']) expect(await of(host)).toBeUndefined();
  });
});

describe('credentials of a helper', () => {
  it('are asked for by the name of the registry over stdin', async () => {
    helper('mine', `echo '{"ServerURL":"x","Username":"ann","Secret":"from-helper"}'`);
    config({credsStore: 'mine', auths: {'registry.example:5000': auth('old:old')}});
    expect(await of('registry.example:5000')).toMatchObject({username: 'ann', password: 'from-helper'});
    expect(asked()).toBe('registry.example:5000');
    await of('docker.io');
    expect(asked()).toBe('https://index.docker.io/v1/');
  });

  it('come from the helper of that registry before the one for all', async () => {
    helper('all', `echo '{"Username":"all","Secret":"s"}'`);
    helper('one', `echo '{"Username":"<token>","Secret":"a-token"}'`);
    config({credsStore: 'all', credHelpers: {'one.example': 'one'}});
    expect(await of('one.example')).toMatchObject({token: 'a-token', username: undefined});
    expect(await of('two.example')).toMatchObject({username: 'all'});
    for (const hub of ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io']) {
      config({credsStore: 'all', credHelpers: {[hub]: 'one'}});
      expect(await of('docker.io')).toMatchObject({registry: 'docker.io', token: 'a-token'});
      expect(asked()).toBe('https://index.docker.io/v1/');
    }
  });

  it('are none when the helper has none', async () => {
    helper('mine', `echo 'credentials not found in native keychain'; exit 1`);
    config({credsStore: 'mine'});
    expect(await of('registry.example')).toBeUndefined();
  });

  it('fail with a sentence that holds nothing the helper printed', async () => {
    const failing: Record<string, [string, RegExp]> = {
      fails: [`echo SECRET; echo SECRET >&2; exit 3`, /ended with exit code 3/],
      prints: [`echo SECRET`, /not what a credential helper gives/],
      wrong: [`echo '{"Username":1,"Secret":"SECRET"}'`, /not what a credential helper gives/],
    };
    for (const [name, [script, why]] of Object.entries(failing)) {
      helper(name, script);
      config({credsStore: name});
      const problem = await problemFrom(docker().credentials('registry.example'));
      expect(problem).toMatchObject({code: 'registry-login', message: expect.stringMatching(why)});
      expect(problem.hint).toContain(`echo registry.example | docker-credential-${name} get`);
      expect(JSON.stringify(problem)).not.toContain('SECRET');
    }
  });

  it('fail for a helper that is not there, or whose name would be a path', async () => {
    config({credsStore: 'absent'});
    expect((await problemFrom(docker().credentials('r.example'))).message).toMatch(/cannot be started \(ENOENT\)/);
    for (const name of ['../evil', 'a/b', 'a b', '-x', 'x;y']) {
      config({credsStore: name});
      expect((await problemFrom(docker().credentials('r.example'))).message).toMatch(/not a name of a program/);
    }
  });

  it('are given up after the deadline, and the helper ends with what it started', async () => {
    helper('slow', `sleep 543 & echo $! > ${home}/child.txt; wait`);
    config({credsStore: 'slow'});
    const call = problemFrom(docker(400).credentials('r.example'));
    expect((await call).message).toMatch(/did not answer within/);
    // Under load it may have been ended before it started anything.
    if (existsSync(join(home, 'child.txt'))) await vi.waitFor(() => expect(alive(childPid())).toBe(false), 10_000);
  });

  it('are given up when the operator stops', async () => {
    helper('slow', `sleep 543 & echo $! > ${home}/child.txt; wait`);
    config({credsStore: 'slow'});
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = docker().credentials('r.example', controller.signal);
    call.catch(() => {});
    await vi.waitFor(() => expect(childPid()).toBeGreaterThan(0), 10_000);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await vi.waitFor(() => expect(alive(childPid())).toBe(false), 10_000);
  });

  it('never print as text', async () => {
    config({auths: {'registry.example': auth('ann:very-secret')}});
    const credentials = await docker().credentials('registry.example');
    expect(JSON.stringify(credentials)).not.toContain('very-secret');
    expect(String(credentials?.password)).not.toContain('very-secret');
  });
});

function childPid(): number {
  return Number(readFileSync(join(home, 'child.txt'), 'utf8'));
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
