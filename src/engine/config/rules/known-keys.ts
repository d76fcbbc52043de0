/** Keys of machine entries that mean something, in any era. */

import {flags, machineEntry, machineType} from '../shapes/machines.ts';

/** Labels that the tools or every known tree look for. */
export const knownFlags: readonly string[] = [...flags, 'prom'];

/** Keys that are no labels; how they are called in era A, and in mistakes that are told already, too. */
export const machineKeys: readonly string[] = [
  ...Object.keys(machineEntry(machineType).fields).filter((key) => !flags.includes(key)),
  ...['k8s-role', 'ip', 'machinetype', 'hdfsrole', 'yarnrole'],
];
