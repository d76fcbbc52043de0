import {expect, test} from 'vitest';
import type {HostKeyReport} from '../../../src/engine/machines/types.ts';
import {hostKeyOf, machineListOf, machineOf, untrustedLook} from '../../helpers/fake-machines.ts';
import {type OpenMachinesOptions, openMachines} from './open-machines.tsx';

const machines = ['gpu-01', 'gpu-02', 'gpu-03'].map((name) => machineOf(name));
const fresh: readonly HostKeyReport[] = machines.map((machine) => ({
  machine,
  state: 'new',
  keys: [hostKeyOf(machine.name)],
}));

function openFresh(options: OpenMachinesOptions = {}, hostKeys = fresh) {
  return openMachines({
    ...options,
    machines: {list: machineListOf(machines), looks: machines.map(untrustedLook), hostKeys, ...options.machines},
  });
}

function changedKey(from: string): HostKeyReport {
  return {
    machine: machineOf('gpu-02'),
    state: 'changed',
    keys: [hostKeyOf('other')],
    known: [hostKeyOf('known', 'ecdsa-sha2-nistp256')],
    from,
  };
}

test('all new host keys stand in one table, with the focus on Cancel', async () => {
  const app = await openFresh();
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('Host keys of 3 machines');
  for (const {keys} of fresh) await app.shows(keys[0]?.fingerprint.slice('SHA256:'.length) ?? '');
  await app.shows('▸Cancel');
  await app.shows('[Trust all 3 new]');
  // The key that opened it does not confirm it, and Enter presses what has the focus.
  app.press('T', 'enter');
  await app.hides('Host keys of');
  expect(app.asked.calls.filter((call) => call.startsWith('trust'))).toEqual([]);
});

test('all are approved at once, and the machines are asked again', async () => {
  const app = await openFresh();
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('[Trust all 3 new]');
  app.press('tab', 'enter');
  await app.shows('Trusted 3 machines');
  expect(app.asked.calls).toContain(
    'trust gpu-01:ssh-ed25519 gpu-02:ssh-ed25519 gpu-03:ssh-ed25519 compared on screen',
  );
  await app.until(() => app.asked.calls.filter((call) => call === 'watch').length === 2);
});

test('only what is marked is approved where that is chosen', async () => {
  const app = await openFresh();
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('[Trust all 3 new]');
  app.press('j', 'space');
  await app.shows('[Trust 1 marked key]');
  app.press('tab', 'tab', 'enter');
  await app.shows('Trusted 1 machine');
  expect(app.asked.calls).toContain('trust gpu-02:ssh-ed25519 compared on screen');
});

test('marked machines alone are asked', async () => {
  const app = await openFresh();
  await app.shows('? not trusted');
  app.press('j', 'space', 'space', 'T');
  await app.shows('Host keys of 2 machines');
  expect(app.asked.calls).toContain('hostKeys gpu-02 gpu-03');
});

test('one machine that does not answer does not keep the others from being compared', async () => {
  const app = await openFresh({machines: {someSilent: true}}, fresh.slice(0, 2));
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('Host keys of 2 of 3 machines');
  await app.shows('gpu-02xxx');
  app.press('tab');
  await app.shows('Trust all 2 new');
  app.press('enter');
  await app.shows('Some machines are still being asked');
  app.press('esc');
  await app.hides('Host keys of');
});

test('a changed key is explained, and pinned anew for this one machine after its name was typed', async () => {
  const app = await openFresh({}, [...fresh.slice(0, 1), changedKey('pinned 2026-11-20')]);
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('✗ changed');
  await app.shows('Another key is known');
  app.press('R');
  await app.shows('gpu-02 shows another host key');
  await app.shows('Type the name gpu-02 to go on');
  await app.shows(/Known \(pinned 2026-11-20\): ecdsa-sha2-nistp256 +│/);
  await app.shows('│ SHA256:known');
  app.press('tab', 'enter');
  app.press('gpu-0');
  app.press('enter');
  expect(app.asked.calls.filter((call) => call.startsWith('trust'))).toEqual([]);
  app.press('2');
  await app.shows('> gpu-02');
  app.press('enter');
  await app.shows('The host key of gpu-02 is pinned anew.');
  expect(app.asked.calls).toContain('trust gpu-02:ssh-ed25519 re-pinned replace');
});

test('a key that known_hosts has is not pinned over: it says which line to take out', async () => {
  const app = await openFresh({}, [changedKey('~/.ssh/known_hosts:12')]);
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('✗ changed');
  app.press('R');
  await app.shows('(ssh-keygen -R');
  expect(app.text()).not.toContain('Type the name');
  await app.shows('▸Close');
});

test('read-only, the keys of T say why nothing can be trusted', async () => {
  const app = await openFresh({settings: {readOnly: true}});
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('open pai-tui without --readonly to trust host keys');
});

test('what cannot be pinned is said', async () => {
  const app = await openFresh({
    machines: {trust: {code: 'file-unwritable', message: 'The pins cannot be written.', hint: 'Look at its folder.'}},
  });
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('[Trust all 3 new]');
  app.press('tab', 'enter');
  await app.shows('The pins cannot be written. Look at its folder.');
});

test.each([
  [80, 24],
  [40, 12],
  [200, 50],
])('at %i x %i a whole fingerprint is read', async (columns, rows) => {
  const app = await openFresh({columns, rows});
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('Host keys of');
  const whole = fresh[0]?.keys[0]?.fingerprint.slice('SHA256:'.length) ?? '';
  await app.until(() => app.text().replaceAll(/[\s│]/g, '').includes(whole));
});

test('on a small screen every button is read whole, and the footer names the way out', async () => {
  const app = await openFresh({columns: 40, rows: 12}, [changedKey('pinned 2026-11-20'), ...fresh.slice(0, 1)]);
  await app.shows('? not trusted');
  app.press('T');
  await app.shows('✗ changed');
  app.press('j', 'space');
  await app.shows('[Trust 1 marked key]');
  await app.shows('[Trust the new one]');
  app.press('k', 'R');
  await app.shows('Leave it refused');
  await app.shows('[Pin the key it shows]');
  await app.until(() => app.row(11).includes('Esc close'));
});
