import type {MachineFacts} from '../../src/engine/machines/types.ts';

export function sampleFacts(more: Partial<MachineFacts> = {}): MachineFacts {
  return {
    hostName: 'node-3',
    kernel: '6.1.0',
    architecture: 'x86_64',
    cpus: 8,
    memory: {total: 64e9, available: 32e9},
    swap: {total: 0, used: 0},
    disks: [],
    clock: {offsetMs: 0, uncertainMs: 5},
    ports: [],
    cgroup: 'v2',
    addresses: [],
    gpus: [],
    leftovers: [],
    sudo: 'with password',
    hung: [],
    missing: [],
    ...more,
  };
}
