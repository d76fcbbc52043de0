import type {Remote} from '../machine-tools.ts';
import {type Hold, isBroken} from './fleet.ts';
import type {MachineInfo} from './types.ts';

/** A machine that is to be asked something, and how it is reached. */
export interface Asked {
  readonly machine: MachineInfo;
  /** As Fleet.hold; throws `secret-missing` too. */
  hold(signal: AbortSignal): Promise<Hold>;
}

/**
 * Does something on the machine. Throws what connecting and the work throw; where the connection broke the next who
 * asks is given another.
 */
export async function askMachine<T>(
  {hold}: Asked,
  signal: AbortSignal,
  work: (remote: Remote) => Promise<T>,
): Promise<T> {
  const held = await hold(signal);
  try {
    const result = await work(held.remote);
    held.release();
    return result;
  } catch (error) {
    held.release(isBroken(error));
    throw error;
  }
}
