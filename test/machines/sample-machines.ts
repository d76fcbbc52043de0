import type {MachineInfo} from '../../src/engine/machines/types.ts';

/** A machine of a configuration, with what a test says of it. */
export function machineInfo(name: string, more: Partial<MachineInfo> = {}): MachineInfo {
  return {name, address: `${name}.example`, port: 22, user: 'ops', roles: ['worker'], labels: [], ...more};
}

const gpu = {name: 'NC24R', cpus: 24, memory: '224', gpu: {type: 'k80', count: 4}};
const plain = {name: 'D8', cpus: 8, memory: '32'};

/** Three masters, a proxy, gpu01 to gpu04 and two workers without GPUs, of which one has no sku. */
export const sampleMachines: readonly MachineInfo[] = [
  ...[1, 2, 3].map((number) =>
    machineInfo(`master-${number}`, {
      address: `10.0.0.${number}`,
      roles: ['master'],
      sku: plain,
      labels: ['zookeeper'],
    }),
  ),
  machineInfo('proxy', {address: '10.0.0.9', roles: ['proxy'], sku: plain}),
  ...[1, 2, 3, 4].map((number) => machineInfo(`gpu0${number}`, {address: `10.0.0.1${number}`, sku: gpu})),
  machineInfo('node-7', {address: '10.0.0.27', sku: gpu, labels: ['zookeeper', 'pai-storage']}),
  machineInfo('node-8', {address: '10.0.0.28'}),
];
