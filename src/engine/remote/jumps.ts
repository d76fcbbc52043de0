import type {SshTarget} from '../machine-tools.ts';
import type {Connection} from './connection.ts';
import {orAborted} from './deadline.ts';

interface Shared {
  readonly connection: Promise<Connection>;
  readonly giveUp: AbortController;
  users: number;
}

/** Connections to machines that others are reached through: one for all, closed with the last one that goes through. */
export class Jumps {
  readonly #connect: (target: SshTarget, signal: AbortSignal) => Promise<Connection>;
  readonly #shared = new Map<string, Shared>();

  constructor(connect: (target: SshTarget, signal: AbortSignal) => Promise<Connection>) {
    this.#connect = connect;
  }

  /** Lends the connection, until it is given back. */
  async borrow(
    jump: SshTarget,
    signal: AbortSignal,
  ): Promise<{readonly connection: Connection; readonly giveBack: () => void}> {
    const name = nameOf(jump);
    const shared = this.#shared.get(name) ?? this.#begin(name, jump);
    shared.users++;
    const giveBack = () => this.#giveBack(name, shared);
    try {
      return {connection: await orAborted(shared.connection, signal), giveBack};
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  #begin(name: string, jump: SshTarget): Shared {
    const giveUp = new AbortController();
    const connection = this.#connect(jump, giveUp.signal);
    const shared = {connection, giveUp, users: 0};
    this.#shared.set(name, shared);
    const forget = () => {
      if (this.#shared.get(name) === shared) this.#shared.delete(name);
    };
    connection.then(({ended}) => ended).then(forget, forget);
    return shared;
  }

  #giveBack(name: string, shared: Shared): void {
    if (--shared.users > 0) return;
    if (this.#shared.get(name) === shared) this.#shared.delete(name);
    shared.giveUp.abort(new Error('nobody goes through this machine any more'));
    shared.connection.then(
      (connection) => connection.end(),
      () => {},
    );
  }
}

function nameOf({address, port, user, jump}: SshTarget): string {
  return `${user} ${address} ${port}${jump ? ` through ${nameOf(jump)}` : ''}`;
}
