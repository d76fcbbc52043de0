/** Values of foreign JSON, taken only for what they are. */

import {printableLine} from '../printable.ts';

export type JsonMap = Record<string, unknown>;

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty map for anything that is none. */
export function mapOf(value: unknown): JsonMap {
  return isMap(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Undefined for an empty text too: the API leaves out what is empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text that can be shown: on one line, nothing in it that a terminal obeys. */
export function shownOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : printableLine(text) || undefined;
}

/** Texts by key; whatever is no text is left out. */
export function textsOf(value: unknown): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [key, text] of Object.entries(mapOf(value))) if (typeof text === 'string') texts.push([key, text]);
  return Object.fromEntries(texts);
}

/** Epoch milliseconds of '2026-11-20T10:00:00Z'. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
