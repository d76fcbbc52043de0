import {printable} from '../printable.ts';

/** Keeps the end of an output, for messages about a failure. */
export interface LastLines {
  add(text: string): void;
  /** Safe to show, several lines; undefined when there was nothing. */
  text(): string | undefined;
}

export function createLastLines(most = 20): LastLines {
  let held = '';
  return {
    add(text) {
      held += text;
      // Cut now and then, and not for every piece; a line may be long, but not without end.
      if (held.length > 65_536) held = held.split('\n').slice(-most).join('\n').slice(-32_768);
    },
    text() {
      const lines = printable(held).split('\n');
      return lines.slice(-most).join('\n') || undefined;
    },
  };
}
