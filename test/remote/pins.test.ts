import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {pinStore} from '../../src/engine/machines/pin-store.ts';
import {hostKeyReader} from '../../src/engine/remote/host-key-reader.ts';
import {knownHostsPlaces} from '../../src/engine/remote/known-hosts-files.ts';
import {type HowAccepted, pinKeys} from '../../src/engine/remote/pins.ts';
import {keyOf, lineOf} from './keys.ts';

const owner = {name: 'node-1', address: '10.0.0.1', port: 2222};
const a = keyOf('a');
const b = keyOf('b');
const rsa = keyOf('r', 'ssh-rsa');
const accepted: HowAccepted = {at: Date.UTC(2026, 10, 20, 20, 19, 5), by: 'ops@jump', how: 'compared on screen'};

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pai-pins-'));
  folder = join(home, 'state/prod');
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

const pins = () => readFileSync(join(folder, 'known_hosts'), 'utf8');
const journal = () =>
  readFileSync(join(folder, 'host-keys.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const reader = () => hostKeyReader(pinStore(folder), knownHostsPlaces(home).slice(0, 2));

describe('pinned keys', () => {
  test('are trusted from then on, with when, by whom and how', async () => {
    const read = reader();
    expect((await read()).book.check(owner, a)).toEqual({kind: 'unknown'});
    await pinKeys(pinStore(folder), [{owner, keys: [a, rsa]}], accepted);
    const {book, problems} = await read();
    expect(problems).toEqual([]);
    expect(book.check(owner, a)).toEqual({kind: 'trusted', from: 'pinned 2026-11-20'});
    expect(book.check(owner, b).kind).toBe('changed');
    expect(pins().split('\n')[1]).toBe(
      `[10.0.0.1]:2222 ${a.type} ${a.blob} pinned 2026-11-20T20:19:05.000Z by ops@jump as node-1: compared on screen`,
    );
    expect(journal()).toEqual(
      [a, rsa].map(({type, fingerprint}) => ({
        at: '2026-11-20T20:19:05.000Z',
        by: 'ops@jump',
        machine: 'node-1',
        host: '[10.0.0.1]:2222',
        type,
        fingerprint,
        how: 'compared on screen',
      })),
    );
  });

  test('are for the account alone, or for the group that the state folder is for', async () => {
    await pinKeys(pinStore(folder), [{owner, keys: [a]}], accepted);
    const modes = () => ['known_hosts', 'host-keys.jsonl'].map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(modes()).toEqual([0o600, 0o600]);
    rmSync(folder, {recursive: true});
    chmodSync(join(home, 'state'), 0o2770);
    await pinKeys(pinStore(folder), [{owner, keys: [a]}], accepted);
    expect(modes()).toEqual([0o660, 0o660]);
  });

  test('are not replaced by others unless that was asked for', async () => {
    const store = pinStore(folder);
    await pinKeys(store, [{owner, keys: [a]}], accepted);
    const before = pins();
    const both = [
      {owner: {...owner, name: 'node-2', address: '10.0.0.2'}, keys: [b]},
      {owner, keys: [b]},
    ];
    await expect(pinKeys(store, both, accepted)).rejects.toMatchObject({
      problem: {code: 'host-key-changed', machine: 'node-1', detail: `pinned 2026-11-20: ${a.type} ${a.fingerprint}`},
    });
    expect(pins()).toBe(before);
    expect(journal()).toHaveLength(1);
    await pinKeys(store, [{owner, keys: [b]}], {...accepted, how: 're-pinned', replace: true});
    const {book} = await reader()();
    expect(book.check(owner, b).kind).toBe('trusted');
    expect(book.check(owner, a)).toMatchObject({kind: 'changed', known: [{type: b.type, fingerprint: b.fingerprint}]});
    expect(journal().at(-1)).toMatchObject({how: 're-pinned', replace: true, fingerprint: b.fingerprint});
  });

  test('are joined by further kinds of the same machine, each once', async () => {
    const store = pinStore(folder);
    await pinKeys(store, [{owner, keys: [a]}], accepted);
    await pinKeys(store, [{owner, keys: [a, rsa]}], accepted);
    expect(pins().match(/^\[10/gm)).toHaveLength(2);
    await expect(pinKeys(store, [{owner, keys: [b, rsa]}], accepted)).rejects.toThrow('Another host key');
    await expect(pinKeys(store, [{owner, keys: [keyOf('e', 'ecdsa-sha2-nistp256')]}], accepted)).rejects.toThrow();
  });

  test('leave what else stands in the file as it is', async () => {
    const store = pinStore(folder);
    await pinKeys(store, [{owner, keys: [a]}], accepted);
    const by = `# by hand\n${lineOf('10.0.0.9', b)}\nbroken line\n`;
    writeFileSync(join(folder, 'known_hosts'), by);
    await pinKeys(store, [{owner, keys: [a]}], accepted);
    expect(pins().startsWith(by)).toBe(true);
    expect((await reader()()).problems).toMatchObject([{severity: 'warning', line: 3}]);
  });

  test('of many who accept at the same time are all kept', async () => {
    const names = Array.from({length: 12}, (_, index) => `10.0.1.${index}`);
    await Promise.all(
      names.map((address) =>
        pinKeys(pinStore(folder), [{owner: {name: address, address, port: 22}, keys: [a]}], accepted),
      ),
    );
    expect(pins().match(/^10\.0\.1\.\d+ /gm)).toHaveLength(12);
    expect(journal()).toHaveLength(12);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test.each(['10.0.0.*', '!10.0.0.1', 'a,b', 'a b', '|1|x|y', '#x', '@revoked', ''])(
    'are for one address, not for "%s"',
    async (address) => {
      const odd = {name: 'odd', address, port: 22};
      await expect(pinKeys(pinStore(folder), [{owner: odd, keys: [a]}], accepted)).rejects.toMatchObject({
        problem: {code: 'config-invalid', machine: 'odd'},
      });
    },
  );

  test('cannot be told apart from a second line by a name with a line end', async () => {
    const sly = {...owner, name: `x\n10.0.0.7 ${b.type} ${b.blob}`};
    await pinKeys(pinStore(folder), [{owner: sly, keys: [a]}], {...accepted, by: 'a b\r\nc'});
    expect(pins().match(/\n/g)).toHaveLength(2);
    expect((await reader()()).book.check({name: 'y', address: '10.0.0.7', port: 22}, b)).toEqual({kind: 'unknown'});
  });

  test('that cannot be read are no reason to trust anything', async () => {
    await pinKeys(pinStore(folder), [{owner, keys: [a]}], accepted);
    rmSync(join(folder, 'known_hosts'));
    symlinkSync('.', join(folder, 'known_hosts'));
    await expect(reader()()).rejects.toMatchObject({problem: {code: 'file-unreadable'}});
  });
});

describe('known_hosts of the account', () => {
  const known = () => join(home, '.ssh/known_hosts');
  const write = (text: string) => {
    rmSync(join(home, '.ssh'), {recursive: true, force: true});
    symlinkSync(home, join(home, '.ssh'));
    writeFileSync(join(home, 'known_hosts'), text);
  };

  test('is read anew when it changed, and otherwise not', async () => {
    const read = reader();
    write(`${lineOf('[10.0.0.1]:2222', a)}\nbroken\n`);
    const first = await read();
    expect(first.book.check(owner, a)).toEqual({kind: 'trusted', from: '~/.ssh/known_hosts:1'});
    expect(first.problems).toMatchObject([{line: 2, file: known()}]);
    expect((await read()).book).toBe(first.book);
    writeFileSync(known(), lineOf('[10.0.0.1]:2222', b));
    expect((await read()).book.check(owner, a).kind).toBe('changed');
  });

  test('that is no file has no lines', async () => {
    write('');
    rmSync(join(home, 'known_hosts'));
    symlinkSync('/dev/null', join(home, 'known_hosts'));
    expect((await reader()()).problems).toEqual([]);
  });
});
