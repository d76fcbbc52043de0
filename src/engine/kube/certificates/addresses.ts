/** Names and addresses as certificates carry them. */

import {isIPv4, isIPv6} from 'node:net';
import {certificateProblem} from './problems.ts';

/**
 * An address in the one way of writing it by which it can be compared: IPv4 as it is, IPv6 shortened and in small
 * letters (RFC 5952). Undefined for what is no address; an address with a zone (`fe80::1%eth0`) is none here, since a
 * certificate cannot hold one.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text) || text.includes('%')) return;
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/**
 * Sorts hosts into DNS names and addresses, each once, in the order given. Throws Problem `certificate-invalid` for
 * what is neither: it would be left out or bent by whoever reads the certificate.
 */
export function sortHosts(hosts: readonly string[]): {readonly names: string[]; readonly addresses: string[]} {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const host of hosts) {
    const address = canonicalAddress(host);
    if (address !== undefined) addresses.add(address);
    else if (isDnsName(host)) names.add(host.toLowerCase());
    else {
      throw certificateProblem(
        `${JSON.stringify(host)} is neither a DNS name nor an IP address, so no certificate can name it.`,
        'Give the machine a host name of letters, digits, "-" and "." in the configuration.',
      );
    }
  }
  return {names: [...names], addresses: [...addresses]};
}

/** The underscore is no letter of host names, but machines have it, and clients accept it (Go's `validHostname`). */
function isDnsName(text: string): boolean {
  const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
  // A name of digits alone would be an address with a slip in it (10.0.0.256), and is no host name (RFC 1123, 2.1).
  return text.length <= 253 && text.split('.').every((part) => label.test(part)) && !/(?:^|\.)\d+$/.test(text);
}

/**
 * The first addresses of service ranges (`10.254.0.0/16`, or two with a comma): there the API server is reached from
 * within the cluster. Throws Problem `certificate-invalid` for what is no range.
 */
export function firstServiceAddresses(ranges: string): string[] {
  return ranges.split(',').map((range) => firstOf(range.trim()));
}

function firstOf(range: string): string {
  const slash = range.lastIndexOf('/');
  const base = slash < 0 ? undefined : canonicalAddress(range.slice(0, slash));
  const bits = base?.includes(':') ? 128 : 32;
  const length = /^\d{1,3}$/.test(range.slice(slash + 1)) ? Number(range.slice(slash + 1)) : Number.NaN;
  // A range of one address has no second one for the API server.
  if (base === undefined || !(length < bits)) {
    throw certificateProblem(
      `${JSON.stringify(range)} is not a range of service addresses.`,
      'Write it as an address and a length, like 10.254.0.0/16.',
    );
  }
  const hostBits = BigInt(bits - length);
  const network = (numberOf(base) >> hostBits) << hostBits;
  return addressOf(network + 1n, bits);
}

function numberOf(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const filled = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return filled.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function addressOf(number: bigint, bits: number): string {
  const parts = (count: number, size: bigint, base: number) =>
    Array.from({length: count}, (_, index) =>
      BigInt.asUintN(Number(size), number >> (size * BigInt(count - 1 - index))).toString(base),
    );
  if (bits === 32) return parts(4, 8n, 10).join('.');
  const text = parts(8, 16n, 16).join(':');
  return canonicalAddress(text) ?? text;
}
