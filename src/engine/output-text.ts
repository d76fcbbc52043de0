/** A text that may still be growing, as a task or a machine printed it, split into lines. Colours (SGR) are kept, every other control sequence is gone. */
export interface OutputView {
  /** Lines that can be asked for now. */
  readonly lineCount: number;
  /** Bytes that were left out in the middle because the output was larger than its bound. */
  readonly leftOutBytes: number;
  /** Epoch milliseconds when the last of it came, to about a second; absent while that is not known. */
  readonly lastAt?: number | undefined;
  /** True when nothing more will come. */
  readonly ended: boolean;
  /** Text of lines [from, to). Cheap for the lines near those asked for last. */
  lines(from: number, to: number): readonly OutputLine[];
  /** Indexes of the lines that match, in order; the pattern is a plain text or a regular expression. */
  search(pattern: string | RegExp): readonly number[];
  /** The file(s) the whole output is in. */
  readonly files: readonly string[];
}

export interface OutputLine {
  readonly text: string;
  /** Epoch milliseconds when it came, to about a second. */
  readonly at?: number;
}
