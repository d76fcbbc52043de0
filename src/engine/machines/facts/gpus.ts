/**
 * GPUs: those on the bus, and those that the driver has. A card that fell off its bus, or whose driver is not loaded,
 * is on one list and not on the other.
 */

import {type Answer, numberOf} from '../../machine-answer.ts';
import type {GpuFact} from '../types.ts';

/** Of the vendors whose cards do computing; displays on servers' boards are others. */
const vendors: Readonly<Record<string, {readonly name: string; readonly driver: string}>> = {
  '10de': {name: 'NVIDIA', driver: 'nvidia'},
  '1002': {name: 'AMD', driver: 'amdgpu'},
  '1da3': {name: 'Habana', driver: 'habanalabs'},
};

interface BusCard {
  readonly slot: string;
  readonly vendor: string;
  readonly model?: string;
  /** The driver bound to it; undefined where the machine does not say. */
  readonly driver?: string;
}

/** By slot. `driver` is the version that nvidia-smi tells. */
export function gpusIn(answer: Answer): {readonly gpus: readonly GpuFact[]; readonly driver?: string} {
  const driven = answer.lines('nvidia-smi').flatMap(ofNvidiaSmi);
  const bus = new Map<string, BusCard>();
  for (const card of [...answer.lines('pci').flatMap(ofSysfs), ...answer.lines('lspci').flatMap(ofLspci)]) {
    bus.set(card.slot, {...bus.get(card.slot), ...card});
  }
  const gpus = new Map<string, GpuFact>();
  for (const card of bus.values()) {
    const vendor = vendors[card.vendor];
    gpus.set(card.slot, {
      slot: card.slot,
      model: card.model ?? `${vendor?.name ?? 'unknown'} card`,
      driven: card.driver === vendor?.driver && !(vendor?.name === 'NVIDIA' && refuses(answer)),
    });
  }
  for (const {slot, model, memory} of driven) {
    gpus.set(slot, {
      slot,
      model: model ?? gpus.get(slot)?.model ?? 'NVIDIA card',
      ...(memory ? {memory} : {}),
      driven: true,
    });
  }
  const driver = driven.find((card) => card.driver !== undefined)?.driver;
  return {
    gpus: [...gpus.values()].sort((a, b) => ((a.slot ?? '') < (b.slot ?? '') ? -1 : 1)),
    ...(driver ? {driver} : {}),
  };
}

/** Where nvidia-smi answers, what it does not list is not driven. Where it is not there or hangs, the kernel's word counts. */
function refuses(answer: Answer): boolean {
  return answer.lines('has').includes('nvidia-smi') && answer.first('nvidia-smi-exit') !== undefined;
}

/** '00000000:3B:00.0, 16160, 470.82.01, Tesla V100-SXM2-16GB' */
function ofNvidiaSmi(
  line: string,
): {readonly slot: string; readonly model?: string; readonly memory?: number; readonly driver?: string}[] {
  const [address = '', mebibytes, driver, ...name] = line.split(', ');
  const slot = slotOf(address);
  if (slot === undefined) return [];
  const model = name.join(', ');
  const memory = numberOf(mebibytes);
  return [
    {
      slot,
      ...(isSaid(model) ? {model} : {}),
      ...(memory ? {memory: memory * 1024 ** 2} : {}),
      ...(driver !== undefined && isSaid(driver) ? {driver} : {}),
    },
  ];
}

/** nvidia-smi puts '[Unknown Error]', '[N/A]' and the like in place of a value. */
function isSaid(text: string): boolean {
  return text !== '' && !text.startsWith('[');
}

/** '0000:3b:00.0 0x030200 0x10de 0x1db5 nvidia' */
function ofSysfs(line: string): BusCard[] {
  const [address = '', classCode = '', vendorCode = '', , driver] = line.split(' ');
  const slot = slotOf(address);
  const vendor = vendorCode.replace(/^0x/, '').toLowerCase();
  if (slot === undefined || !isComputing(classCode.replace(/^0x/, ''), vendor)) return [];
  return [{slot, vendor, driver: driver ?? ''}];
}

/** '0000:3b:00.0 3D controller [0302]: NVIDIA Corporation GV100GL [Tesla V100 SXM2 16GB] [10de:1db1] (rev a1)' */
function ofLspci(line: string): BusCard[] {
  const [, address = '', classCode = '', text = '', vendor = ''] =
    /^(\S+) [^[]*\[([0-9a-f]{4})\]: (.*) \[([0-9a-f]{4}):[0-9a-f]{4}\]/i.exec(line) ?? [];
  const slot = slotOf(address);
  if (slot === undefined || !isComputing(classCode, vendor.toLowerCase())) return [];
  return [{slot, vendor: vendor.toLowerCase(), model: modelOf(text)}];
}

/** Display controllers of any kind, and processing accelerators. */
function isComputing(classCode: string, vendor: string): boolean {
  return Object.hasOwn(vendors, vendor) && /^(03|12)/.test(classCode);
}

/** The name it is sold by stands in brackets, behind that of the chip. */
function modelOf(text: string): string {
  const sold = /\[([^\]]+)\]$/.exec(text.trim())?.[1];
  return sold ?? text.replace(/^(NVIDIA Corporation|Advanced Micro Devices, Inc\. \[AMD(?:\/ATI)?\]) /, '');
}

/** In the form of the kernel: 'DDDD:bb:dd.f'. */
function slotOf(address: string): string | undefined {
  const [, domain = '0', rest] =
    /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])$/.exec(address.trim().toLowerCase()) ?? [];
  return rest === undefined ? undefined : `${Number.parseInt(domain, 16).toString(16).padStart(4, '0')}:${rest}`;
}
