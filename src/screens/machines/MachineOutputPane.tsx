import type {MachineRunLook, OutputGroup} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import {LogPane} from '../LogPane.tsx';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import type {MachineRunModel, RunEntry} from './machine-run-model.ts';
import {endWords, runGlyph} from './machine-run-rows.ts';

export interface MachineOutputPaneProps {
  readonly app: AppModel;
  readonly model: MachineRunModel;
  /** The entry it shows. */
  readonly id: string;
  /** Which pane it is, counted from 0. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** What one machine prints, or how the output of some differs from that of most. */
export function MachineOutputPane({app, model, id, place, width, height, focused}: MachineOutputPaneProps) {
  const theme = useTheme();
  const choices = useStore(model.choices);
  const entry = model.entries().find((one) => one.id === id);
  if (!entry) return null;
  const problem = entry.look?.problem;
  return (
    <LogPane
      app={app}
      output={model.output(entry.id, theme)}
      title={[{text: `${place + 1} `, tone: 'quiet'}, ...entryTitle(entry, theme)]}
      silence={entry.look ? silence(entry.look) : 'They printed nothing.'}
      note={(_, wide, high) => (problem ? problemNote(problem, wide, high, theme) : groupNote(entry.group, wide))}
      choices={choices}
      onChoices={model.set}
      searching={choices.input === 'search'}
      onSearching={(on) => model.set({input: on ? 'search' : undefined})}
      back={{
        word: 'machines',
        help: 'End the search, then go back to the list.',
        run: () => model.set({focus: undefined, zoomed: false}),
      }}
      heading="Output of a machine"
      width={width}
      height={height}
      focused={focused}
    />
  );
}

function entryTitle({look, group}: RunEntry, theme: Theme): Row {
  if (group) {
    const [first, ...others] = group.machines;
    const word = group.difference ? 'differs' : others.length > 0 ? 'the same' : 'is the reference';
    return [
      {text: plain(first?.name ?? ''), tone: 'title'},
      {
        text: `${others.length > 0 ? ` and ${others.length} more` : ''} ${word}`,
        tone: group.difference ? 'warning' : 'quiet',
      },
    ];
  }
  const {glyph, tone} = runGlyph(look, theme);
  return [
    {text: `${glyph} `, tone},
    {text: plain(look.machine.name), tone: 'title'},
    {text: ` ${endWords(look)}`, tone: 'quiet'},
  ];
}

/** What the signs of a difference mean. */
function groupNote(group: OutputGroup | undefined, width: number): readonly Row[] {
  if (!group?.difference) return [];
  return wrap('+ only here, - missing here', Math.max(8, width)).map((line) => row(` ${line}`, 'quiet'));
}

/** Why a machine has printed nothing. */
function silence({status}: MachineRunLook): string {
  switch (status) {
    case 'waiting':
      return 'It waits for its turn.';
    case 'connecting':
      return 'It is being connected to.';
    case 'running':
      return 'It has printed nothing yet.';
    case 'skipped':
      return 'It was not started, because another failed before.';
    case 'unreachable':
      return 'Nothing was run on it.';
    case 'done':
    case 'failed':
    case 'stopped':
      return 'It printed nothing.';
  }
}
