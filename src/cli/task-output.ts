import type {Engine, OutputView} from '../engine/index.ts';
import {colouredLine, plainText} from './plain.ts';

/** The output of one task as whole lines for a person. */
export interface TaskOutput {
  /** Resolves when the task's whole output was told or, should that never be said, after a while. */
  finished(): Promise<void>;
  /** The last lines, at most so many, and how many come before them. */
  tail(count: number): {readonly lines: readonly string[]; readonly before: number; readonly file: string | undefined};
  close(): void;
}

/** How long the end of an output is waited for after its task ended: it comes by the same folder, a moment later. */
const patienceMs = 5000;
/** How long the last line may stay as it is before it is told without its end. */
const quietMs = 300;

/** Opens it; with a listener every line is told as soon as it is whole. */
export function openTaskOutput(
  engine: Engine,
  run: string,
  task: string,
  colour: boolean,
  onLine?: (line: string) => void,
): TaskOutput {
  const store = engine.runs.output(run, task);
  const shown = colour ? colouredLine : plainText;
  let told = 0;
  // The last line of an output that goes on may be half a line. After a while it is told all the same: it may be
  // what the task waits at.
  let early: string | undefined;
  let waiting: NodeJS.Timeout | undefined;
  const tell = (all: boolean) => {
    if (!onLine) return;
    clearTimeout(waiting);
    const view = store.get();
    const whole = all || view.ended ? view.lineCount : view.lineCount - 1;
    for (const {text} of view.lines(told, Math.max(told, whole))) {
      if (text !== early) onLine(shown(text));
      early = undefined;
    }
    told = Math.max(told, whole);
    if (view.lineCount > told) waiting = setTimeout(() => tellEarly(view), quietMs);
  };
  const tellEarly = (view: OutputView) => {
    const [last] = view.lines(told, told + 1);
    if (!last || last.text === early) return;
    early = last.text;
    onLine?.(shown(last.text));
  };
  const unsubscribe = store.subscribe(() => tell(false));
  tell(false);
  return {
    async finished() {
      await untilEnded(store);
      tell(true);
    },
    tail(count) {
      const view = store.get();
      const from = Math.max(0, view.lineCount - count);
      return {
        lines: view.lines(from, view.lineCount).map((line) => shown(line.text)),
        before: from,
        file: view.files.at(-1),
      };
    },
    close() {
      clearTimeout(waiting);
      unsubscribe();
      store.close();
    },
  };
}

function untilEnded(store: {get(): OutputView; subscribe(listener: () => void): () => void}): Promise<void> {
  if (store.get().ended) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, patienceMs);
    const unsubscribe = store.subscribe(() => {
      if (store.get().ended) done();
    });
  });
}
