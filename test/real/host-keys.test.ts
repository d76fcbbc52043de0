import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import ssh2 from 'ssh2';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {HostKey} from '../../src/engine/machine-tools.ts';
import {pinStore} from '../../src/engine/machines/pin-store.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import {pinKeys} from '../../src/engine/remote/pins.ts';
import {hashed, keyOf, lineOf} from '../remote/keys.ts';

const isMissing = spawnSync('ssh-keygen', ['-?']).error !== undefined || spawnSync('ssh', ['-V']).error !== undefined;
if (isMissing) console.error('Host keys are not held against OpenSSH: its client is not installed.');

const types = ['ed25519', 'rsa', 'ecdsa'] as const;

describe.skipIf(isMissing)('host keys as OpenSSH has them', () => {
  let folder: string;
  const keys = new Map<string, HostKey>();
  const keyFile = (type: string) => join(folder, `${type}.pub`);
  const keygen = (...words: string[]) => {
    const {status, stdout} = spawnSync('ssh-keygen', words, {encoding: 'utf8', cwd: folder});
    return {status, stdout};
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pai-host-keys-'));
    for (const type of types) {
      expect(keygen('-q', '-t', type, '-N', '', '-C', `root@${type}`, '-f', join(folder, type)).status).toBe(0);
      const [line] = readKnownHosts(`host ${readFileSync(keyFile(type), 'utf8')}`, type).entries;
      if (line) keys.set(type, line.key);
    }
  });
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  const key = (type: string) => {
    const found = keys.get(type);
    if (!found) throw new Error(`no ${type} key`);
    return found;
  };

  test.each(types)('the fingerprint of an %s key is what ssh-keygen prints', (type) => {
    expect(keygen('-lf', keyFile(type)).stdout.split(' ')[1]).toBe(key(type).fingerprint);
  });

  test('names that ssh-keygen hashed are found, and nothing else', () => {
    const file = join(folder, 'to-hash');
    const names = ['node-1', '[node-2]:2222', '10.0.0.3', 'fe80::1', '[fe80::1]:2200'];
    writeFileSync(file, names.map((name) => lineOf(name, key('ed25519'))).join('\n'));
    expect(keygen('-H', '-f', file).status).toBe(0);
    const {entries, problems} = readKnownHosts(readFileSync(file, 'utf8'), file);
    expect(problems).toEqual([]);
    expect(entries.map((entry) => names.filter((name) => entry.names.matches(name)))).toEqual(
      names.map((name) => [name]),
    );
  });

  test('the lines that are about a host are those that ssh-keygen -F finds', () => {
    const file = join(folder, 'mixed');
    const written = [
      '# comment',
      lineOf('node-1,10.0.0.1', key('ed25519')),
      lineOf('node-*', key('rsa')),
      lineOf('node-*,!node-2', key('ecdsa')),
      lineOf('[node-1]:2222', key('rsa')),
      lineOf('[*]:2222', key('ecdsa')),
      lineOf(hashed('node-2'), key('ed25519')),
      lineOf('NODE-3', key('ed25519')),
      lineOf('node-?', key('ed25519'), 'a comment'),
      lineOf('!node-1', key('ed25519')),
      `@revoked ${lineOf('node-4', key('rsa'))}`,
      `@cert-authority ${lineOf('*.example', key('rsa'))}`,
      `@other ${lineOf('node-1', key('rsa'))}`,
      'node-1',
      'node-1 ssh-rsa',
      'node-1 1024 35 123',
      `\t ${lineOf('node-5', key('rsa'))}`,
      `node-6\t\t${key('rsa').type}\t${key('rsa').blob}\tcomment`,
      lineOf('|1|broken', key('rsa')),
      lineOf('fe80::1', key('rsa')),
      '',
    ];
    writeFileSync(file, written.join('\n'));
    const {entries} = readKnownHosts(readFileSync(file, 'utf8'), file);
    const hosts = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6', 'node-12', '10.0.0.1', 'fe80::1'];
    for (const host of [...hosts, '[node-1]:2222', '[node-9]:2222', 'a.example', 'example', 'node-']) {
      const found = keygen('-F', host, '-f', file).stdout;
      const theirs = [...found.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
      const ours = entries.filter(({names}) => names.matches(host)).map(({line}) => line);
      expect(ours, host).toEqual(theirs);
    }
  });

  test('ssh-keygen finds what is pinned', async () => {
    const store = pinStore(join(folder, 'state'));
    const owner = {name: 'node-1', address: 'fe80::1', port: 2222};
    const accepted = {at: 0, by: 'ops@jump', how: 'compared on screen'};
    await pinKeys(store, [{owner, keys: types.map(key)}], accepted);
    const {stdout} = keygen('-F', '[fe80::1]:2222', '-l', '-f', store.file);
    for (const type of types) expect(stdout).toContain(key(type).fingerprint);
  });

  describe('and the ssh client', () => {
    let server: ssh2.Server;
    let port: number;
    beforeAll(async () => {
      server = new ssh2.Server({hostKeys: [readFileSync(join(folder, 'ed25519'))]}, (client) => {
        client.on('authentication', (asked) => asked.reject([]));
        client.on('error', () => {});
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    /** Whether ssh goes on to log in, and whether it says that the key is another one than it knows. */
    async function askSsh(file: string): Promise<'trusted' | 'changed' | 'revoked' | 'unknown'> {
      const settings = [
        'BatchMode=yes',
        'StrictHostKeyChecking=yes',
        `UserKnownHostsFile=${file}`,
        'GlobalKnownHostsFile=/dev/null',
        'HostKeyAlgorithms=ssh-ed25519',
      ].flatMap((setting) => ['-o', setting]);
      const words = ['-F', 'none', ...settings, '-p', String(port), '127.0.0.1', 'true'];
      const said = await textOf(spawn('ssh', words, {stdio: ['ignore', 'ignore', 'pipe']}));
      if (said.includes('marked as revoked') || said.includes('REVOKED HOST KEY')) return 'revoked';
      if (said.includes('IDENTIFICATION HAS CHANGED')) return 'changed';
      if (said.includes('Host key verification failed')) return 'unknown';
      expect(said).toContain('Permission denied');
      return 'trusted';
    }

    const another = keyOf('another');
    const cases: readonly (readonly [what: string, lines: (host: string) => readonly string[]])[] = [
      ['nothing', () => []],
      ['its key', (host) => [lineOf(host, key('ed25519'))]],
      ['its key, hashed', (host) => [lineOf(hashed(host), key('ed25519'))]],
      ['its key under the address alone', () => [lineOf('127.0.0.1', key('ed25519'))]],
      ['another key under the address alone', () => [lineOf('127.0.0.1', another)]],
      ['another key', (host) => [lineOf(host, another)]],
      ['another key and its own', (host) => [lineOf(host, another), lineOf(host, key('ed25519'))]],
      [
        'another key there, its own under the address alone',
        (host) => [lineOf(host, another), lineOf('127.0.0.1', key('ed25519'))],
      ],
      ['its key for hosts without it', (host) => [lineOf(`*,!${host}`, key('ed25519'))]],
      ['a pattern', () => [lineOf('[127.0.0.*]:*', key('ed25519'))]],
      ['its key, revoked', (host) => [lineOf(host, key('ed25519')), `@revoked ${lineOf('*', key('ed25519'))}`]],
      ['its key as an authority', (host) => [`@cert-authority ${lineOf(host, key('ed25519'))}`]],
      ['a broken line', (host) => [`${host} ssh-ed25519 AAAA`]],
    ];
    test.each(cases)('judge a machine alike of which known_hosts has %s', async (_what, lines) => {
      const file = join(folder, 'known_hosts');
      const text = `${lines(`[127.0.0.1]:${port}`).join('\n')}\n`;
      writeFileSync(file, text);
      const book = hostKeyBook([], [{name: 'known_hosts', entries: readKnownHosts(text, file).entries}]);
      const ours = book.check({name: 'here', address: '127.0.0.1', port}, key('ed25519')).kind;
      expect(ours).toBe(await askSsh(file));
    });

    test('go in with the pins as their known_hosts', async () => {
      const store = pinStore(join(folder, 'pinned'));
      const owner = {name: 'here', address: '127.0.0.1', port};
      await pinKeys(store, [{owner, keys: [key('ed25519')]}], {at: 0, by: 'ops@jump', how: 'compared on screen'});
      expect(await askSsh(store.file)).toBe('trusted');
    });
  });
});

async function textOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text += String(chunk);
  });
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return text;
}
