/** Lines of text that may still be growing. Colours (SGR) are kept, other control sequences are not shown. */
export interface LogText {
  readonly lineCount: number;
  /** Bytes missing in the middle because there were too many. */
  readonly leftOutBytes: number;
  /** Nothing more will come. */
  readonly ended: boolean;
  /** Lines [from, to). Cheap for lines near those asked for last. */
  lines(from: number, to: number): readonly LogLine[];
}

export interface LogLine {
  readonly text: string;
  /** Epoch milliseconds when it came. */
  readonly at?: number;
}

/** Where a log view takes its text from. */
export interface LogStore {
  get(): LogText;
  subscribe(listener: () => void): () => void;
}
