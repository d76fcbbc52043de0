/** What a machine answered → what is known of it. */

import {type Answer, numberOf} from '../../machine-answer.ts';
import type {MachineFacts} from '../types.ts';
import {addressesIn} from './addresses.ts';
import {containerdIn, dockerIn} from './container-engines.ts';
import {disksIn} from './disks.ts';
import {gpusIn} from './gpus.ts';
import {leftoversIn} from './leftovers.ts';
import {portsIn} from './ports.ts';
import {sudoIn} from './sudo.ts';
import {cpusIn, memoryIn, osIn, swapIn} from './system.ts';

/** When the clock of the machine was read, by this computer's clock: not before and not after. Epoch milliseconds. */
export interface ReadBetween {
  readonly before: number;
  readonly after: number;
}

/** Takes any answer: what is missing or makes no sense is absent, and never an error. */
export function parseFacts(answer: Answer, read: ReadBetween): MachineFacts {
  const {driver, gpus} = gpusIn(answer);
  const [uptime] = (answer.first('uptime') ?? '').split(' ');
  const load = (answer.first('load') ?? '').split(' ').slice(0, 3).map(numberOf);
  return {
    hostName: answer.first('host') ?? '',
    ...present('machineId', answer.first('machine-id')),
    ...present('os', osIn(answer)),
    kernel: answer.first('kernel') ?? '',
    architecture: answer.first('architecture') ?? '',
    ...present('uptimeSeconds', numberOf(uptime)),
    ...cpusIn(answer),
    ...present('load', isTriple(load) ? load : undefined),
    memory: memoryIn(answer),
    swap: swapIn(answer),
    disks: disksIn(answer),
    clock: clockOf(answer.first('time'), read),
    ...present('timeZone', answer.first('timezone')),
    ports: portsIn(answer),
    ...present('docker', dockerIn(answer)),
    ...present('containerd', containerdIn(answer)),
    cgroup: cgroupOf(answer.first('cgroup')),
    ...present('initSystem', answer.first('init')),
    addresses: addressesIn(answer),
    gpus,
    ...present('gpuDriver', driver),
    leftovers: leftoversIn(answer),
    sudo: sudoIn(answer),
    hung: [...new Set(answer.lines('hung').map(programOf))],
    missing: answer.lines('missing').map((line) => `${line.slice(0, 1).toUpperCase()}${line.slice(1)}.`),
  };
}

/** Absent in place of undefined. */
function present<K extends string, V>(key: K, value: V | undefined): {readonly [P in K]?: V} {
  return value === undefined ? {} : ({[key]: value} as {readonly [P in K]: V});
}

function isTriple(load: readonly (number | undefined)[]): load is readonly [number, number, number] {
  return load.length === 3 && load.every((value) => value !== undefined);
}

/** The answer's section is the program and what it was asked: 'docker-containers'. */
function programOf(section: string): string {
  return /^nvidia-smi/.test(section) ? 'nvidia-smi' : section.replace(/-.*$/, '');
}

/**
 * The machine read its clock at one unknown moment of a known span: its middle, give or take a half. A `date` that
 * knows whole seconds only adds half of one.
 */
function clockOf(time: string | undefined, {before, after}: ReadBetween): MachineFacts['clock'] {
  const middle = (before + after) / 2;
  const half = Math.max(0, after - before) / 2;
  const [, seconds, fraction] = /^(\d{1,12})(?:\.(\d{1,9}))?(?:\D|$)/.exec(time ?? '') ?? [];
  if (seconds === undefined) return {offsetMs: 0, uncertainMs: Number.POSITIVE_INFINITY};
  const [ms, more] = fraction ? [Number(`${seconds}.${fraction}`) * 1000, 0] : [Number(seconds) * 1000 + 500, 500];
  return {offsetMs: Math.round(ms - middle), uncertainMs: Math.ceil(half + more)};
}

function cgroupOf(text: string | undefined): MachineFacts['cgroup'] {
  return text === 'v1' || text === 'v2' || text === 'hybrid' ? text : 'none';
}
