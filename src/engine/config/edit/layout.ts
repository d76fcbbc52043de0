import {columnOf, lineEndOf} from './lines.ts';
import type {Spot} from './outline.ts';
import type {Layout} from './write-value.ts';

/** The file's own line ends and indentation, taken from the first place that shows them. */
export function layoutOf(text: string, root: Spot): Layout {
  return {
    lineEnd: lineEndOf(text),
    step: firstStep(text, root, 'map') ?? 2,
    listStep: firstStep(text, root, 'list') ?? 2,
  };
}

function firstStep(text: string, spot: Spot, kind: 'map' | 'list'): number | undefined {
  for (const {key, value} of spot.entries) {
    const isBlock = value.kind === kind && !value.isFlow;
    if (isBlock && key && spot.kind === 'map') return columnOf(text, value.start) - value.outer;
    const inner = firstStep(text, value, kind);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
