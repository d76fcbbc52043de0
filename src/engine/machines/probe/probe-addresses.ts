/** What an operator types to have machines looked for → the addresses. Pure. */

import {isIPv4} from 'node:net';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import {writeOut} from '../host-names.ts';

/** More than anybody waits for. */
const mostAddresses = 4096;

/**
 * Every address once, in the order they were typed: '10.0.0.11', '10.0.0.11-40', '10.0.0.11-10.0.1.4', 'fd00::11',
 * 'gpu[01-16].example', several apart by commas or spaces. Throws `usage` for what is none of these.
 */
export function probeAddresses(typed: readonly string[]): readonly string[] {
  // A comma inside of brackets parts numbers.
  const words = typed.flatMap((text) => text.match(/(?:\[[^\]]*\]?|[^\s,[])+/g) ?? []);
  const addresses = new Set<string>();
  for (const word of words) {
    for (const address of addressesOf(word)) addresses.add(address);
    if (addresses.size > mostAddresses) throw wrong(word, `brings it to more than ${mostAddresses} addresses`);
  }
  if (addresses.size === 0) throw usage('There is no address to look at.');
  return [...addresses];
}

function addressesOf(word: string): readonly string[] {
  const [, from = '', to = ''] = /^(\d+\.\d+\.\d+\.\d+)-(\d+|\d+\.\d+\.\d+\.\d+)$/.exec(word) ?? [];
  if (from !== '') return range(word, from, to.includes('.') ? to : from.replace(/\d+$/, to));
  if (word.includes('/')) throw wrong(word, 'is a network, and a range is looked through');
  const {names, wrong: mistake} = writeOut(word);
  if (mistake !== undefined) throw wrong(word, mistake);
  for (const name of names) {
    const isNumbers = /^[\d.]+$/.test(name);
    const isName = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(name) && name.length <= 253;
    const isIpv6 = /^[0-9A-Fa-f:.]+(?:%[\w.-]+)?$/.test(name) && name.includes(':');
    if (isNumbers ? !isIPv4(name) : !isName && !isIpv6) throw wrong(word, 'is no address and no name of a machine');
  }
  return names;
}

function range(word: string, from: string, to: string): readonly string[] {
  if (!isIPv4(from) || !isIPv4(to)) throw wrong(word, 'is no range of IPv4 addresses');
  const [first, last] = [numberOf(from), numberOf(to)];
  if (last < first) throw wrong(word, 'runs backwards');
  if (last - first >= mostAddresses) throw wrong(word, `stands for more than ${mostAddresses} addresses`);
  return Array.from({length: last - first + 1}, (_, index) => addressOf(first + index));
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function wrong(word: string, because: string): ProblemError {
  return usage(`${displayText(word)} ${because}.`);
}

function usage(message: string): ProblemError {
  return new ProblemError({
    code: 'usage',
    message,
    hint: 'Write addresses as 10.0.0.11, ranges as 10.0.0.11-40, names as gpu[01-16].example.',
  });
}
