import {exitCodeOf, type MachineInfo, type Problem} from '../engine/index.ts';
import {showDuration} from './times.ts';
import type {Ended} from './world.ts';

/** What `machine list` and `machine facts` say of a machine in JSON beside its state. */
export function machineDocument({name, address, port, roles}: MachineInfo) {
  return {name, address, port, role: roles.join(',') || null};
}

/** '10.0.0.1', with its port where that is not 22; an IPv6 address then in brackets. */
export function addressWords({address, port}: MachineInfo): string {
  if (port === 22) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * How a command ends that asked machines: 0 when all answered as wished, 1 when only some did. Where none was reached:
 * 4 when host keys alone were in the way, else 6.
 */
export function codeOfMachines(
  answers: readonly {readonly fine: boolean; readonly unreached?: Problem | undefined}[],
): Ended {
  if (answers.every(({fine}) => fine)) return 0;
  const unreached = answers.flatMap(({unreached}) => (unreached ? [unreached] : []));
  if (unreached.length < answers.length) return 1;
  const codes = new Set(unreached.map(exitCodeOf));
  return codes.size === 1 && codes.has(4) ? 4 : 6;
}

/** '3s ago', '2h05m ago', '3 days ago'. */
export function agoWords(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  if (days >= 2) return `${days} days ago`;
  return milliseconds < 1000
    ? 'now'
    : `${showDuration(Math.floor(milliseconds / 1000) * 1000).replace('.0s', 's')} ago`;
}
