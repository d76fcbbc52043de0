/** Turns of those that want to do something at the same time, so many at once. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  /** Waits for a turn; `isNext`: before all others that wait. */
  async take(isNext = false): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    await new Promise<void>((resolve) => {
      if (isNext) this.waiting.unshift(resolve);
      else this.waiting.push(resolve);
    });
  }

  give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
