import {below} from '../yaml-access.ts';
import {type Entry, shortName} from './entries.ts';
import {addressNumber, addressText, isWithin, rangeOf} from './ipv4.ts';
import {kubernetesPlace} from './kubernetes-places.ts';
import {pairsOf} from './pairs.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Addresses of machines. */
export const addresses: readonly Rule[] = [
  {
    name: 'unique-address',
    severity: 'error',
    holds: 'Every machine has an address of its own, however it is written (10.1 is 10.0.0.1).',
    find: ({entries}) =>
      pairsOf(entries, addressOf, 'of different hosts').map(({first, again}) => {
        const isAsWritten = first.address === again.address;
        return {
          at: below(again.place, again.addressKey),
          message: `${again.name}.${again.addressKey} is ${again.address}, which ${isAsWritten ? '' : `is ${first.address} and `}${shortName(first)} has already.`,
          hint: 'Write the address that the machine itself shows: ip -4 address',
        };
      }),
  },
  {
    name: 'address-of-one-machine',
    severity: 'error',
    holds:
      'The address of a machine, and of the API server, leads to that machine from every other: no 127.0.0.1, no 0.0.0.0.',
    find: (input) => [
      ...input.entries.flatMap((entry) => {
        const at = below(entry.place, entry.addressKey);
        return notOneMachine(at, `${entry.name}.${entry.addressKey}`, entry.address);
      }),
      ...ofApi(input),
    ],
  },
];

/** Two spellings of one address, or of one host name, are equal. */
export function addressOf({address}: Entry): number | string | undefined {
  return address === undefined ? undefined : (addressNumber(address) ?? address.toLowerCase());
}

/** Of no machine at all, or of each by itself. */
export function isOfOneMachine(address: number): boolean {
  return !nobody.some((range) => isWithin(address, range));
}

const nobody = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'].flatMap((range) => rangeOf(range) ?? []);

function notOneMachine(at: Finding['at'], name: string, address: string | undefined): readonly Finding[] {
  const number = address === undefined ? undefined : addressNumber(address);
  if (number === undefined || isOfOneMachine(number)) return [];
  const message = `${name} is ${addressText(number)}, which does not lead to one machine from the others.`;
  return [{at, message, hint: 'Write the address by which the other machines reach it.'}];
}

function ofApi(input: RuleInput): readonly Finding[] {
  const api = kubernetesPlace(input, 'address');
  return api ? notOneMachine(api.place, api.name, api.text) : [];
}
