import type {DiskFact, FactsReport, GpuFact, MachineFacts} from '../engine/index.ts';
import {showBytes} from './bytes.ts';
import {clockWords, versionWords} from './facts-table.ts';
import {addressWords} from './machine-words.ts';
import {plainLine} from './plain.ts';
import {showSeconds} from './times.ts';

/** The facts of one machine, a line for each thing. */
export function factsPage({machine, facts}: FactsReport): string {
  const title = `${plainLine(machine.name)} (${addressWords(machine)})`;
  if (!facts) return title;
  const rows = lines(facts).filter(([, value]) => value !== '');
  const widest = Math.max(...rows.map(([topic]) => topic.length));
  return [title, ...rows.map(([topic, value]) => `  ${topic.padEnd(widest)}  ${plainLine(value)}`.trimEnd())].join(
    '\n',
  );
}

function lines(facts: MachineFacts): readonly (readonly [topic: string, value: string])[] {
  const {memory, swap} = facts;
  return [
    ['host name', facts.hostName],
    ['system', [facts.os, facts.kernel, facts.architecture].filter(Boolean).join(', ')],
    ['machine id', facts.machineId ?? ''],
    ['up for', facts.uptimeSeconds === undefined ? '' : uptimeWords(facts.uptimeSeconds)],
    ['processors', [facts.cpus === 0 ? '' : String(facts.cpus), facts.cpuModel ?? ''].filter(Boolean).join(' × ')],
    ['load', facts.load?.map((load) => load.toFixed(2)).join(' ') ?? ''],
    ['memory', `${showBytes(memory.available)} of ${showBytes(memory.total)} available`],
    ['swap', swap.total === 0 ? 'none' : `${showBytes(swap.used)} of ${showBytes(swap.total)} used`],
    ...several('disk', facts.disks.map(diskWords)),
    ...several('GPU', facts.gpus.map(gpuWords)),
    ['GPU driver', facts.gpuDriver ?? ''],
    ['clock', [clockWords(facts), facts.timeZone ?? ''].filter(Boolean).join(', ')],
    ['docker', versionWords(facts.docker)],
    ['containerd', versionWords(facts.containerd)],
    ['cgroup', facts.cgroup],
    ['init', facts.initSystem ?? ''],
    ['sudo', facts.sudo],
    ...several(
      'address',
      facts.addresses.map(({device, address}) => `${address} on ${device}`),
    ),
    [
      'ports',
      facts.ports.map(({port, protocol, process}) => `${port}/${protocol}${process ? ` ${process}` : ''}`).join(', '),
    ],
    ...several('Kubernetes', facts.leftovers),
    ...several('no answer', facts.hung),
    ...several('not known', facts.missing),
  ];
}

function uptimeWords(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  return days >= 2 ? `${days} days` : showSeconds(seconds * 1000);
}

/** A line for each, of which the first alone has the topic. */
function several(topic: string, values: readonly string[]): [topic: string, value: string][] {
  return values.map((value, index) => [index === 0 ? topic : '', value]);
}

function diskWords({mount, device, type, size, available, inodesUsed, readOnly}: DiskFact): string {
  const inodes =
    inodesUsed !== undefined && inodesUsed >= 0.9 ? `, ${Math.round(inodesUsed * 100)}% of inodes used` : '';
  return `${mount}: ${showBytes(available)} of ${showBytes(size)} available, ${type} on ${device}${inodes}${readOnly ? ', read-only' : ''}`;
}

function gpuWords({model, memory, slot, driven}: GpuFact): string {
  return [
    model,
    ...(memory === undefined ? [] : [showBytes(memory)]),
    ...(slot === undefined ? [] : [`at ${slot}`]),
    ...(driven ? [] : ['without driver']),
  ].join(', ');
}
