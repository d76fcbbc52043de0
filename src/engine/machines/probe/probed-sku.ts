/** Skus made of what machines have. */

import type {GpuFact, MachineFacts, ProbedSku} from '../types.ts';

const gibibyte = 1024 ** 3;

/**
 * What a machine is, as a sku; absent where it does not say how many CPUs or how much memory it has. Its name follows
 * from the facts alone, so that machines of one kind are given the same, whenever each of them answers.
 */
export function probedSku(facts: MachineFacts): ProbedSku | undefined {
  const {cpus, gpus} = facts;
  const memoryGib = Math.floor(facts.memory.total / gibibyte);
  if (cpus === 0 || memoryGib === 0) return undefined;
  const count = gpus.length;
  const size = `${cpus}c-${nominalGib(facts.memory.total)}g`;
  if (count === 0) return {name: `cpu-${size}`, cpus, memoryGib};
  const kinds = countByType(gpus);
  const name = [...kinds].map(([type, amount]) => `${type}-x${amount}`).join('-');
  return {name: `${name}-${size}`, cpus, memoryGib, gpu: {type: [...kinds.keys()].join('-and-'), count}};
}

/**
 * What is in the machine's slots, about: the kernel keeps some for itself, and not on every machine the same. Steps of
 * a sixteenth tell apart what is sold, and nothing else.
 */
function nominalGib(bytes: number): number {
  const gib = bytes / gibibyte;
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(gib)) - 4));
  return Math.ceil(gib / step) * step;
}

/** Sorted by type. */
function countByType(gpus: readonly GpuFact[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const type of gpus.map(({model}) => gpuType(model)).sort()) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  return kinds;
}

/** 'Tesla V100-PCIE-16GB' of nvidia-smi and 'Tesla V100 PCIe 16GB' of lspci are the same: 'v100-pcie-16gb'. */
function gpuType(model: string): string {
  const plain = model.replace(/\b(NVIDIA|Tesla|Quadro|GeForce|AMD|Radeon|Instinct)\b/gi, ' ').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'gpu';
}
