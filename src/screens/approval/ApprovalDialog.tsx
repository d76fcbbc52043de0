import {Box} from 'ink';
import {useMemo, useRef} from 'react';
import {type OperationRequest, wantedSecret} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {useTerminal} from '../../ui/terminal/use-terminal.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {wrap, wrapAtMost} from '../../ui/widgets/cells.ts';
import {Dialog} from '../../ui/widgets/Dialog.tsx';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex} from '../../ui/widgets/list-state.ts';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {commandOf} from '../command-line.ts';
import {askForSecret, whoWants} from '../machines/SecretDialog.tsx';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import {approvalKeys} from './approval-keys.ts';
import {type ApprovalModel, type ApprovalState, createApprovalModel} from './approval-model.ts';
import {foldedEffectRows, idsOf, optionsRows, planSummary, proposedTaskRow, titleWidth} from './approval-rows.ts';
import {type ScrollRooms, scrolledRows, scrollKeys} from './scrolled-rows.ts';

/** Has a plan made for what was asked and shows it; nothing happens before it is approved there. */
export function openApproval(app: AppModel, request: OperationRequest): void {
  const show = (): void => app.open((screen) => <ApprovalDialog app={app} decision={decision} screen={screen} />);
  const askSecret = (): void => {
    const {wants} = approval.get();
    askForSecret(app, {
      first: wants.map(wantedSecret).find((kind) => kind !== undefined) ?? 'password',
      ...whoWants(wants.flatMap(({machine}) => (machine === undefined ? [] : [machine]))),
      given() {
        show();
        approval.ask(approval.get().request);
      },
      left: show,
    });
  };
  const approval = createApprovalModel(app.settings.engine, request, {
    secrets: () => app.machines.get().secrets,
    askSecret,
  });
  const decision: Decision = {approval, askSecret};
  show();
}

interface Decision {
  readonly approval: ApprovalModel;
  readonly askSecret: () => void;
}

interface ApprovalDialogProps {
  readonly app: AppModel;
  readonly decision: Decision;
  readonly screen: ScreenSize;
}

