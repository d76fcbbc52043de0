import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Login, MachineConfig} from '../../src/engine/config/types.ts';
import {jumpHosts} from '../../src/engine/machines/jump.ts';
import {readOwnLogins} from '../../src/engine/machines/own-logins.ts';
import {sshTarget, type TargetOptions} from '../../src/engine/machines/targets.ts';
import {Secret} from '../../src/engine/secret.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pai-home-'));
  await mkdir(join(home, '.ssh'));
});
afterEach(() => rm(home, {recursive: true}));

const password = new Secret('from the configuration');
const given = new Secret('typed');

async function target(login: Login, options: Partial<TargetOptions> & {agent?: string} = {}) {
  const {agent, ...more} = options;
  const own = {...(await readOwnLogins({HOME: home, ...(agent ? {SSH_AUTH_SOCK: agent} : {})})), user: 'ops'};
  const machine = {hostname: 'node-3', address: '10.0.0.13', sshPort: 2222, login} as MachineConfig;
  return sshTarget(machine, {folder: '/etc/cluster', own, ...more});
}

async function key(name: string): Promise<string> {
  const file = join(home, '.ssh', name);
  await writeFile(file, 'a private key');
  return file;
}

describe('to log in to a machine there is, in this order', () => {
  test('what the configuration says, then the agent and the keys of the operator', async () => {
    const own = await key('id_ed25519');
    const file = await key('cluster');
    const found = await target({user: 'pai', password, keyFile: '~/.ssh/cluster'}, {agent: '/run/agent'});
    expect(found).toEqual({
      name: 'node-3',
      address: '10.0.0.13',
      port: 2222,
      user: 'pai',
      credentials: [
        {kind: 'key', file},
        {kind: 'password', password},
        {kind: 'agent', socket: '/run/agent'},
        {kind: 'key', file: own},
      ],
      sudoPassword: password,
    });
  });

  test('the password that was given where the configuration has none, for sudo too', async () => {
    const typed = await target({user: 'pai'}, {secrets: {password: given}});
    expect(typed).toMatchObject({credentials: [{kind: 'password', password: given}], sudoPassword: given});
    const written = await target({user: 'pai', password}, {secrets: {password: given}});
    expect(written).toMatchObject({credentials: [{kind: 'password', password}], sudoPassword: password});
  });

  test('a key once, with the passphrase that was given', async () => {
    const file = await key('id_rsa');
    const {credentials} = await target({keyFile: file}, {secrets: {passphrase: given}});
    expect(credentials).toEqual([{kind: 'key', file, passphrase: given}]);
  });

  test('the name of the operator where nobody is named', async () => {
    expect((await target({password})).user).toBe('ops');
  });

  test('or nothing, which is said with the key that cannot be read', async () => {
    await expect(target({keyFile: 'keys/missing'})).rejects.toMatchObject({
      problem: {
        code: 'secret-missing',
        machine: 'node-3',
        message: 'There is nothing to log in to node-3 with: its key /etc/cluster/keys/missing cannot be read here.',
      },
    });
  });
});

describe('a host to go through', () => {
  test.each([
    ['jump1', [{address: 'jump1', port: 22}]],
    ['ops@jump1:2222', [{user: 'ops', address: 'jump1', port: 2222}]],
    ['ops@corp.example@10.0.0.1', [{user: 'ops@corp.example', address: '10.0.0.1', port: 22}]],
    [
      '[fd00::1]:2222, b',
      [
        {address: 'fd00::1', port: 2222},
        {address: 'b', port: 22},
      ],
    ],
  ])('%s is read', (written, expected) => {
    expect(jumpHosts(written)).toEqual(expected);
  });

  test.each(['', 'ops@', 'a,,b', 'a:0', 'a:65536', 'fd00::1', '-oProxyCommand=x', 'a b', 'ssh://a'])(
    '%j is refused',
    (written) => {
      expect(() => jumpHosts(written)).toThrow(
        expect.objectContaining({problem: expect.objectContaining({code: 'usage'})}),
      );
    },
  );

  test('is never given what is meant for the machine, each is reached through the one before it', async () => {
    const options = {
      agent: '/run/agent',
      jump: 'a,root@b:2222',
      secrets: {password: given, jumpPassword: new Secret('j')},
    };
    const {jump} = await target({user: 'pai', password}, options);
    const credentials = [
      {kind: 'password', password: options.secrets.jumpPassword},
      {kind: 'agent', socket: '/run/agent'},
    ];
    expect(jump).toEqual({
      name: 'b',
      address: 'b',
      port: 2222,
      user: 'root',
      credentials,
      jump: {name: 'a', address: 'a', port: 22, user: 'ops', credentials},
    });
  });

  test('that nothing can be said to is told by its name', async () => {
    await expect(target({password}, {jump: 'gate'})).rejects.toMatchObject({
      problem: {code: 'secret-missing', machine: 'gate'},
    });
  });
});
