/** Which network pods get, where the operator left it open. Pure. */

import {addressNumber, isWithin, rangeOf} from '../../config/rules/ipv4.ts';
import {canRoutePods} from '../check/judge.ts';
import type {CheckFacts} from '../check/types.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {type DecidedPodNetwork, podRanges} from '../packages/choice.ts';

/**
 * A cluster keeps the network that it has: another one would restart docker everywhere. Else it is routes where those
 * machines that answer are proven to be of one segment; one that is dead may prove it when it is back.
 */
export function decidePodNetwork(layout: ClusterLayout, facts: CheckFacts, isBooted: boolean): DecidedPodNetwork {
  const {podNetwork} = layout;
  if (podNetwork.kind === 'host' || podNetwork.kind === 'manifest') return podNetwork;
  const {range} = podNetwork;
  const taken = {...routedIn(layout, facts, range), ...bridgesIn(facts, range)};
  const answering = {...layout, machines: layout.machines.filter(({name}) => isThere(facts, name))};
  const hasRoutes =
    podNetwork.kind === 'routes' || Object.keys(taken).length > 0 || (!isBooted && canRoutePods(facts, answering));
  return hasRoutes ? {kind: 'routes', range, ranges: podRanges(layout, range, taken)} : {kind: 'host'};
}

function isThere({machines}: CheckFacts, name: string): boolean {
  return machines.some((machine) => machine.name === name && machine.facts !== undefined);
}

/** What docker's bridge has of the pods' range already, by machine. */
function bridgesIn({machines}: CheckFacts, range: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    machines.flatMap(({name, answer}) => {
      const bridge = answer?.routes.find(
        ({to, device, via}) => device === 'docker0' && via === undefined && isOfPods(to, range),
      );
      return bridge ? [[name, bridge.to]] : [];
    }),
  );
}

/** What others lead to a machine that does not answer: its pods may still be there, and nobody else is to have their range. */
function routedIn({machines}: ClusterLayout, facts: CheckFacts, range: string): Readonly<Record<string, string>> {
  const routes = facts.machines.flatMap(({answer}) => answer?.routes ?? []);
  return Object.fromEntries(
    machines.flatMap(({name, address}) => {
      const led = isThere(facts, name) ? undefined : routes.find(({to, via}) => via === address && isOfPods(to, range));
      return led ? [[name, led.to]] : [];
    }),
  );
}

/** The 256 addresses of one machine. */
function isOfPods(to: string, range: string): boolean {
  const [address = '', bits] = to.split('/');
  const [whole, number] = [rangeOf(range), addressNumber(address)];
  return bits === '24' && whole !== undefined && number !== undefined && isWithin(number, whole);
}
