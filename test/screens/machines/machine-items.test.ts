import {expect, test} from 'vitest';
import type {MachineLook} from '../../../src/engine/machines/types.ts';
import type {ProblemCode} from '../../../src/engine/problem.ts';
import {
  answersFilter,
  fullestDisk,
  gpuCount,
  machineHealth,
  machineItems,
  machineReason,
  machineState,
} from '../../../src/screens/machines/machine-items.ts';
import {factsOf, machineOf} from '../../helpers/fake-machines.ts';
import {fakeNow} from '../../helpers/fake-now.ts';

const machine = machineOf('gpu-01', {sku: {name: 'big', gpu: {type: 'k80', count: 4}}, labels: ['pai-worker']});

function lookOf(state: MachineLook['state'], more: Partial<MachineLook> = {}): MachineLook {
  return {machine, state, askedAt: fakeNow, complaints: [], ...more};
}

function refusedBy(code: ProblemCode): MachineLook {
  return lookOf('refused', {problem: {code, message: 'gpu-01 lets nobody in.'}});
}

test.each<[string, MachineLook, string]>([
  ['up', lookOf('up'), 'ok up'],
  ['degraded', lookOf('degraded'), 'warning degraded'],
  ['down', lookOf('down'), 'failed down'],
  ['being asked', lookOf('asking'), 'waiting asking'],
  ['not known', lookOf('unknown'), 'unknown unknown'],
  ['not trusted', {...refusedBy('host-key-unknown'), state: 'unknown'}, 'unknown not trusted'],
  ['with another host key', refusedBy('host-key-changed'), 'failed key changed'],
  ['with a revoked host key', refusedBy('host-key-revoked'), 'failed key revoked'],
  ['with a key that is locked', refusedBy('secret-missing'), 'failed locked'],
  ['that refuses the login', refusedBy('login-refused'), 'failed refused'],
])('a machine %s says so', (_, look, said) => {
  const {glyph, word} = machineState(look);
  expect(`${glyph} ${word}`).toBe(said);
});

test('sorted by state, what needs somebody comes first', () => {
  const looks = [lookOf('up'), lookOf('asking'), lookOf('down'), lookOf('degraded'), refusedBy('host-key-changed')];
  const words = looks
    .toSorted((a, b) => machineState(a).rank - machineState(b).rank)
    .map((one) => machineState(one).word);
  expect(words).toEqual(['key changed', 'down', 'degraded', 'asking', 'up']);
});

test('every machine of the configuration is there, in its order, whether it was asked or not', () => {
  const other = machineOf('gpu-02');
  const items = machineItems([other, machine], [lookOf('up')], true);
  expect(items.map((item) => `${item.machine.name} ${item.state}`)).toEqual(['gpu-02 asking', 'gpu-01 up']);
});

test('why a machine is not as it should be is said beside its name, so without it', () => {
  expect(machineReason(refusedBy('login-refused'))).toBe('lets nobody in.');
  const down = 'gpu-01 (pai@10.0.0.1, port 2222) cannot be reached: it did not answer (ping it).';
  expect(machineReason(lookOf('down', {problem: {code: 'machine-unreachable', message: down}}))).toBe(
    'cannot be reached: it did not answer (ping it).',
  );
  expect(machineReason(lookOf('degraded', {complaints: ['no docker', 'disk full']}))).toBe('no docker; disk full');
  expect(machineReason(lookOf('up'))).toBe('');
});

test.each([
  ['gpu-01', true],
  ['10.0.0.11 worker', true],
  ['big up', true],
  ['pai-worker', true],
  ['ubuntu', true],
  ['down', false],
  ['gpu-02', false],
])('the filter %j lets it through: %s', (filter, through) => {
  expect(answersFilter(filter, lookOf('up', {facts: factsOf('gpu-01')}))).toBe(through);
});

test('GPUs are those the driver has, beside those expected', () => {
  const gpus = [
    {model: 'K80', driven: true},
    {model: 'K80', driven: false},
  ];
  expect(gpuCount(lookOf('up', {facts: factsOf('gpu-01', {gpus})}))).toEqual({seen: 1, expected: 4});
  expect(gpuCount(lookOf('down'))).toEqual({expected: 4});
  expect(gpuCount({...lookOf('up', {facts: factsOf('x', {gpus: []})}), machine: machineOf('x')})).toBeUndefined();
});

test('the fullest disk is the one with the least bytes or inodes left', () => {
  const disk = {device: '/dev/sda1', type: 'ext4', size: 100, readOnly: false};
  const disks = [
    {...disk, mount: '/', used: 50, available: 50},
    {...disk, mount: '/data', used: 10, available: 90, inodesUsed: 0.97},
  ];
  const fullest = fullestDisk(lookOf('up', {facts: factsOf('gpu-01', {disks})}));
  expect(`${fullest?.disk.mount} ${fullest?.used}`).toBe('/data 0.97');
});

test('health counts what works, and says nothing before anybody was asked', () => {
  expect(machineHealth([lookOf('up'), lookOf('degraded'), lookOf('down'), lookOf('asking')])).toEqual({
    up: 2,
    degraded: 1,
    total: 4,
    asking: 1,
  });
  expect(machineHealth([])).toBeUndefined();
  expect(machineHealth([{machine, state: 'unknown', complaints: []}])).toBeUndefined();
});
