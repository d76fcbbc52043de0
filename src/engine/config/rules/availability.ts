import {addressOf, isOfOneMachine} from './addresses.ts';
import type {Entry} from './entries.ts';
import {masters} from './etcd.ts';
import {addressNumber} from './ipv4.ts';
import {kubernetesPlace, type Written} from './kubernetes-places.ts';
import type {Rule, RuleInput} from './types.ts';

/**
 * The three ways to reach the API server (behaviour 6.9): a single master; masters behind a balancer of the site;
 * masters behind a machine with haproxy.
 */
export const availability: readonly Rule[] = [
  {
    name: 'api-not-at-a-worker',
    severity: 'error',
    holds: 'load-balance-ip is not the address of a machine that is neither master nor proxy.',
    find: (input) => {
      const {api, at} = situation(input) ?? {};
      // A role that nobody knows, or none, is told where it is.
      if (!api || at?.role !== 'worker') return [];
      const message = `${api.name} is ${api.text}, the address of ${at.hostname}, which is neither master nor proxy: no API server answers there.`;
      return [{at: api.place, message, hint: `Write ${better(input)}.`}];
    },
  },
  {
    name: 'api-at-the-single-master',
    severity: 'warning',
    holds: 'With one master and no proxy, load-balance-ip is the address of the master.',
    find: (input) => {
      const {api, at, all, proxies} = situation(input) ?? {};
      const [master] = all ?? [];
      if (!api || at || all?.length !== 1 || proxies?.length !== 0 || master?.address === undefined) return [];
      const message = `${api.name} is ${api.text}, and the only master ${master.hostname} has ${master.address}.`;
      return [{at: api.place, message, hint: `Write ${master.address}, unless a balancer at ${api.text} leads there.`}];
    },
  },
  {
    name: 'api-not-at-one-of-several',
    severity: 'warning',
    holds: 'With several masters, load-balance-ip is the address of what stands before them, not of one of them.',
    find: (input) => {
      const {api, at, all = [], proxies} = situation(input) ?? {};
      if (!api || at?.role !== 'master' || all.length < 2 || proxies?.length !== 0) return [];
      const message = `${api.name} is ${api.text}, the address of ${at.hostname}: without that one of ${all.length} masters nothing reaches the API.`;
      const hint =
        'Write the address of a balancer before the masters, or give a machine k8s-role: proxy and write its address.';
      return [{at: api.place, message, hint}];
    },
  },
  {
    name: 'api-at-a-proxy',
    severity: 'warning',
    holds: 'Where there are machines with k8s-role proxy, load-balance-ip is the address of one.',
    find: (input) => {
      const {api, at, proxies = []} = situation(input) ?? {};
      if (!api || proxies.length === 0 || at?.role === 'proxy' || (at && at.role !== 'master')) return [];
      const names = proxies.map(({hostname}) => hostname).join(', ');
      const message = `${api.name} is ${api.text}, which is not the address of the proxy ${names}.`;
      const hint = at
        ? `Write ${proxies[0]?.address}, or give ${names} another role.`
        : `Write ${proxies[0]?.address}, unless ${api.text} is an address that the proxies share.`;
      return [{at: api.place, message, hint}];
    },
  },
  {
    name: 'odd-number-of-masters',
    severity: 'warning',
    holds: 'The number of masters is odd.',
    find: (input) => {
      const all = masters(input);
      const [last] = all.slice(-1);
      if (!last || all.length % 2 !== 0) return [];
      const quorum = all.length / 2 + 1;
      const message = `There are ${all.length} masters: etcd needs ${quorum} of them, so ${all.length} stand no more losses than ${all.length - 1} do.`;
      return [{at: last.place, message, hint: `Make it ${all.length - 1} or ${all.length + 1} masters.`}];
    },
  },
  {
    name: 'several-masters-behind-a-proxy',
    severity: 'warning',
    holds: 'A proxy has at least three masters behind it.',
    find: (input) => {
      const {all = [], proxies = []} = situation(input) ?? {};
      const [proxy] = proxies;
      if (!proxy || all.length !== 1) return [];
      const message = `${proxy.hostname} is a proxy before the single master ${all[0]?.hostname}, which makes nothing safer.`;
      return [{at: proxy.place, message, hint: 'Have three masters, or take the proxy away.'}];
    },
  },
];

interface Situation {
  readonly api: Written;
  /** The machine with that address. */
  readonly at?: Entry;
  readonly all: readonly Entry[];
  readonly proxies: readonly Entry[];
}

/** Undefined where it cannot be told: no address of the API server, or a machine whose own cannot be compared with it. */
function situation(input: RuleInput): Situation | undefined {
  const api = kubernetesPlace(input, 'address');
  const number = api && addressNumber(api.text);
  const entries = input.entries.filter(({addressKey}) => addressKey === 'hostip');
  const all = masters(input);
  if (!api || number === undefined || !isOfOneMachine(number) || all.length === 0) return undefined;
  if (entries.some((entry) => typeof addressOf(entry) !== 'number')) return undefined;
  const here = entries.filter((entry) => addressOf(entry) === number);
  const at = here.find(({role}) => role === 'proxy' || role === 'master') ?? here[0];
  return {api, ...(at ? {at} : {}), all, proxies: entries.filter(({role}) => role === 'proxy')};
}

function better(input: RuleInput): string {
  const {all = [], proxies = []} = situation(input) ?? {};
  if (proxies[0]) return `${proxies[0].address}, the address of the proxy ${proxies[0].hostname}`;
  if (all.length === 1) return `${all[0]?.address}, the address of the master ${all[0]?.hostname}`;
  return 'the address of the balancer before the masters';
}
