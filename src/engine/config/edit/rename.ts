import type {EditContext} from './context.ts';
import {refusal} from './refusal.ts';
import type {Splice} from './splice.ts';
import {writeScalar} from './write-scalar.ts';

/** Gives a key another name. */
export function rename({steps, text, place}: EditContext, name: string): readonly Splice[] {
  const step = steps.at(-1);
  const key = step?.entry.key;
  if (!step || !key) throw refusal(place, step?.entry.start ?? 0, 'This has no name that could be changed.');
  const other = step.collection.entries.find((entry) => entry.key?.text === name && entry !== step.entry);
  if (other) throw refusal(place, other.start, `The key ${name} is there already.`);
  const quotes = quotesAt(text, key.start);
  const written = writeScalar(name, {inFlow: step.collection.isFlow, ...(quotes ? {quotes} : {})});
  return [{start: key.start, end: key.end, text: written}];
}

function quotesAt(text: string, at: number): '"' | "'" | undefined {
  const character = text[at];
  return character === '"' || character === "'" ? character : undefined;
}
