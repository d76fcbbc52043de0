import {type TaskState, taskTitle} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {plain} from '../../ui/widgets/cells.ts';
import type {Row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import {LogPane} from '../LogPane.tsx';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import type {RunModel} from './run-model.ts';
import {taskLook} from './run-rows.ts';

export interface OutputPaneProps {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly task: string;
  /** Which pane it is, counted from 0. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** What one task says, and above it why it failed. */
export function OutputPane({app, model, task, place, width, height, focused}: OutputPaneProps) {
  const theme = useTheme();
  const view = useStore(model.view);
  const choices = useStore(model.choices);
  const state = view.state.tasks.find(({id}) => id === task);
  if (!state) return null;
  const ended = view.state.endedAt !== undefined;
  return (
    <LogPane
      app={app}
      output={model.output(state.id)}
      title={paneTitle(state, view.summary.status === 'interrupted', place, theme)}
      silence={ended && state.status === 'waiting' ? 'It was not started.' : silence(state)}
      note={(isEmpty, wide, high) => {
        if (!state.problem) return [];
        // The detail is what the output ends with, which is right below.
        const {detail: _, ...said} = state.problem;
        return problemNote(isEmpty ? state.problem : said, wide, high, theme);
      }}
      choices={choices}
      onChoices={model.set}
      searching={choices.input === 'search'}
      onSearching={(on) => model.set({input: on ? 'search' : undefined})}
      back={{
        word: 'plan',
        help: 'End the search, then go back to the plan.',
        run: () => model.set({focus: undefined, zoomed: false}),
      }}
      heading="Output"
      width={width}
      height={height}
      focused={focused}
    />
  );
}

function paneTitle(state: TaskState, interrupted: boolean, place: number, theme: Theme): Row {
  const {glyph, tone} = taskLook(state.status, interrupted, theme);
  return [
    {text: `${place + 1} `, tone: 'quiet'},
    {text: `${glyph} `, tone},
    {text: plain(taskTitle(state)), tone: 'title'},
  ];
}

/** Why a task has said nothing. */
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