function ApprovalDialog({app, decision: {approval, askSecret}, screen}: ApprovalDialogProps) {
  const theme = useTheme();
  const terminal = useTerminal();
  const state = useStore(approval);
  const {spinner} = theme.glyphs;
  const {proposal, problem, folded, naming} = state;
  const confirm = proposal?.plan.confirm;
  const titles = useMemo(() => new Map(folded.flatMap(({tasks, title}) => tasks.map(({id}) => [id, title]))), [folded]);
  const leave = (): void => {
    approval.close();
    app.closeOverlay();
  };
  const start = async (): Promise<void> => {
    if (confirm !== undefined && !naming) {
      approval.set({naming: true});
      return;
    }
    // Only the right name lets its button be pressed.
    const id = await approval.start(confirm);
    if (id === undefined) return;
    app.closeOverlay();
    app.openRun(id);
  };
  const cannotStart = whyNot(state);
  const wide = Math.min(120, screen.columns);
  const notes: readonly Row[] = [...(problem ? [problem] : []), ...(proposal?.plan.notices ?? [])].flatMap((each) => [
    ...problemNote(each, wide - panelBorder - 2, Number.POSITIVE_INFINITY, theme),
  ]);
  const high = state.effects
    ? screen.rows
    : Math.min(screen.rows, Math.max(14, folded.length + notes.length + 12 + (naming ? 3 : 0)));
  const rooms = useRef<ScrollRooms>({effects: {rows: 0, height: 0}, notes: {rows: 0, height: 0}});
  const keys: readonly KeyBinding[] = [
    ...approvalKeys(approval, state, {page: high - 8, askSecret}),
    ...scrollKeys(approval, rooms),
    {
      keys: ['!', 'c'],
      word: 'copy command',
      help: 'Copy the headless command that asks for the same.',
      quiet: true,
      run: () => {
        const command = commandOf(approval.get().request, app.settings.state);
        terminal.copy(command);
        app.say(`Copied: ${command}`, 'ok');
      },
    },
  ];
  const startKey: KeyBinding = {
    keys: ['y'],
    word: 'start',
    help: 'Start what is shown.',
    ...(cannotStart === undefined ? {} : {disabled: cannotStart}),
    run: () => void start(),
  };
  return (
    <Dialog
      title={proposal?.plan.title ?? titleOf(state.request)}
      screen={screen}
      width={wide}
      height={high}
      buttons={[
        {label: proposal?.nothingToDo ? 'Close' : 'Cancel', run: leave},
        {label: 'Start', run: () => void start(), disabled: cannotStart},
      ]}
      onCancel={naming ? () => approval.set({naming: false}) : leave}
      {...(naming && confirm !== undefined
        ? {typeName: {what: 'the name', name: confirm}}
        : {keys: [startKey, ...keys]})}
      danger={confirm !== undefined}
    >
      {(width, height) => {
        const cursor = cursorIndex(state.list, idsOf(folded));
        const head: Row[] = [];
        if (!proposal && !problem)
          head.push(row(`${spinner} Working out what would be done. Nothing is changed by that.`));
        if (state.starting) head.push(row(`${spinner} Starting.`));
        if (proposal && !state.starting) {
          for (const line of wrap(planSummary(proposal), width))
            head.push(row(line, proposal.nothingToDo ? 'ok' : undefined));
          if (confirm !== undefined && !naming) {
            for (const line of wrap(`It takes data away: ${confirm} has to be typed first.`, width))
              head.push(row(line, 'danger'));
          }
        }
        const command = wrapAtMost(
          commandOf(state.request, app.settings.state),
          width,
          height < 16 ? 1 : 3,
          theme.glyphs.ellipsis,
        );
        const foot: readonly Row[] =
          height < 9
            ? optionsRows(state.request, width).slice(0, Math.max(1, height - 5))
            : [[], ...optionsRows(state.request, width), ...command.map((line) => row(line, 'quiet'))];
        // Without a plan there is nothing below that wants room.
        const notesMost = (proposal ? Math.floor(height / 2) : height - foot.length) - head.length;
        const notesHeight = Math.min(notes.length, Math.max(1, notesMost));
        const top = [...head, ...scrolledRows(notes, state.notesTop, notesHeight)];
        const room = Math.max(0, height - top.length - foot.length);
        const task = folded[cursor];
        const effects = task && state.effects ? foldedEffectRows(task, titles, width) : [];
        const effectHeight = Math.min(effects.length, Math.floor(room / 2));
        rooms.current = {
          effects: {rows: effects.length, height: effectHeight},
          notes: {rows: notes.length, height: notesHeight},
        };
        const shownEffects = scrolledRows(effects, state.effectsTop, effectHeight);
        const titleCells = titleWidth(folded);
        return (
          <Box flexDirection="column" width={width} height={height} overflow="hidden">
            <Rows rows={top} width={width} height={top.length} />
            <List
              length={folded.length}
              cursor={cursor}
              width={width}
              height={room - effectHeight}
              focused
              rowOf={(index) => {
                const shown = folded[index];
                return shown ? proposedTaskRow(shown, titleCells, width - listLead, theme) : [];
              }}
            />
            <Rows rows={shownEffects} width={width} height={effectHeight} />
            <Rows rows={foot} width={width} height={foot.length} />
          </Box>
        );
      }}
    </Dialog>
  );
}

function whyNot({proposal, problem, starting}: ApprovalState): string | undefined {
  if (starting) return 'It is being started.';
  if (!proposal) return problem ? 'There is no plan to start.' : 'The plan is not ready yet.';
  if (!proposal.nothingToDo) return undefined;
  const more = {'image build': ' f builds even what is current.', 'cluster k8s-bootup': ' v runs the test pods.'};
  return `There is nothing to do.${more[proposal.request.operation as keyof typeof more] ?? ''}`;
}

/** Until the plan is there, which has a better one. */
function titleOf(request: OperationRequest): string {
  switch (request.operation) {
    case 'image build':
    case 'image push': {
      const verb = request.operation === 'image build' ? 'Build' : 'Push';
      return request.names.length === 0 ? `${verb} all images` : `${verb} ${request.names.join(', ')}`;
    }
    case 'cluster k8s-bootup':
      return 'Boot the cluster';
    case 'cluster k8s-clean':
      return 'Clean the cluster';
    case 'cluster install-kubectl':
      return 'Install kubectl';
    case 'cluster certificates renew':
      return 'Renew the certificates';
    case 'machine etcdfix':
      return `Mend the member of etcd on ${request.machine}`;
    case 'cluster etcd snapshot':
      return 'Take a snapshot of etcd';
    case 'cluster etcd defrag':
      return 'Defragment etcd';
    case 'machine add':
      return `Add ${request.names.join(' ') || 'machines'}`;
    case 'machine remove':
      return `Remove ${request.names.join(' ') || 'machines'}`;
  }
}
