/** What is decided when a plan is made, after the machines were asked. Plain data. */

import {addressNumber, addressText, isWithin, rangeOf} from '../../config/rules/ipv4.ts';
import type {ClusterLayout} from '../layout/types.ts';

/** The pod network, decided. `ranges` are the pods' addresses on each machine, by its name: '10.200.3.0/24'. */
export type DecidedPodNetwork =
  | {readonly kind: 'host'}
  | {readonly kind: 'routes'; readonly range: string; readonly ranges: Readonly<Record<string, string>>}
  | {readonly kind: 'manifest'; readonly range: string; readonly file: string};

export interface PackageChoice {
  readonly podNetwork: DecidedPodNetwork;
  /** Members that etcd has already, when this machine joins them; absent: all masters begin together. */
  readonly etcdMembers?: readonly {readonly name: string; readonly peerUrl: string}[];
  /** Makes the pod of etcd another one than any before: a text seen before inherits how long kubelet waits between crashes. */
  readonly etcdMark?: string;
  /** Of the settings of the plain HTTP API, so that others make another pod. */
  readonly plainHttpDigest?: string;
}

/**
 * A range of 256 addresses for the pods of each machine. `taken` are those that docker has on machines already
 * (`10.200.3.1/24`, by name): a range stays where it is, since containers are in it. Others get the number that their own
 * address ends with where that is free, else the first that is.
 */
export function podRanges(
  {machines}: Pick<ClusterLayout, 'machines'>,
  range: string,
  taken: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const whole = rangeOf(range);
  if (!whole || whole.bits > 24) throw new Error(`no range for pods: ${range}`);
  const count = 2 ** (24 - whole.bits);
  const used = new Map<number, string>();
  for (const {name} of machines) {
    const [address = '', bits] = (taken[name] ?? '').split('/');
    const number = addressNumber(address);
    if (bits !== '24' || number === undefined || !isWithin(number, whole)) continue;
    const index = Math.floor((number - whole.first) / 256);
    if (!used.has(index)) used.set(index, name);
  }
  const having = new Set(used.values());
  let next = 0;
  for (const {name, address} of machines.filter((machine) => !having.has(machine.name))) {
    const wanted = (addressNumber(address) ?? 0) % 256;
    while (used.has(next)) next++;
    used.set(wanted < count && wanted > 0 && !used.has(wanted) ? wanted : next, name);
  }
  return Object.fromEntries([...used].map(([index, name]) => [name, `${addressText(whole.first + index * 256)}/24`]));
}

/** The address of docker's bridge in a range of pods: '10.200.3.1/24'. */
export function bridgeOf(podRange: string): string {
  const range = rangeOf(podRange);
  return `${addressText((range?.first ?? 0) + 1)}/${range?.bits}`;
}
