import {isAtLeast} from '../release.ts';
import {below} from '../yaml-access.ts';
import type {Entry} from './entries.ts';
import {addressNumber, addressText, doOverlap, isWithin, type Range, rangeOf} from './ipv4.ts';
import {kubernetesPlace} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Ranges of addresses that must not meet. */
export const networks: readonly Rule[] = [
  {
    name: 'service-range-begins-it',
    severity: 'warning',
    holds: 'service-cluster-ip-range begins with the first address of the range.',
    find: (input) =>
      ofServiceRange(input, ({isWhole, first, bits}, name, text) => {
        if (isWhole || !isTaken(bits)) return undefined;
        const better = `${addressText(first)}/${bits}`;
        return {message: `${name} is ${text}, which is the range ${better} to Kubernetes.`, hint: `Write ${better}`};
      }),
  },
  {
    name: 'service-range-size',
    severity: 'warning',
    holds: 'service-cluster-ip-range is of a size that the API server takes: from /12 to /29.',
    find: (input) =>
      ofServiceRange(input, ({bits}, name, text) =>
        isTaken(bits)
          ? undefined
          : {
              message: `${name} is ${text}, and an API server takes ranges from /12 to /29.`,
              hint: 'Write it as 10.254.0.0/16',
            },
      ),
  },
  {
    name: 'service-range-without-machines',
    severity: 'error',
    holds: 'No machine, and not the API server, has an address in service-cluster-ip-range.',
    find: (input) =>
      ofServiceRange(input, (range, name, text) => {
        const inside = input.entries.filter(({address}) => isInside(address, range));
        const api = kubernetesPlace(input, 'address');
        const what =
          inside.length > 0
            ? `the machines ${namesOf(inside)}`
            : isInside(api?.text, range)
              ? `${api?.name}`
              : undefined;
        if (what === undefined) return undefined;
        const verb = inside.length > 0 ? 'have their addresses' : 'is';
        return {
          message: `${name} is ${text}, and ${what} ${verb} in that range: services would take over what is sent to them.`,
          hint: 'Write a range that nothing else of the site uses, as 10.254.0.0/16',
        };
      }),
  },
  {
    name: 'service-range-without-bridge',
    severity: 'warning',
    holds: "service-cluster-ip-range does not meet 172.17.0.0/16, the network of docker's bridge.",
    find: (input) =>
      ofServiceRange(input, (range, name, text) =>
        doOverlap(range, bridge)
          ? {
              message: `${name} is ${text}, which meets 172.17.0.0/16, the network of docker's own bridge.`,
              hint: 'Write a range that nothing else uses, as 10.254.0.0/16',
            }
          : undefined,
      ),
  },
  {
    name: 'machines-not-on-the-bridge',
    severity: 'warning',
    holds: "No machine has an address in 172.17.0.0/16, the network of docker's bridge.",
    find: ({entries}) =>
      entries
        .filter(({address}) => isInside(address, bridge))
        .map((entry) => ({
          at: below(entry.place, entry.addressKey),
          message: `${entry.name}.${entry.addressKey} is ${entry.address}, in 172.17.0.0/16, which every docker takes for its own bridge.`,
          hint: 'Give the bridge of docker another network (bip in daemon.json), or write another address of the machine.',
        })),
  },
  {
    name: 'dns-outside-the-service-range',
    severity: 'warning',
    holds: 'cluster-dns is a name server of the site, not an address of service-cluster-ip-range (before v1.0).',
    find: (input) => {
      const dns = kubernetesPlace(input, 'dns');
      const range = kubernetesPlace(input, 'serviceRange');
      const numbers = range && rangeOf(range.text);
      if (!dns || !numbers || !isInside(dns.text, numbers) || isAtLeast(input.config.release, 'v1.0')) return [];
      // Then it is the range that is wrong, which is told there.
      if (input.entries.some(({address}) => isInside(address, numbers))) return [];
      const message = `${dns.name} is ${dns.text}, in the range of services ${range.text}, where these trees run no name server.`;
      return [{at: dns.place, message, hint: 'Write the address of the name server of the site.'}];
    },
  },
  {
    name: 'dns-reached-from-containers',
    severity: 'warning',
    holds: 'cluster-dns is not 127.0.0.1 or 127.0.0.53, which lead nowhere from inside a container.',
    find: (input) => {
      const dns = kubernetesPlace(input, 'dns');
      if (!dns || !isInside(dns.text, loopback)) return [];
      const message = `${dns.name} is ${dns.text}, which is the container itself to every container.`;
      return [
        {
          at: dns.place,
          message,
          hint: 'Write the name server of the site: resolvectl dns, or the nameserver of /run/systemd/resolve/resolv.conf',
        },
      ];
    },
  },
];

/** A range of which the API server takes addresses for services. */
function isTaken(bits: number): boolean {
  return bits >= 12 && bits <= 29;
}

const bridge = rangeOf('172.17.0.0/16') as Range;
const loopback = rangeOf('127.0.0.0/8') as Range;

function isInside(address: string | undefined, range: Range): boolean {
  return address !== undefined && isWithin(addressNumber(address), range);
}

function ofServiceRange(
  input: RuleInput,
  judge: (range: Range, name: string, text: string) => Omit<Finding, 'at'> | undefined,
): readonly Finding[] {
  const written = kubernetesPlace(input, 'serviceRange');
  const range = written && rangeOf(written.text);
  const flaw = range && judge(range, written.name, written.text);
  return flaw ? [{at: written.place, ...flaw}] : [];
}

function namesOf(entries: readonly Entry[]): string {
  const names = [...new Set(entries.flatMap(({hostname}) => hostname ?? []))];
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
