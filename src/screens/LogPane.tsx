import {Box} from 'ink';
import {useEffect, useMemo, useState, useSyncExternalStore} from 'react';
import type {LiveStore, OutputView} from '../engine/index.ts';
import type {KeyBinding} from '../ui/keys/binding.ts';
import {filterLog} from '../ui/log/filtered-log.ts';
import {logKeys} from '../ui/log/log-keys.ts';
import {createLogView, type LogPosition} from '../ui/log/log-view.ts';
import {Pane} from '../ui/pane/Pane.tsx';
import {useTerminal} from '../ui/terminal/use-terminal.ts';
import type {Theme} from '../ui/theme/theme.ts';
import {useTheme} from '../ui/theme/use-theme.ts';
import {bytes, count} from '../ui/widgets/amounts.ts';
import {plain, wrap} from '../ui/widgets/cells.ts';
import {Panel} from '../ui/widgets/Panel.tsx';
import {panelBorder} from '../ui/widgets/panel-edges.ts';
import {Rows} from '../ui/widgets/Rows.tsx';
import {type Row, row} from '../ui/widgets/rows.ts';
import {TextInput} from '../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../ui/widgets/use-key-table.ts';
import type {AppModel} from './app-model.ts';

/** How the log with the focus is shown, so that those opened next are shown alike. */
interface LogChoices {
  readonly wrap: boolean;
  readonly timestamps: boolean;
}

