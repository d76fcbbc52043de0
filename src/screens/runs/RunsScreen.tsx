import {Box} from 'ink';
import type {RunSummary} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {List} from '../../ui/widgets/List.tsx';
import {matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex, type ListAction, matches, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {runCommands} from '../command-line.ts';
import {showCommand} from '../show-command.tsx';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {openCancel, openResume, repeatRun} from './run-dialogs.tsx';
import {runHeader, runRow} from './run-rows.ts';

export interface RunsScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** The history: every run with its outcome, newest first. */
export function RunsScreen({app, width, height}: RunsScreenProps) {
  const theme = useTheme();
  const all = useStore(app.runList);
  const {list, filtering} = useStore(app.runs);
  const now = useNow(
    app,
    all.some(({status}) => status === 'running'),
  );
  const runs = shownRuns(app);
  const keys = runs.map((run) => run.id);
  const cursor = cursorIndex(list, keys);
  const bodyHeight = Math.max(3, height - (filtering ? 1 : 0));
  const inner = width - panelBorder;
  useRunsKeys(app, runs[cursor], bodyHeight - panelBorder - 1, filtering);
  const title: Row = [
    {text: `Runs ${all.length}`, tone: 'title'},
    ...(list.filter === ''
      ? []
      : [{text: ` ${theme.glyphs.separator} filter: ${list.filter} (${runs.length})`, tone: 'accent' as const}]),
  ];
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Panel
        title={title}
        aside={runs.length > bodyHeight - 3 ? row(`${cursor + 1}/${runs.length}`, 'quiet') : []}
        width={width}
        height={bodyHeight}
        focused
      >
        <List
          length={runs.length}
          cursor={cursor}
          width={inner}
          height={bodyHeight - panelBorder}
          focused
          header={runHeader(inner - listLead)}
          rowOf={(index) => {
            const run = runs[index];
            return run ? runRow(run, inner - listLead, theme, now) : [];
          }}
          empty={
            list.filter === ''
              ? [
                  row(' Nothing was run here yet.'),
                  row(' Press 1, choose an image, and B to build it: the first run.', 'key'),
                ]
              : [row(` No run matches "${list.filter}". Esc shows all of them.`)]
          }
        />
      </Panel>
      {filtering ? (
        <TextInput
          prompt="/"
          title="Filter"
          width={width}
          initial={list.filter}
          words={['keep', 'show all']}
          onChange={(text) => act(app, {type: 'filter', text})}
          onSubmit={() => app.runs.set({filtering: false})}
          onCancel={() => {
            act(app, {type: 'filter', text: ''});
            app.runs.set({filtering: false});
          }}
        />
      ) : null}
    </Box>
  );
}

function shownRuns(app: AppModel): readonly RunSummary[] {
  const {filter} = app.runs.get().list;
  const all = app.runList.get();
  if (filter.trim() === '') return all;
  return all.filter((run) => matches(filter, [run.title, run.operation, run.status, run.who, run.id].join(' ')));
}

function act(app: AppModel, action: ListAction): void {
  const keys = shownRuns(app).map((run) => run.id);
  app.runs.set({list: reduceList(app.runs.get().list, action, keys)});
}

function chosenRun(app: AppModel): RunSummary | undefined {
  const runs = shownRuns(app);
  return runs[
    cursorIndex(
      app.runs.get().list,
      runs.map((run) => run.id),
    )
  ];
}

function useRunsKeys(app: AppModel, run: RunSummary | undefined, page: number, filtering: boolean): void {
  const none = run ? {} : {disabled: nothingHere};
  const stops = run !== undefined && goesOn(run.status);
  const on = (what: (chosen: RunSummary) => void): (() => void) => {
    return () => {
      const chosen = chosenRun(app);
      if (chosen) what(chosen);
    };
  };
  const repeatOff = whyNotRepeat(app, run);
  const repeat: KeyBinding = {
    keys: ['r'],
    word: 'repeat',
    help: 'Make a new plan for the same request; it is shown before anything happens.',
    quiet: stops,
    ...(repeatOff === undefined ? {} : {disabled: repeatOff}),
    run: on((chosen) => repeatRun(app, chosen.id)),
  };
  useKeyTable(
    [
      {
        keys: ['enter'],
        word: run?.status === 'interrupted' && !app.settings.readOnly ? 'resume' : 'open',
        help: 'Open the run: its plan and what it said; an interrupted one can be gone on with.',
        ...none,
        run: on((chosen) => {
          app.openRun(chosen.id);
          if (chosen.status === 'interrupted' && !app.settings.readOnly) openResume(app, chosen.id);
        }),
      },
      repeat,
      ...(stops
        ? [
            {
              keys: ['ctrl-c'],
              word: 'stop',
              help: 'Stop the run under the cursor; asks first.',
              ...(app.settings.readOnly ? {disabled: readOnlyWords} : {}),
              run: on((chosen) => {
                try {
                  openCancel(app, app.runs.follow(chosen.id));
                } catch (thrown) {
                  app.sayProblem(thrown);
                }
              }),
            },
          ]
        : []),
      {
        keys: ['/'],
        word: 'filter',
        help: 'Show only runs with these words.',
        run: () => app.runs.set({filtering: true}),
      },
      ...matchKeys(app.runs.get().list.filter, (direction) => {
        const keys = shownRuns(app).map(({id}) => id);
        const key = nextFound(keys, new Set(keys), cursorIndex(app.runs.get().list, keys), direction);
        if (key !== undefined) act(app, {type: 'to-key', key});
      }),
      ...moveKeys((action) => act(app, action), page),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless commands for the run under the cursor.',
        ...none,
        run: on((chosen) => showCommand(app, runCommands(chosen.id, chosen.status, app.settings.state))),
      },
      {
        keys: ['esc'],
        word: 'all',
        help: 'End the filter.',
        quiet: true,
        run: () => act(app, {type: 'filter', text: ''}),
      },
    ],
    {layer: 'screen', title: 'Runs', active: !filtering},
  );
}

const nothingHere = 'There is no run under the cursor.';
const readOnlyWords = 'This is read-only: open pai-tui without --readonly.';

function whyNotRepeat(app: AppModel, run: RunSummary | undefined): string | undefined {
  if (run === undefined) return nothingHere;
  if (app.settings.readOnly) return readOnlyWords;
  if (run.status === 'interrupted') return 'It was interrupted: Enter opens it, and goes on with it if you want.';
  return goesOn(run.status) ? 'It still runs: Ctrl-c stops it.' : undefined;
}

function goesOn(status: RunSummary['status']): boolean {
  return status === 'running' || status === 'waiting';
}
