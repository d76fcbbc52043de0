import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {HostKeyReport} from '../../src/engine/machines/types.ts';
import {keyOf} from '../remote/keys.ts';
import {createFakeMachines, machine} from './fake-machines.ts';
import {makeConfig, openWith, runWith} from './machine-config.ts';

let config: ReturnType<typeof makeConfig>;
beforeAll(() => {
  config = makeConfig();
});
afterAll(() => config.remove());

const key = (name: string) => keyOf(name);
const report = (name: string, more: Partial<HostKeyReport> = {}): HostKeyReport => ({
  machine: machine(name),
  keys: [key(name)],
  state: 'new',
  ...more,
});
const known = report('gpu-01', {state: 'known', from: 'pinned 2026-11-20'});
const changed = report('gpu-04', {
  state: 'changed',
  from: 'pinned 2026-11-20',
  known: [key('old')],
});
const silent = report('gpu-05', {
  state: 'unreachable',
  keys: [],
  problem: {code: 'machine-unreachable', message: 'It does not answer.'},
});

function fake(reports: readonly HostKeyReport[]) {
  return createFakeMachines({machines: reports.map((one) => one.machine), hostKeys: () => reports});
}
const trust = (machines: ReturnType<typeof fake>, argv: readonly string[] = [], more = {}) =>
  runWith(machines.machines, ['machine', 'trust', '-c', config.folder, ...argv], more);
const pinned = (machines: ReturnType<typeof fake>) =>
  machines.calls.flatMap(({what, with: asked}) => (what === 'trust' ? [asked] : []));
const of = (...names: string[]) => names.map((name) => ({machine: name, keys: [key(name)]}));

