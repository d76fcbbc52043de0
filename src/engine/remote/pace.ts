import type {SshTarget} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {TurnedAway} from './handshake-problem.ts';
import type {SshLimits} from './limits.ts';
import {Turns} from './turns.ts';

/**
 * Paces the logins, so that a stock sshd drops none (MaxStartups 10:30:100: from the tenth connection on that is not
 * logged in yet it drops some), and tries again where one was dropped all the same, because others knock too.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #limits: SshLimits;
  readonly #all: Turns;
  readonly #each = new Map<string, {readonly turns: Turns; users: number}>();

  constructor({clock, limits}: {readonly clock: Clock; readonly limits: SshLimits}) {
    this.#clock = clock;
    this.#limits = limits;
    this.#all = new Turns(limits.allStartups);
  }

  /** Does a whole login, when there is room for it at its sshd. */
  async knock<T>(target: SshTarget, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const {monotonic} = this.#clock;
    const end = monotonic() + this.#limits.turnedAwayMs;
    for (let tried = 0; ; tried++) {
      try {
        return await this.#inTurn(sshdOf(target), signal, work);
      } catch (error) {
        if (!(error instanceof TurnedAway)) throw error;
        const pause = Math.min(100 * 2 ** tried, 5_000) * (0.5 + Math.random());
        if (monotonic() + pause > end) throw error.problem;
        await this.#clock.sleep(pause, signal);
      }
    }
  }

  async #inTurn<T>(sshd: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const its = this.#each.get(sshd) ?? {turns: new Turns(this.#limits.startups), users: 0};
    this.#each.set(sshd, its);
    its.users++;
    try {
      const leave = await its.turns.take(signal);
      try {
        const leaveAll = await this.#all.take(signal);
        try {
          return await work();
        } finally {
          leaveAll();
        }
      } finally {
        leave();
      }
    } finally {
      if (--its.users === 0) this.#each.delete(sshd);
    }
  }
}

/** Names of one address count apart: there is no harm in that, only a little less patience. */
function sshdOf({address, port, jump}: SshTarget): string {
  return `${address} ${port}${jump ? ` ${sshdOf(jump)}` : ''}`;
}
