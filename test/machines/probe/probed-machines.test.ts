import {describe, expect, test} from 'vitest';
import {probedMachines} from '../../../src/engine/machines/probe/probed-machines.ts';
import {probedSku} from '../../../src/engine/machines/probe/probed-sku.ts';
import type {GpuFact, MachineFacts, ProbeReport} from '../../../src/engine/machines/types.ts';
import {factsOf} from '../facts/answer-of.ts';

const gibibyte = 1024 ** 3;
const gpus = (model: string, count: number, driven = true): GpuFact[] =>
  Array.from({length: count}, (_, index) => ({slot: `0000:0${index}:00.0`, model, driven}));
const facts = (cpus: number, gib: number, more: Partial<MachineFacts> = {}): MachineFacts => ({
  ...factsOf({}),
  cpus,
  memory: {total: gib * gibibyte, available: 0},
  ...more,
});

describe('the sku of a machine', () => {
  test.each<[MachineFacts, string]>([
    [facts(8, 62.8), 'cpu-8c-64g'],
    [facts(2, 1.9), 'cpu-2c-2g'],
    [facts(64, 503.5), 'cpu-64c-512g'],
    [facts(24, 220.4, {gpus: gpus('Tesla K80', 4)}), 'k80-x4-24c-224g'],
    [facts(24, 220.4, {gpus: gpus('Tesla V100-PCIE-16GB', 1)}), 'v100-pcie-16gb-x1-24c-224g'],
    [facts(24, 220.4, {gpus: gpus('Tesla V100 PCIe 16GB', 1, false)}), 'v100-pcie-16gb-x1-24c-224g'],
    [facts(24, 220.4, {gpus: gpus('NVIDIA A100-SXM4-80GB', 8)}), 'a100-sxm4-80gb-x8-24c-224g'],
    [facts(24, 220.4, {gpus: gpus('NVIDIA GeForce RTX 3090', 2)}), 'rtx-3090-x2-24c-224g'],
    [facts(24, 220.4, {gpus: [...gpus('Tesla T4', 1), ...gpus('Tesla K80', 2)]}), 'k80-x2-t4-x1-24c-224g'],
    [facts(24, 220.4, {gpus: gpus('', 1)}), 'gpu-x1-24c-224g'],
  ])('%#: %s', (machine, name) => {
    expect(probedSku(machine)?.name).toBe(name);
  });

  test('has the memory that the kernel counts, whole', () => {
    const gpu = {type: 'k80', count: 4};
    expect(probedSku(facts(24, 220.4, {gpus: gpus('Tesla K80', 4)}))).toEqual({
      name: 'k80-x4-24c-224g',
      cpus: 24,
      memoryGib: 220,
      gpu,
    });
  });

  test('is not made up where the machine does not say enough', () => {
    expect(probedSku(facts(0, 64))).toBeUndefined();
    expect(probedSku(facts(8, 0))).toBeUndefined();
  });
});

test('a machine list holds each machine and each sku once', () => {
  const report = (address: string, machine: MachineFacts): ProbeReport => {
    const sku = probedSku(machine);
    return {address, keys: [], facts: machine, ...(sku ? {sku} : {})};
  };
  const one = {machineId: '1', hostName: 'node-1'};
  const {machines, skus, problems} = probedMachines([
    report('10.0.0.1', facts(8, 62.8, one)),
    report('10.0.0.2', facts(8, 62.4, {machineId: '2', hostName: 'node-2'})),
    {address: '10.0.0.3', keys: [], problem: {code: 'machine-unreachable', message: 'Nobody answers.'}},
    report('10.0.1.1', facts(8, 62.8, one)),
    report('10.0.0.4', facts(8, 61.9, {machineId: '4', hostName: 'node-2', gpus: gpus('Tesla K80', 2, false)})),
    // Made of the same image as node-1.
    report('10.0.0.5', facts(0, 0, {machineId: '1', hostName: 'node-5'})),
  ]);
  expect(machines).toEqual([
    {address: '10.0.0.1', hostName: 'node-1', sku: 'cpu-8c-64g'},
    {address: '10.0.0.2', hostName: 'node-2', sku: 'cpu-8c-64g'},
    {address: '10.0.0.4', hostName: 'node-2', sku: 'k80-x2-8c-62g'},
    {address: '10.0.0.5', hostName: 'node-5'},
  ]);
  expect(skus).toEqual([
    {name: 'cpu-8c-64g', cpus: 8, memoryGib: 62},
    {name: 'k80-x2-8c-62g', cpus: 8, memoryGib: 61, gpu: {type: 'k80', count: 2}},
  ]);
  expect(problems.map(({machine, message}) => `${machine}: ${message}`)).toEqual([
    '10.0.1.1: 10.0.1.1 is the same machine as 10.0.0.1.',
    '10.0.0.4: 10.0.0.4 and 10.0.0.2 are both called node-2.',
    '10.0.0.4: 2 of 2 GPUs of 10.0.0.4 are on the bus and not driven.',
  ]);
});
