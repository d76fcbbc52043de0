import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Duplex} from 'node:stream';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {readHostCertificate} from '../../src/engine/remote/host-certificate.ts';
import {askHostCertificate} from '../../src/engine/remote/host-certificate-ask.ts';
import {hostKeyOf} from '../../src/engine/remote/host-key.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {judgeHostKeys} from '../../src/engine/remote/host-key-judge.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import {Secret} from '../../src/engine/secret.ts';

const sshd = '/usr/sbin/sshd';
const programs = [sshd, '/usr/bin/ssh', '/usr/bin/ssh-keygen'];
const missing = programs.filter((program) => !existsSync(program));
const obstacle =
  missing.length > 0 ? `${missing.join(', ')} missing` : process.getuid?.() === 0 ? undefined : 'not root';
if (obstacle) console.error(`Host certificates are not held against OpenSSH: ${obstacle}.`);

const host = 'node-1.example';
const owner = {name: 'node-1', address: host, port: 22};

describe.skipIf(obstacle)('certificates of hosts', () => {
  let folder: string;
  let madeRunFolder = false;
  const path = (name: string) => join(folder, name);
  const keygen = (...words: string[]) => {
    const {status, stderr} = spawnSync('ssh-keygen', ['-q', ...words], {cwd: folder, encoding: 'utf8'});
    expect(stderr).toBe('');
    expect(status).toBe(0);
  };
  const makeKey = (type: string, name: string) => keygen('-t', type, '-N', '', '-C', '', '-f', name);
  const publicKey = (name: string) => readFileSync(path(`${name}.pub`), 'utf8').trim();
  const keyIn = (name: string) => {
    const key = hostKeyOf(Buffer.from(publicKey(name).split(' ')[1] ?? '', 'base64'));
    if (!key) throw new Error('no key');
    return key;
  };
  /** Signs the key of a host, and gives what the certificate is called. */
  const sign = (authority: string, key: string, words: readonly string[]) => {
    keygen('-s', path(authority), '-I', 'the host', ...words, path(`${key}.pub`));
    return readFileSync(path(`${key}-cert.pub`), 'utf8').trim();
  };
  const authorityLine = (authority: string, names = '*.example') => `@cert-authority ${names} ${publicKey(authority)}`;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pai-certificates-'));
    for (const type of ['ed25519', 'rsa', 'ecdsa']) {
      makeKey(type, `ca-${type}`);
      makeKey(type, `host-${type}`);
    }
    keygen('-t', 'ecdsa', '-b', '521', '-N', '', '-C', '', '-f', 'ca-521');
    makeKey('ed25519', 'other-ca');
    // sshd wants it, and Debian makes it when the service starts.
    if (!existsSync('/run/sshd')) {
      mkdirSync('/run/sshd', {mode: 0o755});
      madeRunFolder = true;
    }
  });
  afterAll(() => {
    rmSync(folder, {recursive: true, force: true});
    if (madeRunFolder) rmdirSync('/run/sshd');
  });

  /** Words that start an sshd on stdin and stdout which shows a host key, and its certificate if there is one. */
  function sshdWords(key: string, withCertificate: boolean): readonly [string, ...string[]] {
    const lines = [
      `HostKey ${path(key)}`,
      ...(withCertificate ? [`HostCertificate ${path(`${key}-cert.pub`)}`] : []),
      'PidFile none',
      'UsePAM no',
      'AuthenticationMethods publickey',
    ];
    const file = path(`sshd-${key}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return [sshd, '-i', '-f', file];
  }

  async function ask(key: string, withCertificate = true): Promise<Buffer | undefined> {
    const [command, ...words] = sshdWords(key, withCertificate);
    const child = spawn(command, words, {stdio: ['pipe', 'pipe', 'ignore']});
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.stdin.on('error', () => {});
    try {
      return await askHostCertificate(
        Duplex.from({readable: child.stdout, writable: child.stdin}),
        AbortSignal.timeout(10_000),
      );
    } finally {
      child.kill('SIGKILL');
      await gone;
    }
  }

  /** What we make of a host after its certificate was asked for. */
  async function judge(knownHosts: string, key: string, withCertificate = true) {
    const {entries, problems} = readKnownHosts(knownHosts, 'known_hosts');
    expect(problems).toEqual([]);
    const book = hostKeyBook([], [{name: 'known_hosts', entries}]);
    if (book.wantsCertificate(owner)) book.learn(owner, await ask(key, withCertificate));
    return {verdict: book.check(owner, keyIn(key)), preferred: book.preferredTypes(owner), book};
  }

  /** What ssh makes of it: it goes on to log in, or not. */
  function askSsh(knownHosts: string, key: string, withCertificate = true): boolean {
    const file = path('known_hosts');
    writeFileSync(file, `${knownHosts}\n`);
    const settings = [
      'BatchMode=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${file}`,
      'GlobalKnownHostsFile=/dev/null',
      `ProxyCommand=${sshdWords(key, withCertificate).join(' ')}`,
    ].flatMap((setting) => ['-o', setting]);
    const {stderr} = spawnSync('ssh', ['-F', 'none', ...settings, host, 'true'], {encoding: 'utf8'});
    expect(stderr).toMatch(/Permission denied|Host key verification failed|Certificate invalid/);
    return stderr.includes('Permission denied');
  }

  describe.each(['host-ed25519', 'host-rsa', 'host-ecdsa'])('of %s', (key) => {
    test.each(['ca-ed25519', 'ca-rsa', 'ca-ecdsa', 'ca-521'])('count when %s signed them', async (authority) => {
      sign(authority, key, ['-h', '-n', `${host},10.0.0.1`, '-V', '-1d:+1d']);
      const known = authorityLine(authority);
      const {verdict, preferred, book} = await judge(known, key);
      expect(verdict).toEqual({kind: 'trusted', from: 'known_hosts:1'});
      expect(preferred).toEqual([keyIn(key).type]);
      expect(book.wantsCertificate(owner)).toBe(false);
      expect(askSsh(known, key)).toBe(true);
      // Another key of the same host is still nobody's.
      expect(book.check(owner, keyIn('other-ca')).kind).toBe('unknown');
    });
  });

  const key = 'host-ed25519';
  const good = ['-h', '-n', host, '-V', '-1d:+1d'];
  test.each<[string, readonly string[], () => string, string]>([
    ['for another host', ['-h', '-n', 'node-2.example'], () => authorityLine('ca-ed25519'), 'it is for node-2.example'],
    ['that have expired', ['-h', '-n', host, '-V', '-2d:-1d'], () => authorityLine('ca-ed25519'), 'it has expired'],
    [
      'that are not valid yet',
      ['-h', '-n', host, '-V', '+1d:+2d'],
      () => authorityLine('ca-ed25519'),
      'it is not valid yet',
    ],
    ['of another authority', good, () => authorityLine('other-ca'), 'another authority signed it'],
    [
      'of an authority that is revoked',
      good,
      () => `${authorityLine('ca-ed25519')}\n@revoked * ${publicKey('ca-ed25519')}`,
      'the key of the authority is revoked',
    ],
  ])('%s do not count', async (_what, words, knownHosts, why) => {
    sign('ca-ed25519', key, words);
    const {verdict, book} = await judge(knownHosts(), key);
    expect(verdict.kind).toBe('unknown');
    expect(verdict.kind === 'unknown' && verdict.because).toContain(why);
    expect(book.wantsCertificate(owner)).toBe(true);
    expect(askSsh(knownHosts(), key)).toBe(false);
  });

  test('of users do not count', () => {
    const line = sign('ca-ed25519', key, ['-n', host]);
    const book = hostKeyBook(
      [],
      [{name: 'known_hosts', entries: readKnownHosts(authorityLine('ca-ed25519'), '').entries}],
    );
    book.learn(owner, Buffer.from(line.split(' ')[1] ?? '', 'base64'));
    expect(book.check(owner, keyIn(key))).toMatchObject({
      kind: 'unknown',
      because: expect.stringContaining('it is not for hosts'),
    });
  });

  test('without names are for no host, which is stricter than ssh', async () => {
    sign('ca-ed25519', key, ['-h']);
    const {verdict} = await judge(authorityLine('ca-ed25519'), key);
    expect(verdict).toMatchObject({kind: 'unknown', because: expect.stringContaining('it names no host')});
  });

  test('of a host whose key is revoked do not help it', async () => {
    sign('ca-ed25519', key, good);
    const known = `${authorityLine('ca-ed25519')}\n@revoked * ${publicKey(key)}`;
    expect((await judge(known, key)).verdict.kind).toBe('revoked');
    expect(askSsh(known, key)).toBe(false);
  });

  describe('through a connection', () => {
    /** An sshd for each connection to a port of its own. */
    async function serve(withCertificate: boolean) {
      const children = new Set<ChildProcess>();
      const [command, ...words] = sshdWords(key, withCertificate);
      const server = createServer((socket) => {
        const child = spawn(command, words, {stdio: ['pipe', 'pipe', 'ignore']});
        children.add(child);
        socket.on('error', () => {}).pipe(child.stdin.on('error', () => {}));
        child.stdout.pipe(socket);
        child.once('close', () => {
          children.delete(child);
          socket.destroy();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const at = server.address();
      if (at === null || typeof at === 'string') throw new Error('no port');
      return {
        port: at.port,
        async close() {
          for (const child of children) child.kill('SIGKILL');
          await new Promise((resolve) => server.close(resolve));
        },
      };
    }

    async function connectTo(withCertificate: boolean) {
      const {port, close} = await serve(withCertificate);
      const entries = readKnownHosts(authorityLine('ca-ed25519', '127.0.0.*,[127.0.0.*]:*'), '').entries;
      const hostKeys = hostKeyBook([], [{name: 'known_hosts', entries}]);
      const ssh = createSsh({hostKeys, clock: createClock()});
      const target = {
        name: 'node-1',
        address: '127.0.0.1',
        port,
        user: 'nobody',
        credentials: [{kind: 'password' as const, password: new Secret('x')}],
      };
      const signal = AbortSignal.timeout(20_000);
      try {
        const problem = await ssh.connect(target, signal).then(
          (remote) => remote.close(),
          (error: unknown) => problemOf(error),
        );
        const keys = await ssh.hostKeys(target, signal);
        return {problem, judged: judgeHostKeys(hostKeys, target, keys)};
      } finally {
        await close();
      }
    }

    test('are asked for before anybody logs in', async () => {
      sign('ca-ed25519', key, ['-h', '-n', '127.0.0.1']);
      // The host is trusted, so it is asked to let somebody in; by a password it lets in nobody.
      const {problem, judged} = await connectTo(true);
      expect(problem).toMatchObject({code: 'login-refused'});
      expect(judged).toEqual({state: 'known', from: 'known_hosts:1'});
    });

    test('that a host has not let nobody log in', async () => {
      const {problem, judged} = await connectTo(false);
      expect(problem).toMatchObject({
        code: 'host-key-unknown',
        message: expect.stringContaining('shows no certificate'),
      });
      expect(judged).toMatchObject({state: 'new', because: expect.stringContaining('shows no certificate')});
    });
  });

  test('are missed where a host has none, and that is said', async () => {
    const known = authorityLine('ca-ed25519');
    const {verdict} = await judge(known, key, false);
    expect(verdict).toEqual({
      kind: 'unknown',
      because: 'known_hosts:1 knows it by a certificate authority, and it shows no certificate',
    });
    expect(askSsh(known, key, false)).toBe(false);
  });

  test('are not asked for where a key is known', async () => {
    const book = hostKeyBook(
      [],
      [{name: 'k', entries: readKnownHosts(`${authorityLine('ca-ed25519')}\n${host} ${publicKey(key)}`, '').entries}],
    );
    expect(book.wantsCertificate(owner)).toBe(false);
    expect(book.check(owner, keyIn(key)).kind).toBe('trusted');
  });

  test('count until they expire', () => {
    const line = sign('ca-ed25519', key, ['-h', '-n', host, '-V', '20261120000000:20261121000000']);
    let now = new Date(2026, 10, 20, 12).getTime();
    const entries = readKnownHosts(authorityLine('ca-ed25519'), '').entries;
    const book = hostKeyBook([], [{name: 'k', entries}], () => now);
    book.learn(owner, Buffer.from(line.split(' ')[1] ?? '', 'base64'));
    expect(book.check(owner, keyIn(key)).kind).toBe('trusted');
    now += 86_400_000;
    expect(book.check(owner, keyIn(key)).kind).toBe('unknown');
    expect(book.wantsCertificate(owner)).toBe(true);
  });

  test.each(['ca-ed25519', 'ca-rsa', 'ca-ecdsa'])('that were changed anywhere do not count (%s)', (authority) => {
    const blob = Buffer.from(sign(authority, key, good).split(' ')[1] ?? '', 'base64');
    const entries = readKnownHosts(authorityLine(authority), '').entries;
    fc.assert(
      fc.property(fc.integer({min: 0, max: blob.length - 1}), fc.integer({min: 1, max: 255}), (at, change) => {
        const changed = Buffer.from(blob);
        changed[at] = (changed[at] ?? 0) ^ change;
        const book = hostKeyBook([], [{name: 'k', entries}]);
        book.learn(owner, changed);
        expect(book.wantsCertificate(owner)).toBe(true);
      }),
      {numRuns: 300},
    );
  });

  test('of any bytes are read without a crash', () => {
    const blob = Buffer.from(sign('ca-ed25519', key, good).split(' ')[1] ?? '', 'base64');
    fc.assert(
      fc.property(fc.integer({min: 0, max: blob.length}), fc.uint8Array({maxLength: 200}), (cut, more) => {
        readHostCertificate(Buffer.concat([blob.subarray(0, cut), more]));
        readHostCertificate(more);
      }),
    );
  });
});

describe('asking for a certificate', () => {
  async function answer(serve: (socket: Socket) => void): Promise<Buffer | undefined> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    try {
      return await askHostCertificate(connect(address.port, '127.0.0.1'), AbortSignal.timeout(10_000));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test.each<[string, (socket: Socket) => void]>([
    ['hangs up', (socket) => socket.destroy()],
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['speaks something else', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['never ends its line', (socket) => socket.write('x'.repeat(100_000))],
    ['never says its version', (socket) => socket.write('hello\n'.repeat(1000))],
    ['sends a packet of gigabytes', (socket) => socket.write('SSH-2.0-x\r\n\xff\xff\xff\xff', 'latin1')],
    ['sends an empty packet', (socket) => socket.write('SSH-2.0-x\r\n\0\0\0\0')],
    ['sends more padding than packet', (socket) => socket.write('SSH-2.0-x\r\n\0\0\0\x0c\xff\x14aaaaaaaaaa', 'latin1')],
    ['sends another message', (socket) => socket.write('SSH-2.0-x\r\n\0\0\0\x0c\x04\x01aaaaaaaaaa', 'latin1')],
    ['sends an offer that is cut', (socket) => socket.write('SSH-2.0-x\r\n\0\0\0\x0c\x04\x14aaaaaaaaaa', 'latin1')],
  ])('whoever %s has none', async (_what, serve) => {
    expect(await answer(serve)).toBeUndefined();
  });

  test('ends when nobody waits any more', async () => {
    const stop = new AbortController();
    const silent = new Duplex({read() {}, write: (_chunk, _encoding, done) => done()});
    const asked = askHostCertificate(silent, stop.signal);
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(silent.destroyed).toBe(true);
  });
});
