import {plainStyle, type Style, styleAfter} from '../../run/terminal-text.ts';

/** A stretch of kept output. What it holds never changes; more may come behind `used`. */
export interface Block {
  bytes: Buffer;
  used: number;
  /** Where what came at which second begins: offset, epoch milliseconds, offset, … */
  readonly times: number[];
  /** The style its first line begins with. */
  readonly style: Style;
}

const firstBytes = 256;
const wholeBytes = 16 * 1024;

/**
 * The beginning and the end of what came, in blocks, so that dropping the oldest of the end costs nothing and a look at
 * it copies nothing. A piece that is handed in stays in one block: whoever hands in whole lines finds whole lines.
 */
export class KeptBytes {
  readonly head: Block[] = [];
  readonly tail: Block[] = [];
  leftOutBytes = 0;
  private readonly headBytes: number;
  private readonly tailBytes: number;
  private headUsed = 0;
  private tailUsed = 0;
  private style: Style = plainStyle;

  constructor(bytes: number) {
    this.headBytes = bytes / 4;
    this.tailBytes = bytes - this.headBytes;
  }

  /** Copies the piece: whoever gave it may use its memory again. */
  push(piece: Uint8Array, at: number): void {
    if (piece.length === 0) return;
    if (this.tail.length === 0 && this.headUsed + piece.length <= this.headBytes) {
      this.headUsed += piece.length;
      this.append(this.head, piece, at);
    } else {
      this.tailUsed += piece.length;
      this.append(this.tail, piece, at);
      while (this.tailUsed > this.tailBytes && this.tail.length > 1) {
        const {used = 0} = this.tail.shift() ?? {};
        this.tailUsed -= used;
        this.leftOutBytes += used;
      }
    }
  }

  private append(blocks: Block[], piece: Uint8Array, at: number): void {
    let block = blocks.at(-1);
    if (!block || (block.used > 0 && block.used + piece.length > wholeBytes)) {
      block = {bytes: Buffer.alloc(0), used: 0, times: [], style: this.style};
      blocks.push(block);
    }
    const needed = block.used + piece.length;
    if (needed > block.bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(wholeBytes, Math.max(firstBytes, needed * 2))));
      block.bytes.copy(bytes, 0, 0, block.used);
      block.bytes = bytes;
    }
    block.bytes.set(piece, block.used);
    const second = Math.floor(at / 1000) * 1000;
    if (block.times.at(-1) !== second) block.times.push(block.used, second);
    block.used = needed;
    if (piece.includes(27)) this.style = styleAfter(Buffer.from(piece).toString('latin1'), this.style);
  }
}

/** A text that is kept whole or without its middle, which a line of its own stands for. */
export function textOf({head, tail, leftOutBytes}: KeptBytes, leftOut: (bytes: number) => string): string {
  // Decoded together: a character may lie across the border of blocks.
  const text = (blocks: readonly Block[]) =>
    Buffer.concat(blocks.map(({bytes, used}) => bytes.subarray(0, used))).toString('utf8');
  if (leftOutBytes === 0) return text([...head, ...tail]);
  return `${text(head)}\n${leftOut(leftOutBytes)}\n${text(tail)}`;
}
