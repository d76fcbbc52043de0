/** What a login shell's profile may print before it is cut: enough to say what it was. */
const mostNoise = 64 * 1024;

/** Tells what comes after a line that begins with a mark from the noise before it. */
export class AfterMark {
  readonly #mark: string;
  readonly #take: (bytes: Buffer) => void;
  #noise = Buffer.alloc(0);
  /** The words after the mark, once its line was seen. */
  line: string | undefined;

  constructor(mark: string, take: (bytes: Buffer) => void) {
    this.#mark = mark;
    this.#take = take;
  }

  add(bytes: Buffer): void {
    if (this.line !== undefined) {
      this.#take(bytes);
      return;
    }
    const all = Buffer.concat([this.#noise, bytes]);
    const begin = all.indexOf(this.#mark);
    const end = begin < 0 ? -1 : all.indexOf('\n', begin);
    if (end < 0) {
      this.#noise = all.subarray(-mostNoise);
      return;
    }
    this.line = all.toString('utf8', begin + this.#mark.length, end).trim();
    this.#noise = all.subarray(0, begin);
    if (end + 1 < all.length) this.#take(all.subarray(end + 1));
  }

  /** What came before the mark, or all of it while there is none. */
  get noise(): string {
    return this.#noise.toString('utf8');
  }
}
