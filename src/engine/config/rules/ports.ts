import {isAtLeast} from '../release.ts';
import type {YamlMap, YamlValue} from '../yaml.ts';
import {below, placeIn} from '../yaml-access.ts';
import {written} from './kubernetes-places.ts';
import {type ServicePort, servicePorts} from './service-ports.ts';
import type {Finding, Rule, RuleInput, Spot} from './types.ts';

/** Ports that are listened to on one machine. Services use the network of their machine. */
export const ports: readonly Rule[] = [
  {
    name: 'one-service-a-port',
    severity: 'error',
    holds: 'Services that run on one machine listen on different ports.',
    find: (input) => {
      const all = listening(input);
      return all.flatMap((one, index): readonly Finding[] => {
        const other = all.slice(0, index).find((each) => each.number === one.number && doMeet(each, one, input));
        // The one that is written can be changed; two defaults never meet.
        const at = one.spot ?? other?.spot;
        if (!other || !at) return [];
        const [mine, theirs] = one.spot ? [one, other] : [other, one];
        const message = `${at.key} is ${one.number}, the port of ${theirs.service} too${theirs.spot ? ` (${theirs.spot.key})` : ''}, and both run on ${whereOf(mine)}.`;
        return [{at, message, hint: `Write another port: ${freePort(one.number, all)} is free.`}];
      });
    },
  },
  {
    name: 'port-of-kubernetes',
    severity: 'warning',
    holds:
      'No service has a port of Kubernetes itself: 2379, 2380, 4001, 6443, 8080, 10250, and 9090 of the dashboard.',
    find: (input) => {
      const all = listening(input);
      return all.flatMap(({number, spot, service}): readonly Finding[] => {
        const taken = ofKubernetes.get(number);
        if (taken === undefined || !spot) return [];
        const message = `${spot.key} is ${number}, the port of ${taken}, which may run on the machine of ${service} too.`;
        return [{at: spot, message, hint: `Write another port: ${freePort(number, all)} is free.`}];
      });
    },
  },
  {
    name: 'ordered-port-range',
    severity: 'error',
    holds: 'A range of ports begins below its end: host_daemon_port_start, rest-server.schedule-port-start.',
    find: (input) => [...daemonPorts(input), ...schedulePorts(input)],
  },
];

const ofKubernetes: ReadonlyMap<number, string> = new Map([
  [2379, 'etcd'],
  [2380, 'etcd'],
  [4001, 'etcd'],
  [6443, 'the API server'],
  [8080, 'the API server'],
  [9090, 'the dashboard of Kubernetes'],
  [10250, 'the kubelet'],
]);

interface Listening extends ServicePort {
  readonly number: number;
  /** Absent for a default. */
  readonly spot?: Spot;
}

/** What each service listens on, defaults included where there are any. */
function listening(input: RuleInput): readonly Listening[] {
  const {config} = input;
  const isNew = isAtLeast(config.release, 'v0.9');
  const values = isNew ? config.views.services.reveal() : config.services.sections.reveal();
  return servicePorts(config.services.format).flatMap((port) => {
    const path = [...port.path];
    const key = path.pop() ?? '';
    const holder = path.reduce<YamlValue | undefined>(
      (value, part) => (value instanceof Map ? (value as YamlMap).get(part) : undefined),
      values,
    );
    const value = holder instanceof Map ? (holder as YamlMap).get(key) : undefined;
    const number = Number(typeof value === 'string' || typeof value === 'bigint' ? value : Number.NaN);
    if (!(holder instanceof Map) || !Number.isInteger(number) || number < 1 || number > 65535) return [];
    const origin = config.originOf(holder, key);
    return {...port, number, ...(origin?.from === 'file' && isOwn(input, origin.file) ? {spot: origin} : {})};
  });
}

/** A default of the tree is written in a file too, which is not the operator's. */
function isOwn({config}: RuleInput, file: string): boolean {
  return config.files.some((each) => each.file === file);
}

/** Until v0.7 a label of its own may put a service on another machine than the pai-masters. */
function doMeet(one: Listening, other: Listening, {entries, config}: RuleInput): boolean {
  if (isAtLeast(config.release, 'v0.8')) return true;
  const hosts = ({label, isEverywhere}: Listening) => {
    if (isEverywhere) return entries;
    const own = entries.filter(({labels}) => labels.includes(label));
    return own.length > 0 ? own : entries.filter(({labels}) => labels.includes('pai-master'));
  };
  const there = hosts(other);
  return hosts(one).some((entry) => there.includes(entry));
}

function whereOf({isEverywhere}: Listening): string {
  return isEverywhere ? 'every machine' : 'the pai-master';
}

function freePort(number: number, all: readonly Listening[]): number {
  const isTaken = (port: number) => ofKubernetes.has(port) || all.some((each) => each.number === port);
  let port = number;
  while (isTaken(port)) port = port < 65535 ? port + 1 : 1024;
  return port;
}

function daemonPorts({sources}: RuleInput): readonly Finding[] {
  const source = sources.files.get('deployment');
  if (!source) return [];
  const first = written(placeIn(source, 'host_daemon_port_start'));
  const last = written(placeIn(source, 'host_daemon_port_end'));
  const from = Number(first?.text ?? '40000');
  const to = Number(last?.text ?? '65535');
  const at = last ?? first;
  if (!at || !(from >= to)) return [];
  const message = `host_daemon_port_start is ${from} and host_daemon_port_end ${to}: no port is between them.`;
  return [{at: at.place, message, hint: 'Write a beginning below the end, as 40000 and 65535.'}];
}

function schedulePorts({config}: RuleInput): readonly Finding[] {
  const {place, format} = config.services;
  const section = place && below(place, 'rest-server');
  const first = section && written(section, 'schedule-port-start');
  const last = section && written(section, 'schedule-port-end');
  if (format !== 'new' || !isAtLeast(config.release, 'v1.0')) return [];
  const from = Number(first?.text ?? '15000');
  const to = Number(last?.text ?? '40000');
  const at = last ?? first;
  if (!at || !(from >= to)) return [];
  const message = `rest-server.schedule-port-start is ${from} and schedule-port-end ${to}: no port is left for jobs.`;
  return [{at: at.place, message, hint: 'Write a beginning below the end, as 15000 and 40000.'}];
}
