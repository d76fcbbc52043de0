/** The system itself: its name, CPUs, memory. */

import {type Answer, numberOf} from '../../machine-answer.ts';
import type {MachineFacts} from '../types.ts';

/** 'Ubuntu 22.04.4 LTS' */
export function osIn(answer: Answer): string | undefined {
  const release = new Map(
    answer.lines('os-release').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), unquoted(line.slice(at + 1))];
    }),
  );
  const named = [release.get('NAME'), release.get('VERSION')].filter(Boolean).join(' ');
  const text = answer.first('os-text');
  const plain =
    text && {debian_version: `Debian ${text}`, 'alpine-release': `Alpine ${text}`}[answer.first('os-file') ?? ''];
  return release.get('PRETTY_NAME') || named || plain || text;
}

/** os-release(5): values may be quoted as the shell does. */
function unquoted(text: string): string {
  const inside = /^(["'])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim();
  return inside.replace(/\\(["'$`\\])/g, '$1');
}

/** CPUs that are online, as the kernel lists them ('0-15,32-47'); 0 where the machine does not say. */
export function cpusIn(answer: Answer): Pick<MachineFacts, 'cpus' | 'cpuModel'> {
  const cpus = countOf(answer.first('cpus-online') ?? '') ?? numberOf(answer.first('cpus')) ?? 0;
  const lines = answer.lines('cpu-model').map((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .replace(/\s+/g, ' ')
      .trim(),
  );
  const model = lines.at(-1);
  return {cpus, ...(model ? {cpuModel: model} : {})};
}

function countOf(list: string): number | undefined {
  let count = 0;
  for (const part of list.split(',')) {
    const [, from, to = from] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    if (from === undefined || to === undefined || Number(to) < Number(from)) return undefined;
    count += Number(to) - Number(from) + 1;
  }
  return count;
}

/** Bytes. Kernels before 3.14 have no MemAvailable. */
export function memoryIn(answer: Answer): MachineFacts['memory'] {
  const bytes = meminfo(answer);
  const available =
    bytes.get('MemAvailable') ?? ['MemFree', 'Buffers', 'Cached'].reduce((sum, key) => sum + (bytes.get(key) ?? 0), 0);
  return {total: bytes.get('MemTotal') ?? 0, available};
}

/** Bytes. */
export function swapIn(answer: Answer): MachineFacts['swap'] {
  const bytes = meminfo(answer);
  const total = bytes.get('SwapTotal') ?? 0;
  return {total, used: Math.max(0, total - (bytes.get('SwapFree') ?? total))};
}

function meminfo(answer: Answer): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const line of answer.lines('memory')) {
    const [, key, kilobytes] = /^(\w+):\s+(\d{1,15}) kB$/.exec(line.trim()) ?? [];
    if (key !== undefined) bytes.set(key, Number(kilobytes) * 1024);
  }
  return bytes;
}