export interface LogPaneProps {
  readonly app: AppModel;
  readonly output: LiveStore<OutputView>;
  readonly title: Row;
  /** Said in place of a text that is empty. */
  readonly silence: string;
  /** Stands above the text: why it failed. */
  readonly note?: (isEmpty: boolean, width: number, height: number) => readonly Row[];
  readonly choices: LogChoices;
  readonly onChoices: (choices: LogChoices) => void;
  /** A pattern is being typed. */
  readonly searching: boolean;
  readonly onSearching: (on: boolean) => void;
  /** Where Esc leads when no search is left to end, in a word: 'plan'. */
  readonly back: {readonly word: string; readonly help: string; readonly run: () => void};
  /** The heading of its keys in the help. */
  readonly heading: string;
  /** Keys beside those of every log. */
  readonly keys?: readonly KeyBinding[];
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** A text that may still grow in a pane with a border: followed, searched, filtered, scrolled, copied. */
export function LogPane(pane: LogPaneProps) {
  const {app, output, choices, onChoices, searching, onSearching, back, width, height, focused} = pane;
  const theme = useTheme();
  const terminal = useTerminal();
  const [filter, setFilter] = useState('');
  const [typesFilter, setTypesFilter] = useState(false);
  const filtered = useMemo(() => (filter === '' ? undefined : filterLog(output, filter)), [output, filter]);
  useEffect(() => () => filtered?.close(), [filtered]);
  const shown = filtered ?? output;
  // Choices count when it is opened; from then on it keeps its own.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const log = useMemo(() => createLogView(shown, {theme, ...choices}), [shown, theme]);
  useEffect(() => () => log.close(), [log]);
  // Each of these is drawn again only when it itself differs, not with every line that comes.
  const {subscribe, get: position} = log.position;
  const wraps = useSyncExternalStore(subscribe, () => position().wrap);
  const timestamps = useSyncExternalStore(subscribe, () => position().timestamps);
  const inSearch = useSyncExternalStore(subscribe, () => position().search !== undefined);
  useEffect(() => {
    const differs = choices.wrap !== wraps || choices.timestamps !== timestamps;
    if (focused && differs) onChoices({wrap: wraps, timestamps});
  });
  const isEmpty = useSyncExternalStore(shown.subscribe, () => shown.get().lineCount === 0);
  const whereabouts = useSyncExternalStore(subscribe, () => positionWords(position(), filter, isEmpty, theme));
  const asking = (searching || typesFilter) && focused;
  const inner = {width: width - panelBorder, height: height - panelBorder - (asking ? 1 : 0)};
  const note = pane.note?.(isEmpty, inner.width - 1, Math.max(1, Math.floor(inner.height / 2))) ?? [];
  const logHeight = Math.max(0, inner.height - note.length);
  useKeyTable(
    [
      ...logKeys(log, {askSearch: () => onSearching(true)}),
      {
        keys: ['&'],
        word: 'only',
        help: 'Show only the lines with some words, also of what comes; Esc shows all again.',
        run: () => setTypesFilter(true),
      },
      {
        keys: ['c'],
        word: 'copy',
        help: 'Copy what this pane shows to the clipboard of your terminal (OSC 52).',
        run: () => {
          const rows = log.rows(inner.width, logHeight).map((line) => plain(line).trimEnd());
          terminal.copy(rows.join('\n'));
          app.say(`Copied ${rows.length} rows.`, 'ok');
        },
      },
      ...(pane.keys ?? []),
      {
        keys: ['esc'],
        word: inSearch ? 'end search' : filter === '' ? back.word : 'all lines',
        help: back.help,
        run: () => {
          if (log.position.get().search) log.search('');
          else if (filter !== '') setFilter('');
          else back.run();
        },
      },
    ],
    {layer: 'pane', title: pane.heading, active: focused},
  );
  return (
    <Panel title={pane.title} aside={row(whereabouts, 'quiet')} width={width} height={height} focused={focused}>
      <Rows rows={note} width={inner.width} height={note.length} />
      {isEmpty ? (
        <Rows
          rows={silenceRows(filter === '' ? pane.silence : `No line has ${filter}. Esc shows all.`, inner.width)}
          width={inner.width}
          height={logHeight}
        />
      ) : (
        <Pane source={log} focused={focused} width={inner.width} height={logHeight} flexGrow={0} />
      )}
      {asking && typesFilter ? (
        <Box flexShrink={0}>
          <TextInput
            prompt="&"
            title="Only lines with"
            width={inner.width}
            words={['keep', 'all lines']}
            initial={filter}
            onChange={setFilter}
            onSubmit={() => setTypesFilter(false)}
            onCancel={() => {
              setTypesFilter(false);
              setFilter('');
            }}
          />
        </Box>
      ) : null}
      {asking && !typesFilter ? (
        <Box flexShrink={0}>
          <TextInput
            prompt="/"
            title="Search"
            width={inner.width}
            words={['find', 'end search']}
            initial={position().search?.pattern ?? ''}
            onChange={(pattern) => log.search(pattern)}
            onSubmit={(pattern) => {
              onSearching(false);
              log.search(pattern, (found) => {
                if (found === 0) app.say(`Nothing in this output matches ${pattern}`, 'warning');
              });
            }}
            onCancel={() => {
              onSearching(false);
              log.search('');
            }}
          />
        </Box>
      ) : null}
    </Panel>
  );
}

function silenceRows(text: string, width: number): readonly Row[] {
  return wrap(text, Math.max(8, width - 1)).map((line) => [{text: ' '}, {text: line, tone: 'quiet'}]);
}

/** 'match 2/7 · 120-160 of 200 · 12 new below' */
function positionWords(position: LogPosition, filter: string, isEmpty: boolean, theme: Theme): string {
  const {search, follow, newLines, leftOutBytes, last, total, ended} = position;
  const words: string[] = filter === '' ? [] : [`only ${filter}`];
  if (isEmpty) return words.join('');
  if (search) words.push(searchWords(search));
  if (leftOutBytes > 0) words.push(`${bytes(leftOutBytes)} left out`);
  if (newLines > 0) words.push(`${newLines} new below`);
  words.push(follow ? (ended ? count(total, 'line') : 'follows') : `${last}/${total}`);
  return words.join(` ${theme.glyphs.separator} `);
}

/** 'match 2/7', with '+' while more may be found */
function searchWords({current, count: found, done}: NonNullable<LogPosition['search']>): string {
  if (found === 0) return done ? 'no match' : 'searching';
  return `${current > 0 ? `match ${current}/` : 'matches '}${found}${done ? '' : '+'}`;
}
