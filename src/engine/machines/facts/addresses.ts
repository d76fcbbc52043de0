/** Addresses of the machine, but for those that nobody else can reach it by. */

import type {Answer} from '../../machine-answer.ts';
import type {MachineFacts} from '../types.ts';

type AddressFact = MachineFacts['addresses'][number];

/** Without loopback and link-local ones; in the machine's order. */
export function addressesIn(answer: Answer): AddressFact[] {
  const found = [...answer.lines('address-ip').flatMap(ofIp), ...ofIfconfig(answer.lines('address-ifconfig'))];
  return found.filter(({address}) => !/^(127\.|169\.254\.|::1$|fe[89ab])/i.test(address));
}

/** '4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0' */
function ofIp(line: string): AddressFact[] {
  const [, device, address] = /^\d+:\s+([^\s@]+)(?:@\S+)?\s+inet6?\s+([0-9a-fA-F.:]+)/.exec(line) ?? [];
  return device !== undefined && address !== undefined ? [{device, address}] : [];
}

/** Blocks that begin with the device; its addresses are further in ('inet addr:10.0.0.1' by older ones). */
function ofIfconfig(lines: readonly string[]): AddressFact[] {
  let device = '';
  return lines.flatMap((line) => {
    const [, named] = /^([^\s:]+(?::\d+)?)/.exec(line) ?? [];
    if (named !== undefined) device = named;
    const [, address] = /\sinet6?(?: addr)?:?\s*([0-9a-fA-F.:]+)/.exec(line) ?? [];
    return device !== '' && address !== undefined ? [{device, address}] : [];
  });
}
