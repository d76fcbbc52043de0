import type {Clock} from '../tools.ts';

/** Tells of changes at most so often, however many there are: the first soon, all later ones of that time together. */
export class Coalesce {
  private readonly clock: Clock;
  private readonly everyMs: number;
  private readonly tell: () => void;
  private readonly closed = new AbortController();
  private isWaiting = false;

  constructor(clock: Clock, everyMs: number, tell: () => void) {
    this.clock = clock;
    this.everyMs = everyMs;
    this.tell = tell;
  }

  changed(): void {
    if (this.isWaiting || this.closed.signal.aborted) return;
    this.isWaiting = true;
    void this.clock.sleep(this.everyMs, this.closed.signal).then(
      () => {
        this.isWaiting = false;
        this.tell();
      },
      () => {},
    );
  }

  /** Tells at once, and nothing afterwards. */
  end(): void {
    if (this.closed.signal.aborted) return;
    this.close();
    this.tell();
  }

  close(): void {
    this.closed.abort(new Error('closed'));
  }
}
