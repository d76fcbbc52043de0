/** What is wrong with a machine that answers. */

import type {DiskFact, GpuFact, MachineFacts, MachineSku} from '../types.ts';
import {durationText, gibibytes, percent} from './amounts.ts';

/** What the configuration says of the machine. */
export interface ExpectedMachine {
  readonly sku?: MachineSku;
}

const clockLimitMs = 2000;
const fullShare = 0.9;
/** The kernel keeps some for itself: a machine of 64 GiB has 62.8. */
const memoryShare = 0.9;

/**
 * Why the machine is degraded, as sentences, the gravest first; empty: it is not. Having more than its sku says is no
 * fault: a quick start writes the smallest sku for every machine.
 */
export function complaintsOf(facts: MachineFacts, {sku}: ExpectedMachine): string[] {
  return [
    ...facts.disks.flatMap(ofDisk),
    ...ofClock(facts.clock),
    ...ofDocker(facts.docker, facts.hung),
    ...facts.hung.filter((program) => program !== 'docker').map((program) => `${program} does not answer.`),
    ...ofGpus(facts.gpus),
    ...(sku ? ofSku(facts, sku) : []),
  ];
}

function ofDisk({mount, size, used, available, inodesUsed = 0, readOnly}: DiskFact): string[] {
  const complaints: string[] = [];
  // Others are made so: /boot, backups.
  if (readOnly && mount === '/') complaints.push('/ is mounted read-only: look into dmesg for errors of its disk.');
  // As df counts: what is kept for root is neither used nor available.
  const share = used + available > 0 ? used / (used + available) : 0;
  if (size > 0 && !readOnly && share > fullShare) {
    complaints.push(`${mount} is ${percent(share)} full, ${gibibytes(available)} GiB are left.`);
  }
  if (inodesUsed > fullShare) complaints.push(`${mount} has ${percent(inodesUsed)} of its inodes in use.`);
  return complaints;
}

/** Only where it is certain: a slow answer leaves much open. */
function ofClock({offsetMs, uncertainMs}: MachineFacts['clock']): string[] {
  if (Math.abs(offsetMs) - uncertainMs <= clockLimitMs) return [];
  const where = offsetMs > 0 ? 'ahead of' : 'behind';
  return [`Its clock is ${durationText(Math.abs(offsetMs))} ${where} this computer's.`];
}

function ofDocker(docker: MachineFacts['docker'], hung: readonly string[]): string[] {
  if (hung.includes('docker')) return ['docker does not answer.'];
  return docker && !docker.running ? ['docker is installed and not running.'] : [];
}

function ofGpus(gpus: readonly GpuFact[]): string[] {
  const idle = gpus.filter(({driven}) => !driven);
  if (idle.length === 0) return [];
  const slots = idle.flatMap(({slot}) => slot ?? []).join(', ');
  const which =
    gpus.length === 1 ? 'Its GPU is' : `${idle.length} of its ${gpus.length} GPUs ${idle.length === 1 ? 'is' : 'are'}`;
  return [`${which} on the bus and not driven${slots ? `: ${slots}` : ''}.`];
}

function ofSku(facts: MachineFacts, sku: MachineSku): string[] {
  const complaints: string[] = [];
  const gpus = facts.gpus.length;
  if (sku.gpu && gpus < sku.gpu.count) {
    complaints.push(
      `It has ${gpus === 0 ? 'no' : gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}, and its sku ${sku.name} says ${sku.gpu.count}.`,
    );
  }
  if (sku.cpus !== undefined && facts.cpus > 0 && facts.cpus < sku.cpus) {
    complaints.push(`It has ${facts.cpus} CPUs, and its sku ${sku.name} says ${sku.cpus}.`);
  }
  const memory = bytesOf(sku.memory);
  if (memory !== undefined && facts.memory.total > 0 && facts.memory.total < memory * memoryShare) {
    complaints.push(
      `It has ${gibibytes(facts.memory.total)} GiB of memory, and its sku ${sku.name} says ${gibibytes(memory)}.`,
    );
  }
  return complaints;
}

/** Bytes of a sku's memory: GiB before v1.0, a Kubernetes quantity in H. */
function bytesOf(written: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([kKMGTP]i?)?B?$/.exec(written?.trim() ?? '') ?? [];
  if (amount === undefined) return undefined;
  if (unit === undefined) return Number(amount) * 1024 ** 3;
  const power = 'KMGTP'.indexOf(unit.slice(0, 1).toUpperCase()) + 1;
  return Number(amount) * (unit.endsWith('i') ? 1024 : 1000) ** power;
}
