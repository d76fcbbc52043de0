/** Which pod network a running cluster has, as its machines show it. Pure. */

import {addressNumber, isWithin, rangeOf} from '../../config/rules/ipv4.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {type DecidedPodNetwork, podRanges} from '../packages/choice.ts';
import type {MachineAnswer} from './ask-machine.ts';

/**
 * `bridges`: what docker's settings of machines call the address of its bridge ('10.200.3.1/24'), by the machine's name.
 * Where the choice was left to the check, machines whose bridge lies in the range were given routes.
 */
export function podNetworkSeen(
  layout: Pick<ClusterLayout, 'machines' | 'podNetwork'>,
  bridges: Readonly<Record<string, string>>,
): DecidedPodNetwork {
  const {podNetwork} = layout;
  if (podNetwork.kind === 'host' || podNetwork.kind === 'manifest') return podNetwork;
  const {range} = podNetwork;
  const whole = rangeOf(range);
  const isRouted = Object.values(bridges).some((bridge) => {
    const number = addressNumber(bridge.split('/')[0] ?? '');
    return whole !== undefined && number !== undefined && isWithin(number, whole);
  });
  if (podNetwork.kind === 'auto' && !isRouted) return {kind: 'host'};
  return {kind: 'routes', range, ranges: podRanges(layout, range, bridges)};
}

/** What docker's settings call the address of its bridge, by the name of the machine. */
export function bridgesIn(
  answers: ReadonlyMap<string, Pick<MachineAnswer, 'dockerSettings'>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...answers].flatMap(([name, {dockerSettings}]) => {
      const bridge = /"bip"\s*:\s*"([\d./]+)"/.exec(dockerSettings)?.[1];
      return bridge === undefined ? [] : [[name, bridge]];
    }),
  );
}