describe('machine trust', () => {
  test('shows all new keys in one table and pins them after one yes', async () => {
    const machines = fake([known, report('gpu-02'), report('gpu-03')]);
    const command = openWith(machines.machines, ['machine', 'trust', '-c', config.folder], {terminal: true});
    await command.sees('[y/N]');
    expect(command.stderr().replaceAll(/\s+/g, ' ')).toContain(
      `gpu-02 gpu-02.example new ssh-ed25519 ${key('gpu-02').fingerprint}`,
    );
    expect(command.stderr()).not.toContain(key('gpu-01').fingerprint);
    expect(pinned(machines)).toEqual([]);
    command.type('y\r');
    expect(await command.ended).toBe(0);
    expect(pinned(machines)).toEqual([{keys: of('gpu-02', 'gpu-03'), how: {how: 'compared on screen'}}]);
    expect(command.stdout()).toMatch(/gpu-01 +gpu-01.example +known .*pinned 2026-11-20\n/);
    expect(command.stdout()).toMatch(/gpu-03 +gpu-03.example +pinned /);
  });

  test('pins nothing after a no', async () => {
    const machines = fake([report('gpu-02')]);
    const command = openWith(machines.machines, ['machine', 'trust', '-c', config.folder], {terminal: true});
    await command.sees('[y/N]');
    command.type('\r');
    expect(await command.ended).toBe(5);
    expect(pinned(machines)).toEqual([]);
  });

  test('without a terminal shows them and refuses', async () => {
    const machines = fake([report('gpu-02')]);
    const {code, stdout, stderr} = await trust(machines);
    expect(code).toBe(4);
    expect(stdout).toContain(key('gpu-02').fingerprint);
    expect(stderr).toContain('approval-missing: The host keys of gpu-02 are new, and nobody has accepted them.');
    expect(pinned(machines)).toEqual([]);
  });

  test('with --yes says of each that it was not compared', async () => {
    const machines = fake([report('gpu-02'), report('gpu-03'), known]);
    const {code, stderr} = await trust(machines, ['--yes']);
    expect(code).toBe(0);
    for (const name of ['gpu-02', 'gpu-03']) {
      expect(stderr).toContain(`accepted without comparison: ${name} ssh-ed25519 ${key(name).fingerprint}\n`);
    }
    expect(pinned(machines)).toEqual([{keys: of('gpu-02', 'gpu-03'), how: {how: 'accepted without comparison'}}]);
  });

  test('with --fingerprints pins those that are in the file and tells the others apart', async () => {
    const file = join(config.folder, 'fingerprints');
    writeFileSync(file, `256 ${key('gpu-02').fingerprint} root@gpu-02 (ED25519)\ngpu-03 ${key('other').fingerprint}\n`);
    const machines = fake([report('gpu-02'), report('gpu-03'), report('gpu-06')]);
    const {code, stdout, stderr} = await trust(machines, ['--fingerprints', file, '--json']);
    expect(code).toBe(4);
    expect(pinned(machines)).toEqual([{keys: of('gpu-02'), how: {how: 'fingerprints from a file'}}]);
    expect(
      JSON.parse(stdout).hosts.map(({machine: name, state}: {machine: string; state: string}) => [name, state]),
    ).toEqual([
      ['gpu-02', 'pinned'],
      ['gpu-03', 'mismatch'],
      ['gpu-06', 'new'],
    ]);
    expect(stderr).toContain('gpu-03 shows other host keys than those that were written down for it.');
    expect(stderr).toContain('The fingerprints say nothing of gpu-06');
  });

  test('with --fingerprints shows of a machine as pinned what is in the file alone', async () => {
    const file = join(config.folder, 'one-of-two');
    writeFileSync(file, `256 ${key('gpu-02').fingerprint} root@gpu-02 (ED25519)\n`);
    const machines = fake([report('gpu-02', {keys: [key('gpu-02'), key('uncompared')]})]);
    const {code, stdout} = await trust(machines, ['--fingerprints', file]);
    expect(code).toBe(0);
    expect(pinned(machines)).toEqual([{keys: of('gpu-02'), how: {how: 'fingerprints from a file'}}]);
    expect(stdout).toContain(key('gpu-02').fingerprint);
    expect(stdout).not.toContain(key('uncompared').fingerprint);
  });

  test.each([
    ['is not there', 'missing', undefined],
    ['has no fingerprint', 'empty', 'nothing here\n'],
  ])('refuses a file of fingerprints that %s', async (_what, name, text) => {
    if (text !== undefined) writeFileSync(join(config.folder, name), text);
    const machines = fake([report('gpu-02')]);
    expect((await trust(machines, ['--fingerprints', join(config.folder, name)])).code).toBe(2);
    expect(pinned(machines)).toEqual([]);
  });

  test('never accepts a key that changed, and explains it', async () => {
    const machines = fake([report('gpu-02'), changed]);
    const {code, stderr} = await trust(machines, ['--yes']);
    expect(code).toBe(4);
    expect(pinned(machines)).toEqual([{keys: of('gpu-02'), how: {how: 'accepted without comparison'}}]);
    expect(stderr).toContain('host-key-changed: gpu-04 shows another host key than the one that is known.');
    expect(stderr).toContain(
      `| known: ssh-ed25519 ${key('old').fingerprint} (pinned 2026-11-20)\n  | shows: ssh-ed25519 ${key('gpu-04').fingerprint}`,
    );
    expect(stderr).toContain('Either it was reinstalled, or somebody is in between');
    expect(stderr).toContain('pai-tui machine trust gpu-04 --replace');
  });

  test.each<[string, Partial<HostKeyReport>, string]>([
    ['is revoked', {state: 'revoked', from: '/etc/ssh/ssh_known_hosts:3'}, 'host-key-revoked'],
    [
      'ssh knows another one of',
      {state: 'changed', from: '~/.ssh/known_hosts:12', known: [key('x')]},
      "ssh-keygen -R 'gpu-04.example' (in ~/.ssh/known_hosts:12)",
    ],
    [
      'known_hosts and pins disagree on',
      {state: 'disagreeing', from: '~/.ssh/known_hosts:12', known: [key('x')]},
      'know different host keys',
    ],
  ])('refuses a key that %s', async (_what, more, sentence) => {
    const machines = fake([{...changed, ...more}]);
    const {code, stderr} = await trust(machines, ['--yes']);
    expect(code).toBe(4);
    expect(stderr).toContain(sentence);
    expect(pinned(machines)).toEqual([]);
  });

  test('ends with 1 when some machines cannot be asked, with 6 when none can', async () => {
    expect((await trust(fake([known, silent]))).code).toBe(1);
    const {code, stderr} = await trust(fake([silent]));
    expect(code).toBe(6);
    expect(stderr).toContain('machine-unreachable: It does not answer.');
  });

  test('changes nothing with --readonly, but shows the keys', async () => {
    const machines = fake([report('gpu-02')]);
    const shown = await trust(machines, ['--readonly']);
    expect(shown.code).toBe(4);
    expect(shown.stdout).toContain(key('gpu-02').fingerprint);
    expect((await trust(machines, ['--readonly', '--yes'])).stderr).toContain('read-only');
    expect(pinned(machines)).toEqual([]);
  });
});

