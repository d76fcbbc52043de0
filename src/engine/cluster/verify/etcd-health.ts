import type {EtcdReport} from '../etcd/types.ts';

/**
 * What keeps etcd from being well, as sentences, by the masters that can be asked; empty: nothing. That the member of a
 * dead machine is missing is known before, and not told again. Pure.
 */
export function etcdFaults({quorum, members, leader}: EtcdReport, masters: readonly string[]): readonly string[] {
  const own = members.filter(({machine}) => machine !== undefined && masters.includes(machine));
  const lost = masters.filter((master) => !own.some(({machine}) => machine === master));
  return [
    ...lost.map((master) => `${master} has no member of etcd.`),
    ...own
      .filter(({state}) => state !== 'healthy')
      .map(({name, machine, state, reason}) => `${name} on ${machine} is ${state}${reason ? `: ${reason}` : '.'}`),
    ...own.flatMap(({name, machine, alarms}) => alarms.map((alarm) => `${name} on ${machine} has the alarm ${alarm}.`)),
    ...(quorum.isThere ? [] : [quorum.words]),
    ...(leader ? [] : ['The members that answer name no leader.']),
  ];
}
