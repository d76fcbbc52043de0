/** Whether the address that everybody goes to leads to the API servers, and what is lost with which machine. */

import type {ApiEndpoint, CheckedMachine} from '../types.ts';
import {type ClusterRule, failed, ok, type SeenCluster, type Verdict, warning} from './rule.ts';

export const balancer: ClusterRule = {
  check: 'balancer',
  judge(all) {
    return [judgePlace(all), ...judgeWay(all)];
  },
};

function judgePlace({cluster, seen, facts}: SeenCluster): Verdict {
  const {api, machines, availability} = cluster;
  const owner =
    machines.find(({address}) => address === api.host) ??
    seen.find((one) => one.facts.addresses.some(({address}) => address === api.host))?.machine;
  const is = (role: CheckedMachine['roles'][number]) => owner?.roles.includes(role) ?? false;
  const write = 'Write the right address as load-balance-ip into the configuration.';
  switch (availability) {
    case 'single-master':
      if (is('master')) return ok(`${api.host} is the master itself, ${owner?.name}.`);
      return owner
        ? failed(`${api.host} is ${owner.name}, which is no master.`, write)
        : failed(`${api.host} is not the address of the master.`, write);
    case 'proxy': {
      if (is('proxy'))
        return ok(`${api.host} is the proxy ${owner?.name}. Without that machine nobody reaches the API.`);
      if (owner) return failed(`${api.host} is ${owner.name}, which is no proxy.`, write);
      return judgeAnswer(endpointOf(facts.api.endpoints, api.host, api.port), api.host);
    }
    case 'external-balancer':
      if (is('master'))
        return warning(
          `${api.host} is the master ${owner?.name}: without that one nobody reaches the API, whatever the others do.`,
          'Put a balancer in front of the masters, or a machine as proxy.',
        );
      if (owner)
        return failed(`${api.host} is ${owner.name}, which is neither a balancer nor a proxy of this cluster.`, write);
      return judgeAnswer(endpointOf(facts.api.endpoints, api.host, api.port), api.host);
  }
}

/** Of an address that no machine has. Before a cluster is booted, a balancer that has nobody behind it may refuse. */
function judgeAnswer(endpoint: ApiEndpoint | undefined, host: string): Verdict {
  if (!endpoint || endpoint.state === 'silent') {
    return warning(
      `Nobody answers at ${host} from this computer.`,
      'The balancer must be there before the cluster is booted: kubelets go by that address.',
    );
  }
  return ok(`${host} answers.`);
}

/** Once API servers answer: whether the address leads to each of them, by the certificates that they show. */
function judgeWay({cluster, facts}: SeenCluster): readonly Verdict[] {
  const {api, machines, masterPort} = cluster;
  const masters = machines.filter(({roles}) => roles.includes('master'));
  const alive = masters.flatMap(({name, address}) => {
    const found = endpointOf(facts.api.endpoints, address, masterPort);
    return found?.state === 'answers' ? [{name, certificates: found.certificates}] : [];
  });
  const through = endpointOf(facts.api.endpoints, api.host, api.port);
  if (alive.length === 0 || !through || masters.some(({address}) => address === api.host && api.port === masterPort))
    return [];
  if (through.state === 'silent')
    return [
      failed(
        `API servers answer, and the address ${api.host} does not lead to them.`,
        'See whether the balancer runs and knows the masters.',
      ),
    ];
  if (through.state !== 'answers')
    return [
      failed(
        `At ${api.host}:${api.port} ${through.state === 'refused' ? 'nothing listens' : 'is no TLS'}, and API servers answer.`,
        `See whether the balancer passes on TCP to port ${masterPort} of the masters.`,
      ),
    ];
  const lost = alive.filter(({certificates}) => !certificates.some((one) => through.certificates.includes(one)));
  if (lost.length === alive.length)
    return [
      failed(
        `Who answers at ${api.host} is none of the API servers.`,
        'See where the balancer leads to; it must pass on TCP, and not end TLS itself.',
      ),
    ];
  if (lost.length > 0)
    return [
      warning(
        `${api.host} led to ${lost.map(({name}) => name).join(', ')} in none of several tries.`,
        'See whether the balancer knows all masters, and which of them it takes for dead.',
      ),
    ];
  return [ok(`${api.host} leads to every API server that answers (${alive.length} of ${masters.length}).`)];
}

function endpointOf(endpoints: readonly ApiEndpoint[], host: string, port: number): ApiEndpoint | undefined {
  return endpoints.find((one) => one.host === host && one.port === port);
}

/** How many masters may go before etcd stops. */
export const masters: ClusterRule = {
  check: 'masters',
  judge({cluster}) {
    const count = cluster.machines.filter(({roles}) => roles.includes('master')).length;
    if (count === 0) return [failed('There is no master.', 'Give a machine the role of master in the configuration.')];
    const spare = Math.floor((count - 1) / 2);
    if (count === 1) return [ok('One master: without it there is no API, and what runs goes on.')];
    const detail = `${count} masters: ${spare === 0 ? 'none' : spare === 1 ? 'one' : spare} of them may go.`;
    return [
      count % 2 === 0
        ? warning(`${detail} ${count - 1} would bear as much.`, 'Take an odd number of masters.')
        : ok(detail),
    ];
  },
};

/** Those that cannot be booted at all are refused by the layout. */
export const version: ClusterRule = {
  check: 'version',
  judge({cluster}) {
    const {version: wanted, isProven} = cluster;
    if (isProven) return [ok(`${wanted}.`)];
    return [
      warning(
        `${wanted} is booted by what its documents say; that it works was proven for 1.20 only.`,
        'Try it on machines that nobody needs, or take 1.20.',
      ),
    ];
  },
};
