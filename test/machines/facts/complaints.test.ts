import {expect, test} from 'vitest';
import type {Sku} from '../../../src/engine/config/types.ts';
import {complaintsOf} from '../../../src/engine/machines/facts/complaints.ts';
import type {GpuFact, MachineFacts} from '../../../src/engine/machines/types.ts';
import {factsOf} from './answer-of.ts';

const gibibyte = 1024 ** 3;
const healthy: MachineFacts = {
  ...factsOf({}),
  cpus: 24,
  memory: {total: 220 * gibibyte, available: 200 * gibibyte},
  clock: {offsetMs: 30, uncertainMs: 20},
};
const sku = (more: Partial<Sku>): Sku => ({name: 'gpu-box', ...more}) as Sku;
const disk = {mount: '/', device: '/dev/sda1', type: 'ext4', size: 100, used: 10, available: 85, readOnly: false};
const gpu = (slot: string, driven = true): GpuFact => ({slot, model: 'Tesla K80', driven});

test.each<[string, Partial<MachineFacts>, Sku | undefined, readonly string[]]>([
  ['a healthy machine', {disks: [disk]}, sku({cpus: 24, memory: '224'}), []],
  [
    'a clock ahead',
    {clock: {offsetMs: 12_340, uncertainMs: 100}},
    undefined,
    ["Its clock is 12.3 s ahead of this computer's."],
  ],
  [
    'a clock ten minutes behind',
    {clock: {offsetMs: -600_400, uncertainMs: 30}},
    undefined,
    ["Its clock is 10 min 0 s behind this computer's."],
  ],
  [
    'a clock of another year',
    {clock: {offsetMs: -90_000_000, uncertainMs: 30}},
    undefined,
    ["Its clock is 1 day 1 h behind this computer's."],
  ],
  ['a clock that may be right', {clock: {offsetMs: 3000, uncertainMs: 1500}}, undefined, []],
  ['a clock within two seconds', {clock: {offsetMs: -1990, uncertainMs: 0}}, undefined, []],
  [
    'a disk that is full but for what is kept for root',
    {disks: [{...disk, used: 95 * gibibyte, available: 0, size: 100 * gibibyte}]},
    undefined,
    ['/ is 100 % full, 0 GiB are left.'],
  ],
  [
    'a disk that is nearly full',
    {disks: [{...disk, mount: '/data', used: 911 * gibibyte, available: 89 * gibibyte, size: 1000 * gibibyte}]},
    undefined,
    ['/data is 91 % full, 89 GiB are left.'],
  ],
  ['a disk at ninety', {disks: [{...disk, used: 90, available: 10}]}, undefined, []],
  ['inodes', {disks: [{...disk, inodesUsed: 0.996}]}, undefined, ['/ has 99 % of its inodes in use.']],
  [
    'a root that is read-only',
    {disks: [{...disk, readOnly: true}]},
    undefined,
    ['/ is mounted read-only: look into dmesg for errors of its disk.'],
  ],
  ['another disk that is read-only', {disks: [{...disk, mount: '/boot', readOnly: true}]}, undefined, []],
  ['docker that does not run', {docker: {running: false}}, undefined, ['docker is installed and not running.']],
  ['docker that hangs', {docker: {running: false}, hung: ['docker']}, undefined, ['docker does not answer.']],
  ['nvidia-smi that hangs', {hung: ['nvidia-smi']}, undefined, ['nvidia-smi does not answer.']],
  [
    'a GPU that is not driven',
    {gpus: [gpu('0000:3b:00.0'), gpu('0000:5e:00.0', false)]},
    sku({gpu: {type: 'k80', count: 2}}),
    ['1 of its 2 GPUs is on the bus and not driven: 0000:5e:00.0.'],
  ],
  [
    'a GPU that is gone',
    {gpus: [gpu('0000:3b:00.0')]},
    sku({gpu: {type: 'k80', count: 4}}),
    ['It has 1 GPU, and its sku gpu-box says 4.'],
  ],
  ['no GPU at all', {}, sku({gpu: {type: 'k80', count: 4}}), ['It has no GPUs, and its sku gpu-box says 4.']],
  ['more than its sku says', {gpus: [gpu('0000:3b:00.0')]}, sku({cpus: 1, memory: '1'}), []],
  ['CPUs', {}, sku({cpus: 32}), ['It has 24 CPUs, and its sku gpu-box says 32.']],
  ['memory in GiB', {}, sku({memory: '256'}), ['It has 220 GiB of memory, and its sku gpu-box says 256.']],
  ['memory as a quantity', {}, sku({memory: '256Gi'}), ['It has 220 GiB of memory, and its sku gpu-box says 256.']],
])('%s', (_, facts, expected, complaints) => {
  expect(complaintsOf({...healthy, ...facts}, expected ? {sku: expected} : {})).toEqual(complaints);
});
