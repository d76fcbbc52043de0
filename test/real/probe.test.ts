import {cpus} from 'node:os';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {readFactsScript} from '../../src/engine/machines/facts/read-facts.ts';
import {type ProbeTools, probe} from '../../src/engine/machines/probe/probe.ts';
import {probedMachines} from '../../src/engine/machines/probe/probed-machines.ts';
import type {ProbeReport} from '../../src/engine/machines/types.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import {targetOf} from '../lab/connect.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of looking for real hosts', whyNoLab());

const {signal} = new AbortController();
const ignore = () => {};

describe.skipIf(obstacle)('looking for real hosts', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  let range: string;
  let script: string;

  beforeAll(async () => {
    script = await readFactsScript(fileURLToPath(new URL('../../assets', import.meta.url)));
    lab = await startLab({hosts: 2});
    [one, two] = lab.hosts as [Host, Host];
    // The third of them is nobody's.
    const last = Number(one.address.split('.').at(-1));
    range = `${one.address}-${last + 2}`;
  });
  afterAll(() => lab?.close());

  const toolsWith = (known: string): ProbeTools => ({
    book: hostKeyBook(readKnownHosts(known, 'known').entries, []),
    sshFor: (hostKeys) => createSsh({hostKeys, clock: createClock(), limits: {connectMs: 3000}}),
    targetOf: async (address) => ({...targetOf(lab, one, 'deploy'), name: address, address}),
    clock: createClock(),
    script,
  });
  const codes = (reports: readonly ProbeReport[]) => reports.map(({problem}) => problem?.code ?? 'facts');

  test('names new keys, logs in where they were accepted, and leaves nobody waiting for one that is not there', async () => {
    const first = await probe({addresses: [range]}, toolsWith(''), ignore, signal);
    expect(codes(first)).toEqual(['host-key-unknown', 'host-key-unknown', 'machine-unreachable']);
    const fingerprints = first[0]?.keys.map(({fingerprint}) => fingerprint) ?? [];
    const known = readKnownHosts(one.knownHosts(), 'lab').entries.map(({key}) => key.fingerprint);
    expect([...fingerprints].sort()).toEqual([...new Set(known)].sort());

    const accept = [{address: one.address, keys: first[0]?.keys ?? []}];
    const second = await probe({addresses: [range], accept}, toolsWith(''), ignore, signal);
    expect(codes(second)).toEqual(['facts', 'host-key-unknown', 'machine-unreachable']);
    expect(second[0]?.facts).toMatchObject({hostName: one.name, sudo: 'without password'});
    expect(second[0]?.sku).toMatchObject({cpus: cpus().length});
  });

  test('fills a machine list with hosts that are known', async () => {
    const {machines, skus} = probedMachines(
      await probe({addresses: [range]}, toolsWith(lab.knownHosts()), ignore, signal),
    );
    expect(machines.map(({address, hostName}) => [address, hostName])).toEqual([
      [one.address, one.name],
      [two.address, two.name],
    ]);
    // They are parts of one computer.
    expect(skus).toHaveLength(1);
    expect(new Set(machines.map(({sku}) => sku))).toEqual(new Set(skus.map(({name}) => name)));
  });

  test('logs in nowhere with a key that changed, accepted or not', async () => {
    const known = lab.knownHosts();
    await one.newHostKeys();
    const [, {keys}] = (await probe({addresses: [two.address, one.address]}, toolsWith(''), ignore, signal)) as [
      ProbeReport,
      ProbeReport,
    ];
    const accept = [{address: one.address, keys}];
    const [report] = await probe({addresses: [one.address], accept}, toolsWith(known), ignore, signal);
    expect(report?.problem).toMatchObject({code: 'host-key-changed', machine: one.address});
  });
});
