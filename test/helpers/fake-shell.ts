import type {RemoteEnd, RemoteShell} from '../../src/engine/machine-tools.ts';

/** A shell of a machine that says what a test lets it say. */
export interface FakeShell extends RemoteShell {
  /** What was typed into it, answers of the terminal included. */
  typed: string;
  /** Sizes it was given, '80x24'. */
  readonly sizes: string[];
  readonly isPaused: boolean;
  readonly isClosed: boolean;
  says(output: string | Uint8Array): void;
  /** Resolves when all that was said before has been drawn: the terminal answered a question that came after it. */
  isDrawn(): Promise<void>;
  end(how: RemoteEnd): void;
  breakOff(error: Error): void;
}

export function createFakeShell(): FakeShell {
  let output: (bytes: Uint8Array) => void = () => undefined;
  let settle: {resolve(end: RemoteEnd): void; reject(error: Error): void} | undefined;
  let heard: (() => void) | undefined;
  let isPaused = false;
  let isClosed = false;
  const shell: FakeShell = {
    typed: '',
    sizes: [],
    ended: new Promise((resolve, reject) => {
      settle = {resolve, reject};
    }),
    get isPaused() {
      return isPaused;
    },
    get isClosed() {
      return isClosed;
    },
    says: (text) => output(typeof text === 'string' ? Buffer.from(text) : text),
    isDrawn() {
      const drawn = new Promise<void>((resolve) => {
        heard = () => setImmediate(resolve);
      });
      output(Buffer.from(question));
      return drawn;
    },
    end: (how) => settle?.resolve(how),
    breakOff: (error) => settle?.reject(error),
    write(bytes) {
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
      if (text !== answer) {
        shell.typed += text;
        return;
      }
      heard?.();
      heard = undefined;
    },
    resize: (columns, rows) => void shell.sizes.push(`${columns}x${rows}`),
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
    },
    onOutput(listener) {
      output = listener;
    },
    close() {
      isClosed = true;
      settle?.resolve({signal: 'SIGHUP'});
    },
  };
  return shell;
}

/** Device status report, and what every terminal says to it. */
const question = '\x1b[5n';
const answer = '\x1b[0n';
