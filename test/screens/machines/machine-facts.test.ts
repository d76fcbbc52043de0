import {expect, test} from 'vitest';
import type {MachineFacts, MachineLook} from '../../../src/engine/machines/types.ts';
import {machineFactRows} from '../../../src/screens/machines/machine-facts.ts';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {rowText} from '../../../src/ui/widgets/rows.ts';
import {factsOf, machineOf} from '../../helpers/fake-machines.ts';
import {fakeNow} from '../../helpers/fake-now.ts';

const theme = createTheme({environment: {LANG: 'C.UTF-8'}});
const machine = machineOf('gpu-01', {sku: {name: 'big', gpu: {type: 'k80', count: 2}}, port: 2222});

function said(look: Partial<MachineLook>, width = 70): readonly string[] {
  const whole: MachineLook = {machine, state: 'up', seenAt: fakeNow - 60_000, complaints: [], ...look};
  return machineFactRows(whole, width, theme, fakeNow).map((row) => rowText(row).trimEnd());
}

function factLine(label: string, more: Partial<MachineFacts>): string | undefined {
  return said({facts: factsOf('gpu-01', more)}).find((line) => line.startsWith(label));
}

test('what is wrong stands first, with what to do', () => {
  expect(
    said({
      state: 'down',
      problem: {code: 'machine-unreachable', message: 'gpu-01 does not answer.', hint: 'Look at its cable.'},
    }).slice(0, 4),
  ).toEqual([
    'state      ✗ down, seen 1m ago',
    '✗ gpu-01 does not answer.',
    '  Look at its cable.',
    'login      operator at 10.0.0.11, port 2222',
  ]);
  expect(said({state: 'degraded', complaints: ['one GPU of 2 is missing']})[1]).toBe('! one GPU of 2 is missing');
});

test.each<[string, Partial<MachineFacts>, string | undefined]>([
  ['gpu', {}, 'gpu        2 expected, 4 seen (Tesla K80), driver 450.80.02'],
  ['docker', {docker: {running: false}}, 'docker     version unknown, not running'],
  ['memory', {}, 'memory     60 GB of 240 GB used'],
  ['memory', {memory: {total: 0, available: 0}}, undefined],
  ['swap', {swap: {total: 2_000_000_000, used: 500_000_000}}, 'swap       on, 500 MB of 2.0 GB used'],
  ['disks', {}, 'disks      / 52 GB free of 80 GB (35% used), ext4'],
  ['clock', {}, 'clock      as here, give or take 12 ms, UTC'],
  ['clock', {clock: {offsetMs: -600_000, uncertainMs: 40}}, 'clock      10m00s behind, give or take 40 ms, UTC'],
  ['clock', {clock: {offsetMs: 0, uncertainMs: Number.POSITIVE_INFINITY}}, 'clock      UTC'],
  ['host', {}, undefined],
  ['host', {hostName: 'gpu-99'}, 'host       calls itself gpu-99'],
  ['leftovers', {leftovers: ['/etc/kubernetes', 'container kubelet']}, 'leftovers  /etc/kubernetes, container kubelet'],
  ['hung', {hung: ['nvidia-smi']}, 'hung       nvidia-smi'],
])('of %s it says what a person would', (label, more, line) => {
  expect(factLine(label, more)).toBe(line);
});

test('a card that the driver does not have is named with its place', () => {
  const gpus = [{model: 'Tesla K80', slot: '0000:06:00.0', driven: false}];
  expect(said({facts: factsOf('gpu-01', {gpus})})).toContain(
    '           Tesla K80 at 0000:06:00.0: the driver does not have it',
  );
});

test('no row is wider than its place', () => {
  for (const width of [20, 30, 66]) {
    const rows = said(
      {facts: factsOf('gpu-01'), complaints: ['one GPU of 2 is missing since it was last seen']},
      width,
    );
    expect(rows.filter((line) => line.length > width)).toEqual([]);
  }
});
