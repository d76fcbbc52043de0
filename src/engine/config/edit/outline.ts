/** Where every value of a document stands in its text, down to the character. */

import {CST, Parser} from 'yaml';
import {scalarValue, tagOf, type YamlScalar} from '../yaml-scalars.ts';
import {columnOf} from './lines.ts';

/** One value. Offsets count characters; `end` is the first one behind it, comments and line ends not included. */
export interface Spot {
  /** empty: nothing is written, which means null. */
  readonly kind: 'scalar' | 'alias' | 'map' | 'list' | 'empty';
  readonly token: CST.Token | undefined;
  readonly start: number;
  readonly end: number;
  /** Behind the `:` or `-` that it belongs to, and behind its anchor and tag: where a value could be written. */
  readonly behind: number;
  /** Where its tag begins. */
  readonly tag: number | undefined;
  readonly inFlow: boolean;
  /** Column of the entries it is one of, -1 for the whole document. */
  readonly outer: number;
  /** Of a map or list. */
  readonly isFlow: boolean;
  readonly entries: readonly Entry[];
}

/** A key with its value, or an item of a list. */
export interface Entry {
  readonly key?: Key;
  /** At its `-`, `?`, or key, whichever comes first. */
  readonly start: number;
  readonly end: number;
  readonly value: Spot;
}

interface Key {
  readonly start: number;
  readonly end: number;
  /** As a path names it. */
  readonly text: string;
  readonly value: YamlScalar;
  readonly isMerge: boolean;
}

/** The outline of a document that readYaml could read. */
export function outlineOf(text: string): Spot {
  for (const token of new Parser().parse(text)) {
    if (token.type === 'document')
      return spotOf({text, inFlow: false, outer: -1}, token.start, token.value, token.offset);
  }
  return spotOf({text, inFlow: false, outer: -1}, [], undefined, text.length);
}

interface Around {
  readonly text: string;
  readonly inFlow: boolean;
  readonly outer: number;
}

type Marks = readonly CST.SourceToken[];

function spotOf(around: Around, marks: Marks, token: CST.Token | undefined, otherwise: number): Spot {
  const props = marks.filter(({type}) => type === 'anchor' || type === 'tag' || isIndicator(type));
  const behind = endOf(props.at(-1)) ?? otherwise;
  const tag = props.find(({type}) => type === 'tag')?.offset;
  const common = {token, behind, tag, inFlow: around.inFlow, outer: around.outer, isFlow: false, entries: []};
  switch (token?.type) {
    case 'block-map':
    case 'block-seq': {
      const column = columnOf(around.text, firstOffset(token.items) ?? token.offset);
      const entries = entriesOf({...around, outer: column}, token.items);
      const start = entries[0]?.start ?? token.offset;
      const end = entries.at(-1)?.end ?? start;
      return {...common, kind: token.type === 'block-map' ? 'map' : 'list', start, end, entries};
    }
    case 'flow-collection': {
      const kind = token.start.type === 'flow-map-start' ? 'map' : 'list';
      const entries = entriesOf({...around, inFlow: true}, token.items);
      const end = endOf(token.end[0]) ?? token.offset + 1;
      return {...common, kind, start: token.offset, end, isFlow: true, entries};
    }
    case 'alias':
      return {...common, kind: 'alias', start: token.offset, end: token.offset + token.source.length};
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      return {...common, kind: 'scalar', start: token.offset, end: token.offset + token.source.length};
    case 'block-scalar':
      return {...common, kind: 'scalar', start: token.offset, end: blockScalarEnd(token)};
    default:
      return {...common, kind: 'empty', start: behind, end: behind};
  }
}

type Item = CST.CollectionItem;

function entriesOf(around: Around, items: readonly Item[]): readonly Entry[] {
  return items.filter(isEntry).map((item) => {
    const start = itemStart(item);
    const key = item.key && keyOf(item.key);
    const isPair = item.key !== undefined || item.sep !== undefined;
    const value = spotOf(around, isPair ? (item.sep ?? []) : item.start, item.value, key?.end ?? start);
    return {start, end: Math.max(value.end, key?.end ?? start), value, ...(key ? {key} : {})};
  });
}

/** Comments at the end of a collection, and what stands behind a last comma, are no entries. */
function isEntry({start, key, sep, value}: Item): boolean {
  return key !== undefined || sep !== undefined || value !== undefined || start.some(({type}) => isIndicator(type));
}

function firstOffset(items: readonly Item[]): number | undefined {
  const first = items.find(isEntry);
  return first && itemStart(first);
}

function itemStart({start, key, sep, value}: Item): number {
  const mark = start.find(({type}) => isIndicator(type) || type === 'anchor' || type === 'tag');
  return mark?.offset ?? key?.offset ?? sep?.find(({type}) => isIndicator(type))?.offset ?? value?.offset ?? 0;
}

function isIndicator(type: CST.TokenType): boolean {
  return type === 'seq-item-ind' || type === 'map-value-ind' || type === 'explicit-key-ind' || type === 'doc-start';
}

function keyOf(token: CST.Token): Key {
  const start = token.offset;
  const scalar = CST.resolveAsScalar(token);
  const text = scalar?.value ?? '';
  const isPlain = token.type === 'scalar';
  const value = isPlain ? (scalarValue(tagOf(text), text) ?? null) : text;
  const end = token.type === 'block-scalar' ? blockScalarEnd(token) : (endOf(token as CST.FlowScalar) ?? start);
  return {start, end, text, value, isMerge: isPlain && text === '<<'};
}

function endOf(token: {readonly offset: number; readonly source: string} | undefined): number | undefined {
  return token && token.offset + token.source.length;
}

/** Blank lines behind a block scalar belong to it only where it keeps them (`|+`). */
function blockScalarEnd({offset, props, source}: CST.BlockScalar): number {
  const header = props.find(({type}) => type === 'block-scalar-header');
  const body = props.reduce((end, token) => Math.max(end, endOf(token as CST.SourceToken) ?? end), offset);
  const keeps = header !== undefined && 'source' in header && header.source.includes('+');
  const lines = source.split('\n');
  if (lines.at(-1) === '') lines.pop();
  while (!keeps && lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  const content = lines.join('\n').replace(/\r$/, '');
  if (content !== '') return body + content.length;
  return header ? (endOf(header as CST.SourceToken) ?? body) : body;
}
