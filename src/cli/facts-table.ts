import type {FactsReport, MachineFacts} from '../engine/index.ts';
import {showBytes} from './bytes.ts';
import {table} from './table.ts';
import {showDuration} from './times.ts';

/** The facts of several machines, a line each. */
export function factsTable(reports: readonly FactsReport[]): string {
  return table(
    ['NAME', 'SYSTEM', 'CPUS', 'LOAD', 'MEM FREE', '/ FREE', 'GPUS', 'DOCKER', 'CLOCK', 'NOTE'],
    reports.flatMap(({machine, facts}) => (facts ? [[machine.name, ...cells(facts)]] : [])),
  );
}

function cells(facts: MachineFacts): readonly string[] {
  const root = facts.disks.find(({mount}) => mount === '/');
  return [
    facts.os ?? facts.kernel,
    facts.cpus === 0 ? '-' : String(facts.cpus),
    facts.load?.[0].toFixed(1) ?? '-',
    showBytes(facts.memory.available),
    root ? showBytes(root.available) : '-',
    gpuCount(facts),
    versionWords(facts.docker),
    clockWords(facts),
    noteOf(facts),
  ];
}

function gpuCount({gpus}: MachineFacts): string {
  if (gpus.length === 0) return '-';
  const idle = gpus.filter(({driven}) => !driven).length;
  return idle === 0 ? String(gpus.length) : `${gpus.length} (${idle} undriven)`;
}

/** The version of what runs containers, and whether it runs. */
export function versionWords(found: MachineFacts['docker']): string {
  if (!found) return '-';
  const {version, running} = found;
  if (!running) return version === undefined ? 'not running' : `${version}, not running`;
  return version ?? 'running';
}

/** How far the machine's clock is off; what cannot be told apart from right is right. */
export function clockWords({clock: {offsetMs, uncertainMs}}: MachineFacts): string {
  if (!Number.isFinite(uncertainMs)) return '-';
  const off = Math.abs(offsetMs);
  if (off <= Math.max(uncertainMs, 1000)) return 'right';
  return `${showDuration(off)} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function noteOf({leftovers, hung}: MachineFacts): string {
  return [
    ...(hung.length > 0 ? [`no answer of ${hung.join(', ')}`] : []),
    ...(leftovers.length > 0 ? ['has Kubernetes'] : []),
  ].join('; ');
}
