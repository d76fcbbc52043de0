/** A part of a text and what takes its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Everything outside the splices stays as it is. They must not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const inOrder = [...splices].sort((a, b) => a.start - b.start || a.end - b.end);
  const parts = inOrder.map((splice, index) => text.slice(inOrder[index - 1]?.end ?? 0, splice.start) + splice.text);
  return parts.join('') + text.slice(inOrder.at(-1)?.end ?? 0);
}
