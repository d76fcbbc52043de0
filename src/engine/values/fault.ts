/** What Python would raise. Whoever renders or reads makes a Problem of it, with the place. */

export type FaultKind =
  | 'TypeError'
  | 'ValueError'
  | 'KeyError'
  | 'IndexError'
  | 'ZeroDivisionError'
  | 'OverflowError'
  | 'UndefinedError'
  | 'StopIteration'
  /** Beyond a limit of ours, where Python would go on. */
  | 'Limit'
  /** Python would print something that differs from run to run, or that we do not have. */
  | 'Unsupported';

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Was this raised, and is it one of these kinds? */
export function isFault(thrown: unknown, ...kinds: readonly FaultKind[]): thrown is Fault {
  return thrown instanceof Fault && (kinds.length === 0 || kinds.includes(thrown.kind));
}
