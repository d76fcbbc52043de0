import {Box} from 'ink';
import {useEffect, useMemo, useSyncExternalStore} from 'react';
import type {LiveStore, OutputView, TaskState} from '../../engine/index.ts';
import {logKeys} from '../../ui/log/log-keys.ts';
import {createLogView, type LogPosition} from '../../ui/log/log-view.ts';
import {Pane} from '../../ui/pane/Pane.tsx';
import {useTerminal} from '../../ui/terminal/use-terminal.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {bytes, count} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import type {RunModel} from './run-model.ts';
import {taskLook} from './run-rows.ts';

export interface OutputPaneProps {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly task: string | undefined;
  /** Which pane it is, counted from 0. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** What one task says, and above it why it failed. */
export function OutputPane({app, model, task, place, width, height, focused}: OutputPaneProps) {
  const view = useStore(model.view);
  const state = view.state.tasks.find(({id}) => id === task);
  if (!state) {
    return (
      <Panel title={row(`${place + 1}`, 'quiet')} width={width} height={height} focused={focused}>
        <Rows
          rows={wrap('Nothing else runs, failed, or is kept here.', Math.max(8, width - panelBorder - 1)).map(
            (line) => [{text: ' '}, {text: line, tone: 'quiet'}],
          )}
          width={width - panelBorder}
          height={height - panelBorder}
        />
      </Panel>
    );
  }
  return (
    <TaskOutput
      app={app}
      model={model}
      state={state}
      interrupted={view.summary.status === 'interrupted'}
      ended={view.state.endedAt !== undefined}
      output={model.output(state.id)}
      place={place}
      width={width}
      height={height}
      focused={focused}
    />
  );
}

interface TaskOutputProps extends Omit<OutputPaneProps, 'task'> {
  readonly state: TaskState;
  readonly interrupted: boolean;
  /** The run has: what waits will not start any more. */
  readonly ended: boolean;
  readonly output: LiveStore<OutputView>;
}

function TaskOutput({app, model, state, interrupted, ended, output, place, width, height, focused}: TaskOutputProps) {
  const theme = useTheme();
  const terminal = useTerminal();
  const log = useMemo(() => {
    const {wrap: wraps, timestamps} = model.choices.get();
    return createLogView(output, {theme, wrap: wraps, timestamps});
  }, [output, theme, model]);
  useEffect(() => () => log.close(), [log]);
  // Each of these is drawn again only when it itself differs, not with every line that comes.
  const {subscribe, get: position} = log.position;
  const wraps = useSyncExternalStore(subscribe, () => position().wrap);
  const timestamps = useSyncExternalStore(subscribe, () => position().timestamps);
  const inSearch = useSyncExternalStore(subscribe, () => position().search !== undefined);
  useEffect(() => {
    const choices = model.choices.get();
    const differs = choices.wrap !== wraps || choices.timestamps !== timestamps;
    if (focused && differs) model.set({wrap: wraps, timestamps});
  }, [model, focused, wraps, timestamps]);
  const isEmpty = useSyncExternalStore(output.subscribe, () => output.get().lineCount === 0);
  const whereabouts = useSyncExternalStore(subscribe, () => positionWords(position(), isEmpty, theme));
  const searching = useStore(model.choices).input === 'search' && focused;
  const setSearching = (on: boolean): void => model.set({input: on ? 'search' : undefined});
  const inner = {width: width - panelBorder, height: height - panelBorder - (searching ? 1 : 0)};
  // The detail is what the output ends with, which is right below.
  const {detail: _, ...said} = state.problem ?? {detail: ''};
  const problem = state.problem
    ? problemNote(
        isEmpty || !('message' in said) ? state.problem : said,
        inner.width - 1,
        Math.max(1, Math.floor(inner.height / 2)),
        theme,
      )
    : [];
  const logHeight = Math.max(0, inner.height - problem.length);
  useKeyTable(
    [
      ...logKeys(log, {askSearch: () => setSearching(true)}),
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
      {
        keys: ['esc'],
        word: inSearch ? 'end search' : 'plan',
        help: 'End the search, then go back to the plan.',
        run: () => {
          if (log.position.get().search) log.search('');
          else model.set({focus: undefined, zoomed: false});
        },
      },
    ],
    {layer: 'pane', title: 'Output', active: focused},
  );
  return (
    <Panel
      title={paneTitle(state, interrupted, place, theme)}
      aside={row(whereabouts, 'quiet')}
      width={width}
      height={height}
      focused={focused}
    >
      <Rows rows={problem} width={inner.width} height={problem.length} />
      {isEmpty ? (
        <Rows rows={silenceRows(state, ended, inner.width)} width={inner.width} height={logHeight} />
      ) : (
        <Pane source={log} focused={focused} width={inner.width} height={logHeight} flexGrow={0} />
      )}
      {searching ? (
        <Box flexShrink={0}>
          <TextInput
            prompt="/"
            title="Search"
            width={inner.width}
            words={['find', 'end search']}
            initial={position().search?.pattern ?? ''}
            onChange={(pattern) => log.search(pattern)}
            onSubmit={(pattern) => {
              setSearching(false);
              log.search(pattern, (count) => {
                if (count === 0) app.say(`Nothing in this output matches ${pattern}`, 'warning');
              });
            }}
            onCancel={() => {
              setSearching(false);
              log.search('');
            }}
          />
        </Box>
      ) : null}
    </Panel>
  );
}

function paneTitle(state: TaskState, interrupted: boolean, place: number, theme: Theme): Row {
  const {glyph, tone} = taskLook(state.status, interrupted, theme);
  return [
    {text: `${place + 1} `, tone: 'quiet'},
    {text: `${glyph} `, tone},
    {text: plain(state.title), tone: 'title'},
  ];
}

/** 'match 2/7 · 120-160 of 200 · 12 new below' */
function positionWords(position: LogPosition, isEmpty: boolean, theme: Theme): string {
  if (isEmpty) return '';
  const {search, follow, newLines, leftOutBytes, last, total, ended} = position;
  const words: string[] = [];
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

/** Why a task has said nothing. */
function silenceRows(state: TaskState, ended: boolean, width: number): readonly Row[] {
  const words = ended && state.status === 'waiting' ? 'It was not started.' : silence(state);
  return wrap(words, Math.max(8, width - 1)).map((line) => [{text: ' '}, {text: line, tone: 'quiet'}]);
}

function silence({status, needs, because, note}: TaskState): string {
  switch (status) {
    case 'waiting':
      return needs.length > 0 ? `It waits for ${needs.join(', ')}.` : 'It waits for its turn.';
    case 'running':
      return 'It has said nothing yet.';
    case 'skipped':
      return `It was skipped: ${plain(because ?? 'something it needs failed')}.`;
    case 'done':
      return note ? `It said nothing. ${plain(note)}` : 'It said nothing.';
    case 'failed':
    case 'stopped':
      return 'It said nothing before it ended.';
  }
}
