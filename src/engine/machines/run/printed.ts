import type {OutputView} from '../../output-text.ts';
import {leftOutWords} from '../../run/output.ts';
import {plainStyle, type Style, terminalLine} from '../../run/terminal-text.ts';
import {KeptBytes, textOf} from './kept-bytes.ts';
import {printedLines} from './printed-lines.ts';

export type Stream = 'stdout' | 'stderr';

/** Hears each line when it has ended, its text as in an OutputView. */
export type LineListener = (machine: string, text: string, stream: Stream) => void;

/** A line is broken where it is longer; a progress bar may never end its own. */
const longestLine = 64 * 1024;

/**
 * What one machine prints: both streams apart, and as lines in the order they were ended. Each is kept to its bound,
 * the beginning and the end of it.
 */
export class Printed {
  readonly files: string[] = [];
  /** Grows with all that comes. */
  version = 0;
  private readonly streams: Record<Stream, KeptBytes>;
  private readonly together: KeptBytes;
  private readonly open: Record<Stream, {bytes: Buffer; at: number}> = {
    stdout: {bytes: Buffer.alloc(0), at: 0},
    stderr: {bytes: Buffer.alloc(0), at: 0},
  };
  private readonly styles: Record<Stream, Style> = {stdout: plainStyle, stderr: plainStyle};
  private readonly machine: string;
  private readonly listeners: ReadonlySet<LineListener>;
  private ended = false;

  /** `bytes` in memory, at most, about. */
  constructor(machine: string, bytes: number, listeners: ReadonlySet<LineListener>) {
    this.machine = machine;
    this.listeners = listeners;
    this.streams = {stdout: new KeptBytes(bytes / 3), stderr: new KeptBytes(bytes / 3)};
    this.together = new KeptBytes(bytes / 3);
  }

  push(stream: Stream, bytes: Uint8Array, at: number): void {
    if (bytes.length === 0) return;
    this.version++;
    this.streams[stream].push(bytes, at);
    const whole = bytes.lastIndexOf(10) + 1;
    const open = this.open[stream];
    if (whole > 0) {
      const first = bytes.subarray(0, whole);
      this.endLines(stream, open.bytes.length === 0 ? first : Buffer.concat([open.bytes, first]), at);
      this.open[stream] = {bytes: Buffer.from(bytes.subarray(whole)), at};
    } else this.open[stream] = {bytes: Buffer.concat([open.bytes, bytes]), at: open.at || at};
    if (this.open[stream].bytes.length > longestLine) this.endLine(stream);
  }

  /** Nothing more will come. */
  end(): void {
    this.version++;
    this.ended = true;
    this.endLine('stdout');
    this.endLine('stderr');
  }

  text(stream: Stream): string {
    return textOf(this.streams[stream], leftOutWords);
  }

  get leftOutBytes(): number {
    return this.streams.stdout.leftOutBytes + this.streams.stderr.leftOutBytes;
  }

  view(): OutputView {
    const open = [this.open.stdout, this.open.stderr].filter(({bytes}) => bytes.length > 0);
    return printedLines(this.together, open, {ended: this.ended, files: this.files});
  }

  private endLine(stream: Stream): void {
    const {bytes, at} = this.open[stream];
    if (bytes.length > 0) this.endLines(stream, Buffer.concat([bytes, Buffer.from('\n')]), at);
    this.open[stream] = {bytes: Buffer.alloc(0), at: 0};
  }

  private endLines(stream: Stream, lines: Uint8Array, at: number): void {
    this.together.push(lines, at);
    if (this.listeners.size === 0) return;
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.length - 1).toString('utf8');
    for (const raw of text.split('\n')) {
      const line = terminalLine(raw, this.styles[stream]);
      this.styles[stream] = line.style;
      for (const listener of [...this.listeners]) listener(this.machine, line.text, stream);
    }
  }
}
