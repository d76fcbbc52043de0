/** The machines as the object model of F–H has them (behaviour 3.6). */

import type {ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {mapIn} from './assign.ts';
import {addressOf, byHostName, type NewInput} from './new-input.ts';

/** F's `machine`: the defaults of the file are merged into every entry. */
export function machineValue(input: NewInput): ValueMap {
  const {assign, machines, hosts} = input;
  const defaults = mapIn(machines, 'default-machine-properties');
  for (const host of hosts) {
    const isGiven = (key: string) => host.has(key);
    for (const key of ['sshport', 'username']) if (!isGiven(key)) assign.same(host, key, defaults, key);
    if (!isGiven('password') && !isGiven('keyfile-path')) {
      for (const key of ['password', 'keyfile-path']) assign.same(host, key, defaults, key);
    }
    if (!isGiven('nodename')) assign.same(host, 'nodename', host, 'hostip');
    if (!isGiven('docker-data')) assign.fallback(host, 'docker-data', '/var/lib/docker', 'as the tools have it');
  }
  const value: ValueMap = new Map();
  assign.same(value, 'machine-sku', machines, 'machine-sku');
  assign.same(value, 'default-machine-properties', machines, 'default-machine-properties');
  assign.derived(value, 'machine-list', byHostName(hosts), 'machine-list, by host name');
  return value;
}

/** `layout` of G and H, where nothing but the URLs of v1.5 and later is filled in. */
export function layoutValue(input: NewInput): ValueMap {
  const {assign, machines, hosts, release, master} = input;
  const value: ValueMap = new Map();
  assign.same(value, 'machine-sku', machines, 'machine-sku');
  const written = mapIn(machines, 'kubernetes');
  const address = addressOf(master);
  if (written.size > 0 || !isAtLeast(release, 'v1.5')) assign.same(value, 'kubernetes', machines, 'kubernetes');
  else if (address !== undefined) {
    const urls: ValueMap = new Map();
    assign.derived(urls, 'api-servers-url', `https://${address}:6443`, 'hostip of the pai-master');
    assign.derived(urls, 'dashboard-url', `https://${address}:9090`, 'hostip of the pai-master');
    value.set('kubernetes', urls);
  }
  assign.derived(value, 'machine-list', byHostName(hosts), 'machine-list, by host name');
  return value;
}
