import type {Ssh} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {Connector} from './connector.ts';
import type {HostKeyBook} from './host-key-check.ts';
import {type SshLimits, usualLimits} from './limits.ts';
import {Line} from './line.ts';
import {MachineRemote} from './machine-remote.ts';
import {showHostKeys} from './show-host-keys.ts';

export interface SshOptions {
  /** What is known of host keys: nothing that is not known there is spoken to. */
  readonly hostKeys: HostKeyBook;
  readonly clock: Clock;
  /** Where others than the usual ones hold. */
  readonly limits?: Partial<SshLimits>;
}

/** Machines over SSH. Nothing is kept open but what is asked for. */
export function createSsh({hostKeys, clock, limits: other}: SshOptions): Ssh {
  const limits = {...usualLimits, ...other};
  const world = {hostKeys, clock, limits};
  const connector = new Connector(world);
  return {
    async connect(target, signal) {
      const connection = await connector.connect(target, signal);
      return new MachineRemote(new Line(target, connection, connector, clock, limits));
    },
    async hostKeys(target, signal) {
      const keys = await showHostKeys(target, connector, world, signal);
      // Whoever judges the keys does so with what a certificate says of them.
      await connector.learnCertificate(target, signal);
      return keys;
    },
  };
}
