/** What `ip` and ping say of the way to other machines. */

import {isIPv4} from 'node:net';
import type {Answer} from '../../machine-answer.ts';
import type {OtherMachine, RouteFact} from './types.ts';

/** 'default via 10.0.0.1 dev eth0', '10.0.0.0/24 dev eth0 proto kernel …'; and 'route 10.200.3.0/24 10.0.0.3' of a boot. */
export function routesIn(answer: Answer): readonly RouteFact[] {
  const ofBoot = new Set(answer.lines('pod-route').map((line) => line.trim()));
  return answer.lines('route').flatMap((line) => {
    const [first = '', second = ''] = line.trim().split(/\s+/);
    // 'unreachable 10.1.0.0/16' and the like begin with what they are.
    const to = first === 'default' || /^\d/.test(first) ? first : second;
    if (to !== 'default' && !/^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(to)) return [];
    const way = wayOf(line);
    return [{to, ...way, ...(ofBoot.has(`route ${to} ${way.via}`) ? {isOfBoot: true as const} : {})}];
  });
}

/** '4: eth0@if5: <…> … link/ether 02:fc:00:00:00:01 brd …' */
export function macsIn(answer: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries(
    answer.lines('link').flatMap((line) => {
      const [, device, mac] = /^\d+:\s+([^\s:@]+)(?:@[^\s:]+)?:.*\slink\/ether\s+([0-9a-f:]{17})\b/i.exec(line) ?? [];
      return device === undefined || mac === undefined ? [] : [[device, mac.toLowerCase()]];
    }),
  );
}

/** Of each address that was asked for, in that order. */
export function othersIn(answer: Answer, addresses: readonly string[]): readonly OtherMachine[] {
  const ways = new Map(
    answer.lines('way').flatMap((line) => {
      const [address] = line
        .trim()
        .replace(/^(?:local|broadcast|unreachable|prohibit|blackhole)\s+/, '')
        .split(/\s+/);
      return address !== undefined && isIPv4(address) ? [[address, line.trim()] as const] : [];
    }),
  );
  const steps = new Map(
    answer.lines('step').map((line) => {
      const [address = '', code] = line.trim().split(/\s+/);
      return [address, code === '0'] as const;
    }),
  );
  const macs = new Map(
    answer.lines('neighbour').flatMap((line) => {
      const [, address, device, mac] = /^(\S+) dev (\S+)\s+lladdr ([0-9a-f:]{17})\b/i.exec(line.trim()) ?? [];
      // One that failed keeps its old address for a while.
      const isKnown = address !== undefined && mac !== undefined && !/\b(?:FAILED|INCOMPLETE)\b/.test(line);
      return isKnown ? [[`${address} ${device}`, mac.toLowerCase()] as const] : [];
    }),
  );
  return addresses.map((address) => {
    const way = ways.get(address);
    const found = way === undefined || /^(?:unreachable|prohibit|blackhole)\b/.test(way) ? undefined : wayOf(way);
    const mac = found?.device === undefined ? undefined : macs.get(`${address} ${found.device}`);
    const answers = steps.get(address);
    return {
      address,
      ...(found
        ? {
            route: way?.startsWith('local')
              ? ('itself' as const)
              : found.via
                ? ('gateway' as const)
                : ('direct' as const),
          }
        : {}),
      ...(found?.device === undefined ? {} : {device: found.device}),
      ...(answers === undefined ? {} : {answers}),
      ...(mac === undefined ? {} : {mac}),
    };
  });
}

function wayOf(line: string): {readonly device?: string; readonly via?: string} {
  const device = /\bdev (\S+)/.exec(line)?.[1];
  const via = /\bvia (\S+)/.exec(line)?.[1];
  return {...(device === undefined ? {} : {device}), ...(via === undefined ? {} : {via})};
}
