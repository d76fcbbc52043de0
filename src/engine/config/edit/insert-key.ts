import type {YamlValue} from '../yaml.ts';
import type {EditContext} from './context.ts';
import {insertFirst, insertFlow} from './insert-flow.ts';
import {columnOf, lineEnd} from './lines.ts';
import {refusal} from './refusal.ts';
import type {Splice} from './splice.ts';
import {writeScalar} from './write-scalar.ts';
import {writeEntry, writeInline} from './write-value.ts';

/** Adds a key behind the last one of a map, or as the first of what is empty. */
export function insertKey(context: EditContext, key: string, value: YamlValue): readonly Splice[] {
  const {spot, text, layout, place, steps} = context;
  const there = spot.entries.find((entry) => entry.key?.text === key);
  if (there && spot.kind === 'map') throw refusal(place, there.start, `The key ${key} is there already.`);
  const inFlow = () => `${writeScalar(key, {inFlow: true})}: ${writeInline(value, {inFlow: true}, layout)}`;
  const last = spot.entries.at(-1);
  if (spot.kind === 'map' && last && !spot.isFlow) {
    const column = columnOf(text, spot.entries[0]?.start ?? 0);
    const at = lineEnd(text, last.end);
    const entry = writeEntry(key, value, column, layout);
    return [{start: at, end: at, text: layout.lineEnd + ' '.repeat(column) + entry}];
  }
  if (spot.kind === 'map') return insertFlow(context, spot.entries.length, inFlow());
  const isItem = steps.at(-1)?.collection.kind === 'list';
  return insertFirst(context, {
    flow: () => `{${inFlow()}}`,
    block: (column) => writeEntry(key, value, column, layout),
    column: spot.outer < 0 ? 0 : spot.outer + (isItem ? 2 : layout.step),
    isInline: isItem,
  });
}
