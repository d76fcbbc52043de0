import type {MachineAccess, Remote, RemoteCommand} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import type {Clock} from '../../src/engine/tools.ts';

interface Held {
  readonly token: string;
  readonly words: string;
  /** By the clock of the test. */
  readonly until: number;
}

/** Masters in memory that keep the lock of a cluster as lock-script.ts does, by the clock of the test. */
export interface FakeMasters extends MachineAccess {
  /** Who holds it on each: 'm1: run 1 of ann'. */
  readonly holders: readonly string[];
  /** How often each was asked. */
  readonly asked: ReadonlyMap<string, number>;
  /** As another one would: on these masters, for so many seconds from now; below 0: it is over for so long. */
  hold(masters: readonly string[], words: string, seconds: number, token?: string): void;
  free(masters: readonly string[]): void;
  /** Nobody answers at these. */
  readonly cut: Set<string>;
  /** Process groups that are at work on any of them. */
  readonly atWork: Set<number>;
  /** Milliseconds that each needs for an answer. */
  readonly slow: Map<string, number>;
  /** Called before the lock is let go on one. */
  onRelease(listener: () => void): void;
}

export function createFakeMasters(names: readonly string[], clock: Clock): FakeMasters {
  const locks = new Map<string, Held>();
  const asked = new Map<string, number>();
  const cut = new Set<string>();
  const slow = new Map<string, number>();
  const atWork = new Set<number>();
  let released = () => {};

  function answer(name: string, {args = [], stdin}: RemoteCommand): readonly string[] {
    const [, what, , token = '', seconds, over = '', , ended = ''] = args;
    const held = locks.get(name);
    const isMine = held?.token === token;
    const write = () =>
      locks.set(name, {token, words: String(stdin).trim(), until: clock.monotonic() + Number(seconds) * 1000});
    if (what === 'release') {
      released();
      if (isMine) locks.delete(name);
      return [`released ${token}`];
    }
    if (what === 'renew') {
      if (isMine) write();
      return [isMine ? `renewed ${token}` : 'gone '];
    }
    const left = held ? Math.round((held.until - clock.monotonic()) / 1000) : 0;
    if (
      !held ||
      isMine ||
      ended.split(' ').includes(held.token) ||
      (left <= 0 && over.split(' ').includes(held.token))
    ) {
      write();
      return [`taken ${token}`];
    }
    return [left > 0 ? `held ${left} ${held.token}` : `expired ${-left} ${held.token}`, `holder ${held.words}`];
  }

  const remoteOf = (name: string): Pick<Remote, 'run' | 'isAlive' | 'endGroup'> => ({
    isAlive: async (group) => atWork.has(group),
    async endGroup(group) {
      atWork.delete(group);
    },
    async run(command, watch, signal) {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      const wait = slow.get(name);
      if (wait !== undefined) await clock.sleep(wait, signal);
      const [mark] = command.args ?? [];
      const lines = [...answer(name, command), 'end ended'].map((line) => `${mark} ${line}\n`);
      watch.stdout?.(Buffer.from(lines.join('')));
      return {exit: 0};
    },
  });
  return {
    async use(name, work) {
      if (!names.includes(name)) throw new Error(`${name} is no master`);
      if (cut.has(name)) throw new ProblemError({code: 'machine-unreachable', message: `${name} does not answer.`});
      return work(remoteOf(name) as Remote);
    },
    get holders() {
      return names.flatMap((name) => (locks.has(name) ? [`${name}: ${locks.get(name)?.words}`] : []));
    },
    asked,
    hold(masters, words, seconds, token = `token-of-${words.replaceAll(' ', '-')}`) {
      for (const name of masters) locks.set(name, {token, words, until: clock.monotonic() + seconds * 1000});
    },
    free(masters) {
      for (const name of masters) locks.delete(name);
    },
    cut,
    atWork,
    slow,
    onRelease(listener) {
      released = listener;
    },
  };
}