describe('machine trust --replace', () => {
  const replaced = [{keys: of('gpu-04'), how: {how: 're-pinned', replace: true}}];

  test('pins the new key of one machine when its name is confirmed', async () => {
    const machines = fake([changed]);
    const {code, stdout, stderr} = await trust(machines, ['gpu-04', '--replace', '--confirm', 'gpu-04']);
    expect(code).toBe(0);
    expect(stderr).toContain('Either it was reinstalled, or somebody is in between');
    expect(stdout).toMatch(/gpu-04 .* pinned /);
    expect(pinned(machines)).toEqual(replaced);
  });

  test('wants the name typed on a terminal', async () => {
    const machines = fake([changed]);
    const open = () =>
      openWith(machines.machines, ['machine', 'trust', '-c', config.folder, 'gpu-04', '--replace'], {terminal: true});
    const wrong = open();
    await wrong.sees('Type gpu-04');
    wrong.type('gpu-03\r');
    expect(await wrong.ended).toBe(4);
    expect(pinned(machines)).toEqual([]);
    const right = open();
    await right.sees('Type gpu-04');
    right.type('gpu-04\r');
    expect(await right.ended).toBe(0);
    expect(pinned(machines)).toEqual(replaced);
  });

  test.each<[string, readonly HostKeyReport[], readonly string[], number, string]>([
    ['nobody confirms it', [changed], [], 4, 'confirmation-missing'],
    ['another name is confirmed', [changed], ['--confirm', 'gpu-01'], 4, '"gpu-01" is not gpu-04'],
    ['--yes stands for it', [changed], ['--yes'], 2, 'takes one machine and its name'],
    ['several machines are named', [changed, known], ['--confirm', 'gpu-04'], 2, 'not 2'],
    ['nothing is to be replaced', [known], ['--confirm', 'gpu-01'], 2, 'nothing to replace'],
    ['it is readonly', [changed], ['--confirm', 'gpu-04', '--readonly'], 4, 'read-only'],
    ['it is revoked', [{...changed, state: 'revoked'}], ['--confirm', 'gpu-04'], 4, 'host-key-revoked'],
    ['it cannot be asked', [silent], ['--confirm', 'gpu-05'], 6, 'machine-unreachable'],
    [
      'ssh alone knows another',
      [{...changed, from: '~/.ssh/known_hosts:1'}],
      ['--confirm', 'gpu-04'],
      4,
      'ssh-keygen -R',
    ],
  ])('pins nothing when %s', async (_what, reports, argv, code, sentence) => {
    const machines = fake(reports);
    const ended = await trust(machines, ['--replace', ...argv]);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(sentence);
    expect(pinned(machines)).toEqual([]);
  });
});
