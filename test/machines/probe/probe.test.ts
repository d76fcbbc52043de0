import {cpus} from 'node:os';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {HostKey} from '../../../src/engine/machine-tools.ts';
import {readFactsScript} from '../../../src/engine/machines/facts/read-facts.ts';
import {acceptingBook} from '../../../src/engine/machines/probe/accepting.ts';
import {type ProbeTools, probe} from '../../../src/engine/machines/probe/probe.ts';
import type {ProbeReport} from '../../../src/engine/machines/types.ts';
import {hostKeyBook} from '../../../src/engine/remote/host-key-book.ts';
import type {HostKeyBook} from '../../../src/engine/remote/host-key-check.ts';
import {readKnownHosts} from '../../../src/engine/remote/known-hosts.ts';
import {createFakeSsh, type FakeSsh} from '../../helpers/fake-ssh.ts';

const clock = {now: Date.now, monotonic: performance.now.bind(performance), sleep: () => Promise.resolve()};
/** Base64 of a key is all that is compared. */
const keyOf = (address: string): HostKey => {
  const text = Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0\x20${address.padEnd(32, '-')}`, 'latin1');
  return {type: 'ssh-ed25519', blob: text.toString('base64'), fingerprint: `SHA256:${address}`};
};
const bookOf = (text: string): HostKeyBook => hostKeyBook(readKnownHosts(text, 'pins').entries, []);
const lineOf = (address: string, key = keyOf(address)) => `${address} ${key.type} ${key.blob}\n`;

let script: string;
let fake: FakeSsh;
let signal: AbortSignal;
let abort: AbortController;

beforeAll(async () => {
  script = await readFactsScript(fileURLToPath(new URL('../../../assets', import.meta.url)));
});
beforeEach(() => {
  fake = createFakeSsh({keys: ({address}) => [keyOf(address)]});
  abort = new AbortController();
  signal = abort.signal;
});
afterEach(() => fake.close());

/** Tools that see these known hosts; connecting asks the book as a real connection does. */
function toolsWith(text: string): ProbeTools {
  return {
    book: bookOf(text),
    sshFor: (book) => ({
      hostKeys: fake.ssh.hostKeys,
      async connect(target, aborting) {
        const verdict = book.check(target, keyOf(target.address));
        if (verdict.kind !== 'trusted') throw new Error(`logged in to a machine that is ${verdict.kind}`);
        return fake.ssh.connect(target, aborting);
      },
    }),
    targetOf: async (address) => ({name: address, address, port: 22, user: 'operator', credentials: []}),
    clock,
    script,
  };
}

const ignore = () => {};

test('a machine that is known has facts and a sku, and the connection is closed', async () => {
  const told: ProbeReport[] = [];
  const reports = await probe(
    {addresses: ['10.0.0.1']},
    toolsWith(lineOf('10.0.0.1')),
    (one) => told.push(one),
    signal,
  );
  expect(reports).toEqual(told);
  expect(reports[0]?.problem).toBeUndefined();
  expect(reports[0]?.facts?.cpus).toBe(cpus().length);
  expect(reports[0]?.sku?.name).toMatch(/^[a-z0-9-]+$/);
  expect(reports[0]?.keys).toEqual([keyOf('10.0.0.1')]);
  expect(fake.open()).toEqual([]);
});

test('nobody logs in to a machine whose key is new, until it is accepted for that address', async () => {
  const [first] = await probe({addresses: ['10.0.0.1']}, toolsWith(''), ignore, signal);
  expect(first).toMatchObject({
    keys: [keyOf('10.0.0.1')],
    problem: {
      code: 'host-key-unknown',
      machine: '10.0.0.1',
      detail: 'it shows ssh-ed25519 SHA256:10.0.0.1',
    },
  });
  expect(fake.connects).toEqual([]);
  const other = [{address: '10.0.0.2', keys: [keyOf('10.0.0.1')]}];
  const [still] = await probe({addresses: ['10.0.0.1'], accept: other}, toolsWith(''), ignore, signal);
  expect(still?.problem?.code).toBe('host-key-unknown');
  const accept = [{address: '10.0.0.1', keys: [keyOf('10.0.0.1')]}];
  const [then] = await probe({addresses: ['10.0.0.1'], accept}, toolsWith(''), ignore, signal);
  expect(then?.facts?.hostName).toBeTruthy();
});

describe('nobody logs in, accepted or not,', () => {
  const accept = [{address: '10.0.0.1', keys: [keyOf('10.0.0.1')]}];

  test('where another key is known', async () => {
    const [report] = await probe(
      {addresses: ['10.0.0.1'], accept},
      toolsWith(lineOf('10.0.0.1', keyOf('other'))),
      ignore,
      signal,
    );
    expect(report?.problem).toMatchObject({
      code: 'host-key-changed',
      detail: expect.stringMatching(/^it shows ssh-ed25519 SHA256:10\.0\.0\.1\nknown is ssh-ed25519 SHA256:/),
    });
    expect(fake.connects).toEqual([]);
  });

  test('where it is revoked', async () => {
    const [report] = await probe(
      {addresses: ['10.0.0.1'], accept},
      toolsWith(`@revoked ${lineOf('10.0.0.1')}`),
      ignore,
      signal,
    );
    expect(report?.problem?.code).toBe('host-key-revoked');
    expect(fake.connects).toEqual([]);
  });
});

test('one that nobody answers for is reported, and holds up nobody', async () => {
  const known = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => lineOf(address)).join('');
  fake.set('10.0.0.1', {code: 'machine-unreachable', message: 'Nobody answers at 10.0.0.1.'});
  fake.set('10.0.0.2', 'silent');
  const told: string[] = [];
  const all = probe({addresses: ['10.0.0.1-3']}, toolsWith(known), (one) => told.push(one.address), signal);
  await expect.poll(() => [...told].sort(), {timeout: 20_000}).toEqual(['10.0.0.1', '10.0.0.3']);
  abort.abort(new Error('enough'));
  await expect(all).rejects.toThrow('enough');
  expect(fake.open()).toEqual([]);
});

test('reports are in the order of the addresses, however many', async () => {
  const addresses = Array.from({length: 100}, (_, index) => `10.0.0.${index + 1}`);
  const reports = await probe({addresses}, toolsWith(''), ignore, signal);
  expect(reports.map(({address}) => address)).toEqual(addresses);
});

test('a machine that a certificate may speak for is connected to, which asks for it; not where its key was accepted', async () => {
  const tools = toolsWith('');
  const certified: ProbeTools = {
    ...tools,
    book: {...tools.book, wantsCertificate: ({address}) => address === '10.0.0.1'},
  };
  const asked: string[] = [];
  const sshFor: ProbeTools['sshFor'] = (book) => ({
    ...tools.sshFor(book),
    async connect(target) {
      asked.push(`${target.address} ${book.wantsCertificate?.(target) ? 'by certificate' : 'by key'}`);
      throw new Error('far enough');
    },
  });
  await probe({addresses: ['10.0.0.1-2']}, {...certified, sshFor}, ignore, signal);
  const accept = [{address: '10.0.0.1', keys: [keyOf('10.0.0.1')]}];
  await probe({addresses: ['10.0.0.1-2'], accept}, {...certified, sshFor}, ignore, signal);
  expect(asked).toEqual(['10.0.0.1 by certificate', '10.0.0.1 by key']);
});

test('an accepted key is asked for first where none is known', () => {
  const book = acceptingBook(bookOf(lineOf('10.0.0.2')), [{address: '10.0.0.1', keys: [keyOf('10.0.0.1')]}]);
  const types = (address: string) => book.preferredTypes({name: address, address, port: 22});
  expect([types('10.0.0.1'), types('10.0.0.2'), types('10.0.0.3')]).toEqual([['ssh-ed25519'], ['ssh-ed25519'], []]);
});
