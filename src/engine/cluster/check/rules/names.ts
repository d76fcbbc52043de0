/** What a machine is called, and what it knows others by. */

import type {SeenMachine} from './rule.ts';
import {failed, type MachineRule, ok, unknown, type Verdict, warning, withAnswer} from './rule.ts';

export const hostName: MachineRule = {
  check: 'host name',
  judge({machine, facts: {hostName: name}}) {
    if (name === '') return [unknown('It does not say what it is called.')];
    const short = (full: string) => full.toLowerCase().split('.')[0];
    if (short(name) === short(machine.name)) return [ok(`${name}.`)];
    return [
      warning(
        `It calls itself ${name}, and the configuration ${machine.name}: is it the right machine?`,
        'Give it the name of the configuration (hostnamectl set-hostname), or write its own there.',
      ),
    ];
  },
};

/** glibc takes three servers, the kubelet gives pods as many, and six search domains (validation.MaxDNSSearchPaths). */
const mostServers = 3;
const mostSearch = 6;

export const dns: MachineRule = {
  check: 'dns',
  judge: withAnswer((answer, seen) => {
    const {resolver, names} = answer;
    const own = names.find(({name}) => name === seen.facts.hostName);
    const api = names.find(({name}) => name === seen.cluster.api.host);
    const verdicts: Verdict[] = [
      ...(api?.addresses === 'none'
        ? [
            failed(
              `It does not know ${api.name}, which is where the API will be.`,
              'Write it into /etc/hosts or the DNS, or give its address in the configuration.',
            ),
          ]
        : []),
      ...ofOwnName(own, seen),
      ...(resolver.servers.length > mostServers
        ? [
            warning(
              `/etc/resolv.conf names ${resolver.servers.length} servers; pods get the first ${mostServers}.`,
              'Leave three there.',
            ),
          ]
        : []),
      ...(resolver.search.length > mostSearch
        ? [
            warning(
              `/etc/resolv.conf searches ${resolver.search.length} domains; pods get ${mostSearch} at most.`,
              'Leave out those that nobody needs.',
            ),
          ]
        : []),
      ...resolver.servers
        .filter((server) => server.startsWith('127.') || server === '::1')
        .map((server) =>
          warning(
            `Its name server is its own, ${server}, which pods cannot reach.`,
            'Name the servers behind it in /etc/resolv.conf (with systemd-resolved: link it to /run/systemd/resolve/resolv.conf).',
          ),
        ),
    ];
    if (verdicts.length > 0) return verdicts;
    return [
      ok(
        resolver.servers.length === 0
          ? 'Its own name resolves; it has no name server.'
          : `Its own name resolves; asked are ${resolver.servers.join(', ')}.`,
      ),
    ];
  }),
};

function ofOwnName(
  own: {name: string; addresses: readonly string[] | 'none' | 'unknown'} | undefined,
  {facts}: SeenMachine,
): readonly Verdict[] {
  if (!own || own.addresses === 'unknown') return [unknown('Whether its own name resolves was not to be asked.')];
  const fix = `Write its address and name into its /etc/hosts.`;
  if (own.addresses === 'none') return [warning(`It does not know its own name, ${own.name}.`, fix)];
  const isOwn = (address: string) =>
    address.startsWith('127.') ||
    address === '::1' ||
    /^fe[89ab]/i.test(address) ||
    facts.addresses.some((one) => one.address === address);
  const foreign = own.addresses.filter((address) => !isOwn(address));
  return foreign.length === 0
    ? []
    : [warning(`Its own name, ${own.name}, leads to ${foreign.join(', ')}, which is not its address.`, fix)];
}
