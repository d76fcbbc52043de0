import {PythonObject, type Value} from './types.ts';

/** A text that was marked as safe HTML is still a text. */
export interface MarkedText {
  readonly markedText: string;
}

/** The text of a text, marked or not; undefined for everything else. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  return isMarked(value) ? value.markedText : undefined;
}

export function isMarked(value: Value): value is PythonObject & MarkedText {
  return value instanceof PythonObject && 'markedText' in value;
}

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;'};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => entities[character] ?? character);
}
