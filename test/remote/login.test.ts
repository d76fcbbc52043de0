import {spawnSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {AuthContext} from 'ssh2';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {SshCredential, SshTarget} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {Secret} from '../../src/engine/secret.ts';
import {makeKeyPair} from '../helpers/key-pair.ts';
import {bookOf, type SshMachine, type SshMachineOptions, startSshMachine} from '../helpers/ssh-machine.ts';
import {never, until} from './waiting.ts';

let folder: string;
const machines: SshMachine[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-login-'));
});
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
  rmSync(folder, {recursive: true, force: true});
});

const start = async (options: SshMachineOptions = {}) => {
  const machine = await startSshMachine(options);
  machines.push(machine);
  return machine;
};
const sshTo = (...known: SshMachine[]) =>
  createSsh({
    hostKeys: bookOf(...known.flatMap(({hostKeys}) => hostKeys)),
    clock: createClock(),
    limits: {turnedAwayMs: 300},
  });
const password = (word: string): SshCredential => ({kind: 'password', password: new Secret(word)});

/** Logs in and out; the problem, or undefined. */
async function logIn(machine: SshMachine, more: Partial<SshTarget> = {}, ssh = sshTo(machine)) {
  try {
    const remote = await ssh.connect({...machine.target, ...more}, never);
    await remote.close();
    return undefined;
  } catch (error) {
    return problemOf(error);
  } finally {
    await until(() => machine.open() === 0);
  }
}

/** Takes these public keys and nothing else. */
const takesKey = (blob: () => Buffer) => (context: AuthContext) => {
  if (context.method === 'publickey' && context.key.data.equals(blob())) context.accept();
  else context.reject(['publickey']);
};

