import {randomBytes} from 'node:crypto';
import type {SshTarget} from '../machine-tools.ts';
import type {Secret} from '../secret.ts';
import type {Clock} from '../tools.ts';
import type {Connection} from './connection.ts';
import type {Connector} from './connector.ts';
import {orAborted} from './deadline.ts';
import type {SshLimits} from './limits.ts';

/** The way to one machine: a connection that is made anew when it is needed and the one before has ended. */
export class Line {
  readonly target: SshTarget;
  readonly clock: Clock;
  readonly limits: SshLimits;
  /** Aborted when it is closed: nothing connects any more. */
  readonly #closing = new AbortController();
  readonly #connector: Connector;
  #current: Connection;
  #reconnecting: Promise<Connection> | undefined;
  /** Name of the folder on the machine where it is written how commands ended. */
  readonly folderName = `.pai-tui-${randomBytes(16).toString('hex')}`;
  /** That folder, once a command has made it. */
  folder: string | undefined;
  readonly #slots = new Set<number>();

  constructor(target: SshTarget, first: Connection, connector: Connector, clock: Clock, limits: SshLimits) {
    this.target = target;
    this.#current = first;
    this.#connector = connector;
    this.clock = clock;
    this.limits = limits;
  }

  /** Throws what connecting throws. */
  async connection(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.#current.isOpen) return this.#current;
    this.#reconnecting ??= this.#reconnect();
    return orAborted(this.#reconnecting, signal);
  }

  /** The smallest number no other command has: whatever is written under it is overwritten by the next. */
  takeSlot(): {readonly slot: number; giveBack(): void} {
    let slot = 0;
    while (this.#slots.has(slot)) slot++;
    this.#slots.add(slot);
    return {slot, giveBack: () => this.#slots.delete(slot)};
  }

  /** What sudo is answered. */
  get sudoPassword(): Secret | undefined {
    const {sudoPassword, credentials} = this.target;
    return sudoPassword ?? credentials.find((credential) => credential.kind === 'password')?.password;
  }

  get isOpen(): boolean {
    return this.#current.isOpen;
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the connection was closed'));
    await this.#reconnecting?.catch(() => {});
    await this.#current.end();
  }

  async #reconnect(): Promise<Connection> {
    try {
      this.#current = await this.#connector.connect(this.target, this.#closing.signal);
      return this.#current;
    } finally {
      this.#reconnecting = undefined;
    }
  }
}
