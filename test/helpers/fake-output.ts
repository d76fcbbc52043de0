import type {OutputLine, OutputView} from '../../src/engine/output-text.ts';

/** A text of these lines that may still grow. */
export function outputView(lines: readonly OutputLine[]): OutputView {
  return {
    lineCount: lines.length,
    leftOutBytes: 0,
    lastAt: lines.at(-1)?.at,
    ended: false,
    lines: (from, to) => lines.slice(from, to),
    search(pattern) {
      const found = (text: string): boolean =>
        typeof pattern === 'string' ? text.includes(pattern) : new RegExp(pattern).test(text);
      return lines.flatMap((line, index) => (found(line.text) ? [index] : []));
    },
    files: ['/home/ops/output.log'],
  };
}
