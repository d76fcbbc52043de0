import {type ConfigReading, originWords, type Problem} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {cellWidth, fit, plain, wrap} from '../../ui/widgets/cells.ts';
import type {Row, Span} from '../../ui/widgets/rows.ts';
import type {TreeLine} from '../../ui/widgets/tree-lines.ts';
import {problemNote} from '../problem-note.ts';
import {severityOf} from '../severity.ts';
import {type ConfigItem, problemsOf} from './config-items.ts';
import type {ShownConfig} from './config-shown.ts';

/** Cells of each column; 0 leaves it out. */
interface ConfigColumns {
  readonly key: number;
  readonly value: number;
  readonly from: number;
}

/** How a tree of the configuration looks in rows this wide: the names of the columns, and each row at a time. */
export function configLook(
  {lines, wrongAt}: ShownConfig,
  folder: string,
  width: number,
  theme: Theme,
): {readonly header: Row; rowOf(index: number): Row} {
  const columns = columnsFor(lines, width);
  return {
    header: [
      {text: `${fit('KEY', columns.key)} ${fit('VALUE', columns.value)}`, tone: 'quiet'},
      ...(columns.from > 0 ? [{text: ` ${fit('FROM', columns.from)}`, tone: 'quiet' as const}] : []),
    ],
    rowOf(index) {
      const line = lines[index];
      return line ? configRow(line, columns, folder, wrongAt, theme) : [];
    },
  };
}

function columnsFor(lines: readonly TreeLine<ConfigItem>[], width: number): ConfigColumns {
  const longest = lines.reduce((most, {item, depth}) => Math.max(most, cellWidth(item.node.key) + depth * 2 + 2), 4);
  const key = Math.min(longest, Math.max(12, Math.floor(width * 0.5)));
  const from = width >= 100 ? Math.min(44, Math.floor(width * 0.3)) : 0;
  return {key, from, value: Math.max(1, width - key - 1 - (from > 0 ? from + 1 : 0))};
}

function configRow(
  {item, depth, isOpen}: TreeLine<ConfigItem>,
  columns: ConfigColumns,
  folder: string,
  wrongAt: ShownConfig['wrongAt'],
  theme: Theme,
): Row {
  const {node} = item;
  const {origin} = node;
  const {ellipsis} = theme.glyphs;
  const fold = isOpen === undefined ? '  ' : isOpen ? '- ' : '+ ';
  const wrong = origin?.from === 'file' ? wrongAt.get(`${origin.file}:${origin.line}`) : undefined;
  const state = wrong && severityOf(wrong).state;
  const mark: Row = state ? [{text: `${theme.glyphs[state]} `, tone: state}] : [];
  const value = node.children ? entriesWord(node.children) : (node.text ?? '');
  const room = columns.value - (state ? 2 : 0);
  return [
    {text: fit(`${'  '.repeat(depth)}${fold}${node.key}`, columns.key, ellipsis)},
    {text: ' '},
    ...mark,
    {text: fit(value, room, ellipsis), tone: node.children || origin?.from !== 'file' ? 'quiet' : undefined},
    ...(columns.from > 0
      ? [
          {
            text: ` ${fit(origin ? plain(originWords(origin, folder)) : '', columns.from, ellipsis)}`,
            tone: 'quiet' as const,
          },
        ]
      : []),
  ];
}

/** Everything about one value, as rows of a width. */
export function valueDetail(
  {node}: ConfigItem,
  {draft, problems}: ConfigReading,
  width: number,
  theme: Theme,
): readonly Row[] {
  const rows: Row[] = [];
  const labelled = (label: string, text: string, tone?: Span['tone']): void => {
    for (const [index, line] of wrap(text, Math.max(8, width - 7)).entries()) {
      rows.push([
        {text: fit(index === 0 ? label : '', 7), tone: 'quiet'},
        {text: line, tone},
      ]);
    }
  };
  const {origin} = node;
  labelled('value', node.children ? entriesWord(node.children) : (node.text ?? ''), 'title');
  const key = origin?.from === 'file' ? `, as ${origin.key}` : '';
  if (origin) labelled('from', plain(originWords(origin, draft?.folder ?? '') + key));
  for (const problem of problemsOf(node, problems)) rows.push(...problemNote(problem, width, 20, theme));
  labelled('path', node.path);
  return rows;
}

/** One problem in a row: how grave, where, what. */
export function problemRow(problem: Problem, place: string, theme: Theme): Row {
  const {severity, state} = severityOf(problem);
  return [
    {text: `${theme.glyphs[state]} ${fit(severity, 8)}`, tone: state},
    {text: place === '' ? '' : `${place}  `, tone: 'quiet'},
    {text: plain(problem.message)},
  ];
}

function entriesWord(children: readonly unknown[]): string {
  return count(children.length, 'entry', 'entries');
}
