import {existsSync, readFileSync} from 'node:fs';
import {BlockList} from 'node:net';
import {execute} from './execute.ts';

/** The network of one lab: a switch in a network namespace of the lab's own, with a leg on this computer. */
export interface LabNetwork {
  /** The third number of all its IPv4 addresses. */
  readonly number: number;
  /** Process 1 of the lab, in whose network namespace the switch is. */
  readonly init: number;
}

export interface HostAddress {
  readonly address: string;
  readonly address6: string;
  /** The same at each boot, so that nobody remembers a wrong one. */
  readonly mac: string;
  /** Name of its port at the switch. */
  readonly port: string;
}

/** Addresses of the host of this number, from 1. */
export function addressOf({number}: LabNetwork, host: number): HostAddress {
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return {
    address: `${prefixOf(number)}.${10 + host}`,
    address6: `${prefix6Of(number)}::${(10 + host).toString(16)}`,
    mac: `02:77:00:${hex(number)}:00:${hex(host)}`,
    port: `host${host}`,
  };
}

/**
 * Chooses addresses that nothing on this computer uses, and no lab that is on record: the leg of one that ends goes with
 * its processes, before its guard takes away whatever has that name. Only for who is alone until `plugIn` is done: two
 * at once would choose the same. Throws when there are none.
 */
export async function freeNetwork(onRecord: readonly number[]): Promise<number> {
  const used = new BlockList();
  const routes = JSON.parse(await execute('ip', ['-json', '-4', 'route', 'show', 'table', 'all']));
  for (const {dst} of routes as readonly {readonly dst: string}[]) {
    const [network = '', bits = '32'] = dst.split('/');
    if (network !== 'default' && bits !== '0') used.addSubnet(network, Number(bits));
  }
  for (let number = 0; number < 256; number++)
    if (
      !onRecord.includes(number) &&
      !used.check(`${prefixOf(number)}.1`) &&
      !existsSync(`/sys/class/net/${legOf(number)}`)
    ) {
      return number;
    }
  throw new Error('All of 10.77.0.0/16 is in use on this computer.');
}

/**
 * Makes the switch and plugs this computer in, as .1. Nothing that a host sends leaves the computer: the switch has no
 * other link and says so at once, so that programs that look for the internet do not wait for it.
 */
export async function plugIn({number, init}: LabNetwork): Promise<void> {
  const leg = legOf(number);
  await batch('ip', [
    `link add ${leg} type veth peer name uplink netns ${init}`,
    `addr add ${prefixOf(number)}.1/24 dev ${leg}`,
    ...(hasIpv6() ? [`addr add ${prefix6Of(number)}::1/64 dev ${leg} nodad`] : []),
    `link set ${leg} up`,
  ]);
  await onSwitch({number, init}, [
    'link set lo up',
    'link add switch type bridge',
    `addr add ${prefixOf(number)}.254/24 dev switch`,
    'link set switch up',
    'link set uplink master switch up',
    'route add unreachable default',
  ]);
}

/** Takes this computer's leg away. The rest goes with the processes of the lab. */
export async function unplug(number: number): Promise<void> {
  if (existsSync(`/sys/class/net/${legOf(number)}`)) await batch('ip', [`link del ${legOf(number)}`]).catch(() => {});
}

/** Tells this computer where a host is, as if a router were between: one that is off is silent, not "no route". */
export async function introduce({number}: LabNetwork, {address, address6, mac}: HostAddress): Promise<void> {
  const addresses = hasIpv6() ? [address, address6] : [address];
  await batch(
    'ip',
    addresses.map((one) => `neigh replace ${one} lladdr ${mac} dev ${legOf(number)} nud permanent`),
  );
}

/** Runs lines of `ip` where the switch is. */
export async function onSwitch({init}: LabNetwork, lines: readonly string[]): Promise<void> {
  await batch('nsenter', lines, [`--target=${init}`, '--net', '--', 'ip']);
}

export function gatewayOf({number}: LabNetwork): string {
  return `${prefixOf(number)}.254`;
}

/** This computer's own. */
export function legAddressOf({number}: LabNetwork): string {
  return `${prefixOf(number)}.1`;
}

export function hasIpv6(): boolean {
  const file = '/proc/sys/net/ipv6/conf/default/disable_ipv6';
  return existsSync(file) && readFileSync(file, 'utf8').trim() === '0';
}

function prefixOf(number: number): string {
  return `10.77.${number}`;
}

function prefix6Of(number: number): string {
  return `fd77:0:0:${(256 + number).toString(16)}`;
}

function legOf(number: number): string {
  return `pai-lab-${number}`;
}

async function batch(program: string, lines: readonly string[], before: readonly string[] = []): Promise<void> {
  await execute(program, [...before, '-batch', '-'], `${lines.join('\n')}\n`);
}
