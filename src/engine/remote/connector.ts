import type {Duplex} from 'node:stream';
import type {SshTarget} from '../machine-tools.ts';
import {algorithmsFor} from './algorithms.ts';
import {Connection} from './connection.ts';
import {withDeadline} from './deadline.ts';
import {dial, type Through} from './dial.ts';
import {askHostCertificate} from './host-certificate-ask.ts';
import {Jumps} from './jumps.ts';
import {KeyFiles} from './key-file.ts';
import {type LoginWorld, logIn, silent} from './log-in.ts';
import {loginAttempts} from './login-attempts.ts';
import {Pace} from './pace.ts';

/** Logs in on machines, through others where they say so. */
export class Connector {
  readonly #world: LoginWorld;
  readonly #pace: Pace;
  readonly #keys = new KeyFiles();
  readonly #jumps = new Jumps((target, signal) => this.connect(target, signal));

  constructor(world: LoginWorld) {
    this.#world = world;
    this.#pace = new Pace(world);
  }

  /** Throws what `Ssh.connect` says. */
  async connect(target: SshTarget, signal: AbortSignal): Promise<Connection> {
    const {jump} = target;
    if (jump === undefined) return this.#logIn(target, undefined, signal);
    const {connection, giveBack} = await this.#jumps.borrow(jump, signal);
    try {
      const made = await this.#logIn(target, connection, signal);
      void made.ended.then(giveBack);
      return made;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  /** Does something with a stream to a machine's sshd on which nobody has logged in, and closes it. */
  async visit<T>(target: SshTarget, signal: AbortSignal, work: (stream: Duplex) => Promise<T>): Promise<T> {
    const {jump} = target;
    const borrowed = jump && (await this.#jumps.borrow(jump, signal));
    try {
      return await this.#pace.knock(target, signal, async () => {
        const stream = await this.#dial(target, borrowed?.connection, signal);
        try {
          return await work(stream);
        } finally {
          stream.destroy();
        }
      });
    } finally {
      borrowed?.giveBack();
    }
  }

  /** Where only a certificate can say which key is the machine's: asks for it, and has it judged. */
  async learnCertificate(target: SshTarget, signal: AbortSignal): Promise<void> {
    const {hostKeys, clock, limits} = this.#world;
    if (!hostKeys.wantsCertificate?.(target)) return;
    const late = () => silent(target, 'show a certificate', limits.handshakeMs);
    const shown = await this.visit(target, signal, (stream) =>
      withDeadline({clock, milliseconds: limits.handshakeMs, late}, signal, (soon) => askHostCertificate(stream, soon)),
    );
    hostKeys.learn?.(target, shown);
  }

  async #logIn(target: SshTarget, through: Through | undefined, signal: AbortSignal): Promise<Connection> {
    const {hostKeys, clock} = this.#world;
    await this.learnCertificate(target, signal);
    return this.#pace.knock(target, signal, async () => {
      const attempts = await loginAttempts(target, this.#keys);
      const stream = await this.#dial(target, through, signal);
      const algorithms = algorithmsFor(hostKeys.preferredTypes(target));
      return new Connection(await logIn(target, stream, attempts, algorithms, this.#world, signal), clock);
    });
  }

  #dial(target: SshTarget, through: Through | undefined, signal: AbortSignal): Promise<Duplex> {
    const {clock, limits} = this.#world;
    return dial(target, through, {clock, milliseconds: limits.connectMs}, signal);
  }
}
