import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import type {HostKeyReport} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {Dialog} from '../../ui/widgets/Dialog.tsx';
import {type DialogButton, dialogInside, rowsAroundBody} from '../../ui/widgets/dialog-state.ts';
import {markKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {cursorIndex, type ListAction, reduceList} from '../../ui/widgets/list-state.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {RowsDialog} from '../../ui/widgets/RowsDialog.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {Table} from '../../ui/widgets/Table.tsx';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import {machineAt} from './machines-shown.ts';
import {askHostKeys, type TrustModel, type TrustState} from './trust-model.ts';
import {changedKeyTexts, keysToTrust, type TrustRow, trustColumns, trustNote, whyNotRepin} from './trust-rows.ts';

/** Asks the marked machines, else all, for their host keys, and shows them to be compared and approved. */
export function openTrust(app: AppModel): void {
  const {table} = app.machines.get();
  const shown = app.machines.shown();
  const marked = shown.all.map(({machine}) => machine.name).filter((name) => table.marks.has(name));
  const model = askHostKeys(app, marked, machineAt(shown, table)?.machine.name);
  app.open((screen) => <TrustDialog app={app} model={model} screen={screen} />);
}

interface TrustDialogProps {
  readonly app: AppModel;
  readonly model: TrustModel;
  readonly screen: ScreenSize;
}

function TrustDialog({app, model, screen}: TrustDialogProps) {
  const theme = useTheme();
  const state = useStore(model.state);
  useEffect(() => model.close, [model]);
  const {rows, list, asking} = state;
  const keys = useMemo(() => rows.map(({id}) => id), [rows]);
  const columns = useMemo(() => trustColumns(rows), [rows]);
  const cursor = cursorIndex(list, keys);
  const chosen = rows[cursor];
  const act = (action: ListAction): void => actOnTrust(model, action);
  const approve = async (approved: readonly TrustRow[]): Promise<void> => {
    const trusted = keysToTrust(approved);
    app.closeOverlay();
    if (await model.trust(trusted, {how: 'compared on screen'})) {
      app.say(`Trusted ${count(trusted.length, 'machine')}: their host keys are pinned.`, 'ok');
    }
  };
  const height = Math.min(screen.rows, Math.max(12, rows.length + 9));
  const wide = dialogInside(Math.min(dialogWidth, screen.columns));
  const buttons = trustButtons(state, app.closeOverlay, (approved) => void approve(approved));
  const inside = height - rowsAroundBody(buttons, {width: wide, asksName: false});
  const note = chosen ? trustNote(chosen, wide, theme).slice(0, Math.max(1, inside - leastTable)) : [];
  const page = Math.max(1, inside - note.length - 2);
  const repinOff = chosen ? whyNotRepin(chosen.report) : 'Nothing is under the cursor.';
  const repin: KeyBinding = {
    keys: ['R'],
    word: 're-pin',
    help: 'Explain the changed host key of the machine under the cursor, and pin the one it shows now.',
    quiet: repinOff !== undefined,
    ...(repinOff === undefined ? {} : {disabled: repinOff}),
    run: () => {
      const now = model.state.get();
      const report =
        now.rows[
          cursorIndex(
            now.list,
            now.rows.map(({id}) => id),
          )
        ]?.report;
      if (report) app.open((size) => <RepinDialog app={app} model={model} report={report} screen={size} />);
    },
  };
  return (
    <Dialog
      title={trustTitle(state)}
      screen={screen}
      width={dialogWidth}
      height={height}
      buttons={buttons}
      onCancel={app.closeOverlay}
      aside={row(asking ? 'asking' : rows.length > page ? `${cursor + 1}/${rows.length}` : '', 'quiet')}
      keys={[...markKeys(act), repin, ...moveKeys(act, page)]}
    >
      {(width, bodyHeight) => (
        <Box flexDirection="column">
          <Table
            items={rows}
            columns={columns}
            cursor={cursor}
            now={0}
            sorted={list}
            width={width}
            height={bodyHeight - note.length - 1}
            focused
            isMarked={({id}) => list.marks.has(id)}
            empty={emptyTrust(state, width).concat(
              state.problem ? problemNote(state.problem, width, bodyHeight, theme) : [],
            )}
          />
          <Rows rows={note} width={width} height={note.length + 1} />
        </Box>
      )}
    </Dialog>
  );
}

/** Rows of the table that are seen at least, and one between it and what is said below. */
const leastTable = 4;

/** Room for a name, a state, a type and a whole fingerprint. */
const dialogWidth = 100;

function actOnTrust(model: TrustModel, action: ListAction): void {
  const {rows, list} = model.state.get();
  const keys = rows.map(({id}) => id);
  const fresh = new Set(rows.filter(({report, key}) => report.state === 'new' && key).map(({id}) => id));
  const next = reduceList(list, action, action.type === 'mark-all' ? [...fresh] : keys);
  // Nothing but what is new can be approved with others.
  model.set({list: {...next, marks: new Set([...next.marks].filter((id) => fresh.has(id)))}});
}

function trustTitle({rows, asked, asking}: TrustState): string {
  const machines = new Set(rows.map(({report}) => report.machine.name)).size;
  if (asking) return `Host keys of ${machines} of ${count(asked, 'machine')}`;
  return `Host keys of ${count(machines, 'machine')}`;
}

function trustButtons(
  {rows, list, asking}: TrustState,
  cancel: () => void,
  approve: (rows: readonly TrustRow[]) => void,
): readonly DialogButton[] {
  const fresh = keysToTrust(rows);
  const marked = rows.filter(({id}) => list.marks.has(id));
  if (fresh.length === 0) return [{label: asking ? 'Cancel' : 'Close', run: cancel}];
  const waiting = asking ? {disabled: 'Some machines are still being asked.'} : {};
  return [
    {label: 'Cancel', run: cancel},
    {
      label: fresh.length === 1 ? 'Trust the new one' : `Trust all ${fresh.length} new`,
      ...waiting,
      run: () => approve(rows),
    },
    ...(marked.length === 0
      ? []
      : [{label: `Trust ${count(marked.length, 'marked key')}`, run: () => approve(marked)}]),
  ];
}

function emptyTrust({asked, asking}: TrustState, width: number): readonly Row[] {
  if (!asking) return [];
  return wrap(
    `Asking ${count(asked, 'machine')} for ${asked === 1 ? 'its' : 'their'} host keys. Nobody is logged in to.`,
    width,
  ).map((line) => row(line, 'quiet'));
}

interface RepinDialogProps extends TrustDialogProps {
  readonly report: HostKeyReport;
}

/** A changed host key: what it means, what was known, what is shown. Its machine's name must be typed to pin it. */
function RepinDialog({app, model, report, screen}: RepinDialogProps) {
  const {name} = report.machine;
  const pin = async (): Promise<void> => {
    app.closeOverlay();
    if (await model.trust([{machine: name, keys: report.keys}], {how: 're-pinned', replace: true})) {
      app.say(`The host key of ${name} is pinned anew.`, 'ok');
    }
  };
  return (
    <RowsDialog
      title={`${name} shows another host key`}
      screen={screen}
      width={90}
      danger
      typeName={{what: 'the name', name}}
      buttons={[
        {label: 'Leave it refused', run: app.closeOverlay},
        {label: 'Pin the key it shows', run: () => void pin()},
      ]}
      onCancel={app.closeOverlay}
      rowsOf={(width) =>
        changedKeyTexts(report).flatMap((text, index) => [
          ...(index > 0 && screen.rows >= 20 ? [[]] : []),
          ...wrap(plain(text), width).map((line) => row(line)),
        ])
      }
    />
  );
}
