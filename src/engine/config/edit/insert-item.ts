import type {YamlValue} from '../yaml.ts';
import type {EditContext} from './context.ts';
import {insertFirst, insertFlow} from './insert-flow.ts';
import {columnOf, lineEnd} from './lines.ts';
import type {Spot} from './outline.ts';
import {refusal} from './refusal.ts';
import type {Splice} from './splice.ts';
import {isFilled, writeInline, writeItem} from './write-value.ts';

/** Adds an item to a list, as its neighbours are written; comments above the item behind it stay with that one. */
export function insertItem(context: EditContext, at: number | undefined, value: YamlValue): readonly Splice[] {
  const {spot, text, layout, place, steps} = context;
  const inFlow = () => writeInline(value, {inFlow: true}, layout);
  const index = at ?? spot.entries.length;
  if (!Number.isSafeInteger(index) || index < 0 || index > spot.entries.length) {
    throw refusal(place, spot.start, `The list has ${spot.entries.length} items, so none can be number ${index}.`);
  }
  if (spot.kind === 'list' && !spot.isFlow) {
    const column = columnOf(text, spot.entries[0]?.start ?? 0);
    const item =
      isFilled(value) && isWrittenFlat(spot)
        ? `- ${inFlow()}`
        : writeItem(value, column, dashWidth(spot, text), layout);
    const indent = layout.lineEnd + ' '.repeat(column);
    const before = spot.entries[index - 1];
    if (before) {
      const end = lineEnd(text, before.end);
      return [{start: end, end, text: indent + item}];
    }
    return [{start: spot.start, end: spot.start, text: item + indent}];
  }
  if (spot.kind === 'list') return insertFlow(context, index, inFlow());
  const isItem = steps.at(-1)?.collection.kind === 'list';
  return insertFirst(context, {
    flow: () => `[${inFlow()}]`,
    block: (column) => writeItem(value, column, 2, layout),
    column: spot.outer < 0 ? 0 : spot.outer + (isItem ? 2 : layout.listStep),
    isInline: isItem,
  });
}

/** Whether the last map or list among the items is written in braces. */
function isWrittenFlat({entries}: Spot): boolean {
  return entries.findLast(({value}) => value.kind === 'map' || value.kind === 'list')?.value.isFlow === true;
}

/** How far behind the dash the neighbours' content stands. */
function dashWidth({entries}: Spot, text: string): number {
  const like = entries.findLast(
    ({start, value}) => value.kind === 'map' && !text.slice(start, value.start).includes('\n'),
  );
  return like && !like.value.isFlow ? Math.max(2, like.value.start - like.start) : 2;
}