describe('private keys', () => {
  const makeKey = (...words: string[]) => {
    const file = join(folder, 'key');
    const made = spawnSync('ssh-keygen', ['-q', '-f', file, ...words]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return file;
  };
  const publicPart = (file: string, phrase = '') => {
    const {stdout} = spawnSync('ssh-keygen', ['-y', '-P', phrase, '-f', file], {encoding: 'utf8'});
    return Buffer.from(stdout.split(' ')[1] ?? '', 'base64');
  };
  const noKeygen = spawnSync('ssh-keygen', ['-?']).error !== undefined;

  test
    .skipIf(noKeygen)
    .each([
      ['-t ed25519'],
      ['-t rsa -b 2048'],
      ['-t rsa -b 2048 -m PEM'],
      ['-t rsa -b 2048 -m PKCS8'],
      ['-t ecdsa'],
      ['-t ecdsa -b 521 -m PEM'],
      ['-t ecdsa -m PKCS8'],
    ])('of `ssh-keygen %s` let in, with a passphrase and without', async (words) => {
    for (const phrase of ['', 'a phrase']) {
      const file = makeKey(...words.split(' '), '-N', phrase);
      const blob = publicPart(file, phrase);
      const machine = await start({authenticate: takesKey(() => blob)});
      const given = phrase === '' ? {} : {passphrase: new Secret(phrase)};
      expect(await logIn(machine, {credentials: [{kind: 'key', file, ...given}]})).toBeUndefined();
      if (phrase !== '') {
        const none = await logIn(machine, {credentials: [{kind: 'key', file}]});
        expect(none).toMatchObject({code: 'secret-missing', file, machine: 'node-1'});
        const wrong = await logIn(machine, {credentials: [{kind: 'key', file, passphrase: new Secret('not it')}]});
        expect(wrong).toMatchObject({code: 'secret-missing', message: expect.stringContaining('not that of')});
      }
      rmSync(file);
      rmSync(`${file}.pub`);
    }
  });

  test.skipIf(noKeygen)('that others may read are not used', async () => {
    const file = makeKey('-t', 'ed25519', '-N', '');
    chmodSync(file, 0o644);
    const machine = await start({authenticate: takesKey(() => publicPart(file))});
    const problem = await logIn(machine, {credentials: [{kind: 'key', file}]});
    expect(problem).toMatchObject({code: 'file-unreadable', hint: `chmod 600 ${file}`});
    expect(machine.tried).toEqual([]);
  });

  test('that are not there, or no keys, are told, and the next credential is tried', async () => {
    const machine = await start();
    const file = join(folder, 'missing');
    expect(await logIn(machine, {credentials: [{kind: 'key', file}]})).toMatchObject({
      code: 'file-unreadable',
      message: expect.stringContaining('there is no such file'),
    });
    const text = join(folder, 'text');
    writeFileSync(text, 'words\n', {mode: 0o600});
    expect(await logIn(machine, {credentials: [{kind: 'key', file: text}]})).toMatchObject({code: 'file-unreadable'});
    expect(await logIn(machine, {credentials: [{kind: 'key', file}, ...machine.target.credentials]})).toBeUndefined();
  });
});

describe('passwords', () => {
  test('that are wrong are tried once, and never told', async () => {
    const machine = await start();
    const problem = await logIn(machine, {credentials: [password('wrong word')]});
    expect(problem).toMatchObject({code: 'login-refused', machine: 'node-1', detail: 'the password was refused'});
    expect(machine.tried).toEqual(['password']);
    expect(JSON.stringify(problem)).not.toContain('wrong word');
  });

  test('answer keyboard-interactive where there is nothing else', async () => {
    const machine = await start({
      authenticate: (context) => {
        if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
        else {
          context.prompt([{prompt: 'Password: ', echo: false}], (answers) => {
            if (answers[0] === 'pass word') context.accept();
            else context.reject(['keyboard-interactive']);
          });
        }
      },
    });
    expect(await logIn(machine)).toBeUndefined();
    expect(await logIn(machine, {credentials: [password('wrong')]})).toMatchObject({code: 'login-refused'});
  });

  test('are not given where a code or a new password is asked for', async () => {
    const answered: string[] = [];
    const asking = (prompt: string, echo: boolean) =>
      start({
        authenticate: (context) => {
          if (context.method !== 'keyboard-interactive') context.reject(['keyboard-interactive']);
          else {
            context.prompt([{prompt: 'Password: ', echo: false}], () => {
              context.prompt([{prompt, echo}], (answers) => {
                answered.push(...answers);
                context.reject(['keyboard-interactive']);
              });
            });
          }
        },
      });
    expect(await logIn(await asking('Verification code: ', true))).toMatchObject({
      code: 'login-refused',
      message: expect.stringContaining('Verification code:'),
    });
    expect(await logIn(await asking('New password: ', false))).toMatchObject({
      code: 'login-refused',
      message: expect.stringContaining('has expired'),
    });
    expect(answered).toEqual(['', '']);
  });

  test('a second factor follows the first where the machine wants both', async () => {
    const key = makeKeyPair();
    const file = join(folder, 'key');
    writeFileSync(file, key.private, {mode: 0o600});
    const machine = await start({
      authenticate: (context) => {
        if (context.method === 'publickey') {
          if (context.signature) context.reject(['password'], true);
          else context.accept();
        } else if (context.method === 'password' && machine.tried.includes('publickey')) context.accept();
        else context.reject(['publickey']);
      },
    });
    const credentials: SshCredential[] = [...machine.target.credentials, {kind: 'key', file}];
    expect(await logIn(machine, {credentials})).toBeUndefined();
  });
});

test('an agent that does not answer is told, and the next credential is tried', async () => {
  const machine = await start();
  machines[0] = machine;
  const socket = join(folder, 'agent');
  const both: SshCredential[] = [{kind: 'agent', socket}];
  const takesAll = await start({authenticate: (context) => context.reject(['publickey', 'password'])});
  expect(await logIn(takesAll, {credentials: both})).toMatchObject({
    code: 'login-refused',
    detail: expect.stringContaining(`the agent at ${socket} did not serve`),
  });
  const takesPassword = await start({
    authenticate: (context) => {
      if (context.method === 'password') context.accept();
      else context.reject(['publickey', 'password']);
    },
  });
  expect(await logIn(takesPassword, {credentials: [...both, password('any')]})).toBeUndefined();
});

describe('host keys', () => {
  test('that are unknown are refused before anything secret is sent', async () => {
    const machine = await start();
    const ssh = createSsh({hostKeys: bookOf(), clock: createClock()});
    const problem = await logIn(machine, {}, ssh);
    expect(problem).toMatchObject({code: 'host-key-unknown', machine: 'node-1'});
    expect(problem?.message).toContain(machine.hostKeys[0]?.fingerprint);
    expect(machine.tried).toEqual([]);
  });

  test.each(['changed', 'disagreeing', 'revoked'] as const)('that are %s are refused at once', async (kind) => {
    const machine = await start();
    const other = {type: 'ssh-rsa', blob: 'AAAA', fingerprint: 'SHA256:other'};
    const verdict = kind === 'revoked' ? {kind, from: 'a file'} : {kind, known: [other], from: 'a file'};
    const ssh = createSsh({
      hostKeys: {check: () => verdict, preferredTypes: () => []},
      clock: createClock(),
    });
    const problem = await logIn(machine, {}, ssh);
    expect(problem).toMatchObject({code: kind === 'revoked' ? 'host-key-revoked' : 'host-key-changed'});
    if (kind !== 'revoked') expect(problem?.detail).toContain('ssh-rsa SHA256:other');
    expect(machine.tried).toEqual([]);
    expect(machine.connections()).toBe(1);
  });

  test('of the known type are asked for, so that no unknown one is shown', async () => {
    const ed25519 = makeKeyPair().private;
    const rsa = makeKeyPair('rsa').private;
    const machine = await start({hostKeys: [ed25519, rsa]});
    for (const key of machine.hostKeys) {
      expect(await logIn(machine, {}, createSsh({hostKeys: bookOf(key), clock: createClock()}))).toBeUndefined();
    }
    const shown = await sshTo(machine).hostKeys(machine.target, never);
    expect(shown).toEqual(machine.hostKeys);
    expect(machine.tried.length).toBe(2);
  });
});

describe('a machine that cannot be reached', () => {
  test('because nobody listens says so', async () => {
    const machine = await start();
    await machine.close();
    expect(await logIn(machine)).toMatchObject({
      code: 'machine-unreachable',
      machine: 'node-1',
      message: `node-1 (pai@127.0.0.1, port ${machine.port}) cannot be reached: the connection was refused.`,
    });
  });

  test('because its name is unknown says so', async () => {
    const machine = await start();
    const problem = await logIn(machine, {address: 'no-such-host.invalid'});
    expect(problem?.message).toMatch(/no host of that name|cannot be looked up/);
  });

  test('because something else answers says what', async () => {
    const machine = await start({
      intercept: (socket) => {
        socket.end('220 mail.example ESMTP\r\n');
        return true;
      },
    });
    expect(await logIn(machine)).toMatchObject({message: expect.stringContaining('220 mail.example ESMTP')});
  });

  test('because it says nothing is given up', async () => {
    const machine = await start({intercept: () => true});
    const ssh = createSsh({hostKeys: bookOf(), clock: createClock(), limits: {handshakeMs: 100}});
    const problem = problemOf(await ssh.connect(machine.target, never).catch((error: unknown) => error));
    expect(problem).toMatchObject({code: 'machine-unreachable', message: expect.stringContaining('within 0.1 s')});
    await until(() => machine.open() === 0);
  });

  test('because its sshd is too old says what it has', async () => {
    const machine = await start({algorithms: {kex: ['diffie-hellman-group1-sha1']}});
    const problem = await logIn(machine);
    expect(problem).toMatchObject({code: 'machine-unreachable', message: expect.stringContaining('key exchange')});
    expect(problem?.detail).toContain('diffie-hellman-group1-sha1');
  });

  test('is left at once when that is not wanted any more', async () => {
    const machine = await start({intercept: () => true});
    const stop = new AbortController();
    const connecting = sshTo(machine).connect(machine.target, stop.signal);
    await Promise.all([
      expect(connecting).rejects.toThrow('stop'),
      until(() => machine.open() === 1).then(() => stop.abort(new Error('stop'))),
    ]);
    await until(() => machine.open() === 0);
  });
});

describe('an sshd with too many logins', () => {
  test('is tried again, and all get in', async () => {
    let closed = 0;
    const machine = await start({
      intercept: (socket, connection) => {
        if (connection > 12) return false;
        closed++;
        if (connection % 2) socket.resetAndDestroy();
        else socket.end('Exceeded MaxStartups\r\n');
        return true;
      },
    });
    const ssh = createSsh({hostKeys: bookOf(...machine.hostKeys), clock: createClock()});
    const remotes = await Promise.all(Array.from({length: 20}, () => ssh.connect(machine.target, never)));
    expect(closed).toBe(12);
    expect(machine.open()).toBe(20);
    await Promise.all(remotes.map((remote) => remote.close()));
  });

  test('is given up in the end, with what may be wrong', async () => {
    const machine = await start({
      intercept: (socket) => {
        socket.end();
        return true;
      },
    });
    const problem = await logIn(machine);
    expect(problem).toMatchObject({code: 'machine-unreachable', hint: expect.stringContaining('MaxStartups')});
    expect(machine.connections()).toBeGreaterThan(1);
  });

  test('is not knocked at by more than eight at once', async () => {
    let most = 0;
    let waiting = 0;
    const machine = await start({
      authenticate: (context) => {
        if (context.method === 'none') {
          context.reject(['password']);
          return;
        }
        waiting++;
        most = Math.max(most, waiting);
        setTimeout(() => {
          waiting--;
          context.accept();
        }, 20);
      },
    });
    const ssh = sshTo(machine);
    const remotes = await Promise.all(Array.from({length: 30}, () => ssh.connect(machine.target, never)));
    expect(most).toBeLessThanOrEqual(8);
    await Promise.all(remotes.map((remote) => remote.close()));
  });
});

test('sessions that are refused because others have not quite ended are tried again', async () => {
  let refused = 0;
  const machine = await start({refuseSession: () => ++refused <= 3});
  const remote = await sshTo(machine).connect(machine.target, never);
  expect(await remote.run({script: 'exit 3'}, {}, never)).toEqual({exit: 3});
  await remote.close();
});

test('the machine that others are reached through is logged in on once, and left with the last of them', async () => {
  const jump = await start({name: 'bastion'});
  const inner = await start();
  const ssh = sshTo(jump, inner);
  const target = {...inner.target, jump: jump.target};
  const remotes = await Promise.all(Array.from({length: 5}, () => ssh.connect(target, never)));
  expect(jump.connections()).toBe(1);
  expect(await remotes[0]?.run({script: 'exit 2'}, {}, never)).toEqual({exit: 2});
  for (const remote of remotes.slice(1)) await remote.close();
  expect(jump.open()).toBe(1);
  await remotes[0]?.close();
  await until(() => jump.open() === 0 && inner.open() === 0);
});
