import {Box} from 'ink';
import {useEffect} from 'react';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {quietRow, type Row, row, spread} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';
import {FindInput} from '../FindInput.tsx';
import {OutputPanes} from '../OutputPanes.tsx';
import {panesFit} from '../runs/pane-plan.ts';
import {runLayout} from '../runs/run-layout.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {MachineOutputPane} from './MachineOutputPane.tsx';
import {findEntry, foundEntries, useMachineRunKeys} from './machine-run-keys.ts';
import type {MachineRunModel} from './machine-run-model.ts';
import {nameCells, runGroupRow, runMachineRow, runNote, runPlace, runTime} from './machine-run-rows.ts';
import {subjectWords} from './run-subject.ts';

export interface MachineRunScreenProps {
  readonly app: AppModel;
  readonly model: MachineRunModel;
  readonly width: number;
  readonly height: number;
}

/** One command on many machines: how it goes on each, beside it what they print, and which printed the same. */
export function MachineRunScreen({app, model, width, height}: MachineRunScreenProps) {
  const theme = useTheme();
  const state = useStore(model.state);
  const choices = useStore(model.choices);
  const now = useNow(app, state.running);
  const note = runNote(state, model.groups(), theme, now, width - 2);
  const asking = choices.input === 'find' || choices.input === 'save';
  const body = Math.max(3, height - 1 - (note.length > 0 ? 1 : 0) - (asking ? 1 : 0));
  const layout = runLayout(width, body, model.entries().length, choices);
  const fits = panesFit(choices.paneCount, layout.panes.width, layout.panes.height);
  const panes = model.panes().slice(0, fits ? choices.paneCount : 1);
  const shown = choices.zoomed ? [panes[choices.focus ?? 0]] : panes;
  useEffect(() => model.keep(shown.filter((id) => id !== undefined)));
  useMachineRunKeys(app, model, layout);
  const search = (text: string): void => {
    model.set({list: {...model.choices.get().list, filter: text}});
    if (text !== '') findEntry(model, 1, -1);
  };
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Rows rows={[headerRow(model, width, now)]} width={width} height={1} />
      {note.length > 0 ? (
        <Box paddingX={1}>
          <Rows rows={[note]} width={width - 2} height={1} />
        </Box>
      ) : null}
      <Box
        flexDirection={layout.beside ? 'row' : 'column'}
        width={width}
        height={body}
        flexShrink={0}
        overflow="hidden"
      >
        {layout.plan.height > 0 ? (
          <EntryList app={app} model={model} width={layout.plan.width} height={layout.plan.height} now={now} />
        ) : null}
        {layout.panes.height > 0 ? (
          <OutputPanes
            shown={shown}
            focus={choices.focus}
            zoomed={choices.zoomed}
            size={layout.panes}
            none="There is no other output."
          >
            {({id: paneId, ...pane}) => (
              <MachineOutputPane key={paneId} app={app} model={model} id={paneId} {...pane} />
            )}
          </OutputPanes>
        ) : null}
      </Box>
      {choices.input === 'find' ? (
        <FindInput
          width={width}
          initial={choices.list.filter}
          onSearch={search}
          onClose={() => model.set({input: undefined})}
        />
      ) : null}
      {choices.input === 'save' ? <FileName app={app} model={model} width={width} /> : null}
    </Box>
  );

  function headerRow({subject}: MachineRunModel, wide: number, at: number): Row {
    const left: Row = [
      {text: ` ${subject.request.sudo ? 'sudo ' : ''}`, tone: 'danger'},
      {text: subjectWords(subject), tone: 'title'},
    ];
    const right: Row = [{text: `  ${runPlace(state)}  `}, {text: runTime(state, at), tone: 'key'}, {text: ' '}];
    return spread(left, right, wide, theme.glyphs.ellipsis);
  }
}

interface EntryListProps extends MachineRunScreenProps {
  readonly now: number;
}

function EntryList({app: _, model, width, height, now}: EntryListProps) {
  const theme = useTheme();
  const state = model.state.get();
  const {list, held, focus} = model.choices.get();
  const entries = model.entries();
  const selected = model.selected();
  const cursor = Math.max(
    0,
    entries.findIndex(({id}) => id === selected),
  );
  const found = new Set(foundEntries(entries, list.filter));
  const inner = width - panelBorder;
  const names = nameCells(state);
  return (
    <Panel
      title={[
        {text: model.isGrouped() ? `Outputs ${entries.length}` : `Machines ${entries.length}`, tone: 'title'},
        ...(list.filter === ''
          ? []
          : [{text: ` ${theme.glyphs.separator} find: ${list.filter} (${found.size})`, tone: 'accent' as const}]),
      ]}
      aside={row(entries.length > height - panelBorder ? `${cursor + 1}/${entries.length}` : '', 'quiet')}
      width={width}
      height={height}
      focused={focus === undefined}
    >
      <List
        length={entries.length}
        cursor={cursor}
        width={inner}
        height={height - panelBorder}
        focused={focus === undefined}
        rowOf={(index) => {
          const entry = entries[index];
          if (!entry) return [];
          const drawn = entry.group
            ? runGroupRow(entry.group, index, inner - listLead, theme)
            : runMachineRow(entry.look, names, inner - listLead, theme, now);
          return found.has(entry) ? drawn : quietRow(drawn);
        }}
        isMarked={(index) => held.includes(entries[index]?.id ?? '')}
        empty={[row(' Nothing was run.', 'quiet')]}
      />
    </Panel>
  );
}

/** Asks where the output of a machine is to be written. */
function FileName({
  app,
  model,
  width,
}: {
  readonly app: AppModel;
  readonly model: MachineRunModel;
  readonly width: number;
}) {
  const watched = model.watched();
  const entry = model.entries().find(({id}) => id === watched);
  const machine = entry?.look?.machine.name ?? entry?.group?.machines[0]?.name;
  const close = (): void => model.set({input: undefined});
  const write = async (file: string): Promise<void> => {
    close();
    if (file.trim() === '' || machine === undefined) return;
    try {
      app.say(`Written: ${await model.run.save(machine, file.trim())}`, 'ok');
    } catch (thrown) {
      app.sayProblem(thrown);
    }
  };
  return (
    <TextInput
      prompt={`write what ${machine ?? 'nobody'} printed to: `}
      title="File name"
      width={width}
      words={['write', 'cancel']}
      initial={`${machine ?? 'output'}.log`}
      onSubmit={(file) => void write(file)}
      onCancel={close}
    />
  );
}
