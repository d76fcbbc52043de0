/** Whether machines can be told apart: clones of one disk cannot, and overwrite each other's node. */

import {type ClusterRule, failed, ok, type SeenMachine, unknown} from './rule.ts';

export const identity: ClusterRule = {
  check: 'identity',
  judge({seen}) {
    const found = [
      ...twice(seen, ({facts}) => facts.hostName.toLowerCase() || undefined).map(([name, machines]) =>
        failed(
          `${machines} all call themselves ${name}.`,
          'Give each machine a name of its own: hostnamectl set-hostname.',
        ),
      ),
      ...twice(seen, ({facts}) => facts.machineId).map(([, machines]) =>
        failed(
          `${machines} have the same machine-id.`,
          "Make another one on each but one: 'rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup', and boot it.",
        ),
      ),
      ...twice(seen, ownMac).map(([mac, machines]) =>
        failed(
          `The network cards of ${machines} have the same address, ${mac}.`,
          'Give each virtual machine a card address of its own.',
        ),
      ),
    ];
    if (found.length > 0) return found;
    const nameless = seen.filter(({facts}) => facts.machineId === undefined);
    return [
      ...nameless.map(({machine}) => ({
        machine: machine.name,
        ...unknown('It has no machine-id.', "Make one: 'systemd-machine-id-setup'."),
      })),
      ...(seen.length > nameless.length ? [ok('Each has a name and a machine-id of its own.')] : []),
    ];
  },
};

/** Of the card that has the address of the configuration; others, of bridges and containers, may be alike. */
function ownMac({machine, facts, answer}: SeenMachine): string | undefined {
  const device = facts.addresses.find(({address}) => address === machine.address)?.device;
  return device === undefined ? undefined : answer?.macs[device];
}

function twice(
  seen: readonly SeenMachine[],
  keyOf: (one: SeenMachine) => string | undefined,
): [key: string, machines: string][] {
  const groups = new Map<string, string[]>();
  for (const one of seen) {
    const key = keyOf(one);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), one.machine.name]);
  }
  return [...groups].filter(([, names]) => names.length > 1).map(([key, names]) => [key, names.join(', ')]);
}
