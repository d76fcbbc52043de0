import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {smallScreen} from '../../ui/widgets/Frame.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex} from '../../ui/widgets/list-state.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {row} from '../../ui/widgets/rows.ts';
import {Table} from '../../ui/widgets/Table.tsx';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';
import {DetailPanel, detailInner} from '../DetailPanel.tsx';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {HostListBar, hostListBarHeight} from './HostListBar.tsx';
import {MachineRunScreen} from './MachineRunScreen.tsx';
import {machineFactRows} from './machine-facts.ts';
import {actOnMachines, useMachinesKeys} from './machines-keys.ts';
import {emptyMachines, machinesBanner, machinesTitle} from './machines-notes.ts';
import type {MachinesState} from './machines-state.ts';
import {ShellPane} from './ShellPane.tsx';

export interface MachinesScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** All machines of the configuration: their state and its age, and what is known of the one under the cursor. */
export function MachinesScreen({app, width, height}: MachinesScreenProps) {
  const {place} = useStore(app.machines);
  const {current} = useStore(app.machines.shells);
  useEffect(() => app.machines.begin(), [app]);
  if (current !== undefined) return <ShellPane app={app} model={app.machines.shells} width={width} height={height} />;
  return place ? (
    <MachineRunScreen app={app} model={place.model} width={width} height={height} />
  ) : (
    <MachineTable app={app} width={width} height={height} />
  );
}

function MachineTable({app, width, height}: MachinesScreenProps) {
  const theme = useTheme();
  const state = useStore(app.machines);
  const shown = app.machines.shown();
  const now = useNow(app, shown.all.length > 0);
  const single = width < smallScreen.columns || height < smallScreen.rows - 3;
  const banner = machinesBanner(state, shown, app.machines.asleep, width - 2, single ? 1 : 2, theme);
  const bodyHeight = Math.max(3, height - banner.length - inputHeight(state));
  const layout = layoutFor(width, single || shown.all.length === 0, state.factsFocused && shown.all.length > 0);
  const cursor = cursorIndex(state.table, shown.keys);
  const look = shown.items[cursor];
  const page = Math.max(1, bodyHeight - panelBorder - 1);
  const factsInner = detailInner(layout.facts === 0 ? width : layout.facts);
  const factRows = useMemo(
    () => (look ? machineFactRows(look, factsInner, theme, now) : []),
    [look, factsInner, theme, now],
  );
  useMachinesKeys(app, state, {
    page,
    factRows: factRows.length,
    tableWidth: layout.table - panelBorder - listLead,
  });

  const factsPage = bodyHeight - panelBorder;
  const top = Math.min(state.factsTop, Math.max(0, factRows.length - factsPage));
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      {banner.length > 0 ? (
        <Box paddingX={1}>
          <Rows rows={banner} width={width - 2} height={banner.length} />
        </Box>
      ) : null}
      <Box width={width} height={bodyHeight} flexShrink={0}>
        {layout.table > 0 ? (
          <Panel
            title={machinesTitle(state, shown, theme)}
            aside={shown.items.length > page ? row(`${cursor + 1}/${shown.items.length}`, 'quiet') : []}
            width={layout.table}
            height={bodyHeight}
            focused={!state.factsFocused}
          >
            <Table
              items={shown.items}
              columns={shown.columns}
              cursor={cursor}
              now={now}
              sorted={state.table}
              width={layout.table - panelBorder}
              height={bodyHeight - panelBorder}
              focused={!state.factsFocused}
              isMarked={({machine}) => state.table.marks.has(machine.name)}
              empty={emptyMachines(state, app.settings.config, layout.table - panelBorder, theme)}
            />
          </Panel>
        ) : null}
        {layout.facts > 0 ? (
          <DetailPanel
            title={look?.machine.name}
            rows={factRows}
            top={top}
            width={layout.facts}
            height={bodyHeight}
            focused={state.factsFocused}
          />
        ) : null}
      </Box>
      {state.input === 'hosts' ? <HostListBar app={app} width={width} /> : null}
      {state.input === 'filter' ? (
        <TextInput
          prompt="/"
          title="Filter"
          width={width}
          initial={state.table.filter}
          words={['keep', 'show all']}
          onChange={(text) => actOnMachines(app, {type: 'filter', text})}
          onSubmit={() => app.machines.set({input: undefined})}
          onCancel={() => {
            actOnMachines(app, {type: 'filter', text: ''});
            app.machines.set({input: undefined});
          }}
        />
      ) : null}
    </Box>
  );
}

function inputHeight({input}: MachinesState): number {
  if (input === undefined) return 0;
  return input === 'hosts' ? hostListBarHeight : 1;
}

/** From this width on there is room for the facts beside the table, also while they are read. */
const factsStayBeside = 120;

/** Cells of the table and of the facts: beside each other where there is room, else the one with the focus. */
function layoutFor(width: number, single: boolean, factsFocused: boolean): {table: number; facts: number} {
  if (single || (factsFocused && width < factsStayBeside)) {
    return factsFocused ? {table: 0, facts: width} : {table: width, facts: 0};
  }
  const table = Math.max(Math.min(46, width - 24), Math.floor(width * 0.58));
  return {table, facts: width - table};
}
