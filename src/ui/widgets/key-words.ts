import type {KeyBinding} from '../keys/binding.ts';
import type {KeyTable} from '../keys/router.ts';
import {cellWidth, fit, wrap} from './cells.ts';
import {matches} from './list-state.ts';
import {type Row, row, type Span} from './rows.ts';

/** A key as a person reads it: 'Ctrl-f', 'PgDn', 'Enter'. */
export function keyName(name: string): string {
  const known = names[name];
  if (known !== undefined) return known;
  const [, modifier, rest] = /^(ctrl|alt|shift)-(.+)$/.exec(name) ?? [];
  return modifier && rest ? `${modifier[0]?.toUpperCase()}${modifier.slice(1)}-${keyName(rest)}` : name;
}

/**
 * The last line of the screen: the keys that work here, those of the place with the focus first, as many as fit (a long
 * one keeps no shorter one out), and always the last one ('? help') where it can be pressed.
 */
export function footerRow(tables: readonly KeyTable[], width: number, help: KeyBinding): Row {
  const reachable = tables.some((table) => table.bindings.some(({keys}) => keys.join() === help.keys.join()));
  const last = reachable ? help : undefined;
  const bindings = tables.flatMap((table) => table.bindings).filter((binding) => !binding.quiet && binding !== last);
  const end = last ? footerSpans(last) : [];
  const endCells = spanCells(end);
  const spans: Span[] = [];
  const seen = new Set<string>();
  let used = 1;
  for (const binding of bindings) {
    const [key = ''] = binding.keys;
    if (seen.has(key) || last?.keys.includes(key)) continue;
    seen.add(key);
    const next = footerSpans(binding);
    const cells = spanCells(next) + 2;
    if (used + cells + endCells > width) continue;
    spans.push(...next, {text: '  '});
    used += cells;
  }
  return [{text: ' '}, ...spans, ...end];
}

/** The help: every key of these tables under its heading, or those that answer what was typed. */
export function helpRows(tables: readonly KeyTable[], search: string, width: number): readonly Row[] {
  const rows: Row[] = [];
  for (const table of tables) {
    const shown = table.bindings.filter((binding) => matches(search, helpText(table, binding)));
    if (shown.length === 0) continue;
    if (rows.length > 0) rows.push([]);
    rows.push(row(table.title ?? 'Keys', 'title'));
    for (const binding of shown) rows.push(...bindingRows(binding, width));
  }
  return rows.length > 0 ? rows : [row(`No key matches "${search}".`, 'quiet')];
}

function bindingRows(binding: KeyBinding, width: number): readonly Row[] {
  const keyCells = Math.min(22, Math.max(8, Math.floor(width / 4)));
  const room = Math.max(8, width - keyCells - 3);
  const off = binding.disabled;
  const rows: Row[] = wrap(binding.help, room).map((line) => [
    {text: line, tone: off === undefined ? undefined : 'quiet'},
  ]);
  if (off !== undefined) rows.push(...wrap(`not now: ${off}`, room).map((line) => row(line, 'warning')));
  return rows.map((line, index) => [
    {text: `  ${fit(index === 0 ? binding.keys.map(keyName).join(' ') : '', keyCells)} `, tone: 'key'},
    ...line,
  ]);
}

function helpText(table: KeyTable, binding: KeyBinding): string {
  return [table.title ?? '', ...binding.keys.map(keyName), binding.word, binding.help].join(' ');
}

function footerSpans(binding: KeyBinding): readonly Span[] {
  const off = binding.disabled !== undefined;
  return [
    {text: keyName(binding.keys[0] ?? ''), tone: off ? 'quiet' : 'key'},
    {text: ` ${binding.word}`, tone: off ? 'quiet' : undefined},
  ];
}

function spanCells(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + cellWidth(span.text), 0);
}

const names: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  backspace: 'Backspace',
  delete: 'Delete',
};
