import {Box} from 'ink';
import {useRef} from 'react';
import type {OperationRequest} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {useTerminal} from '../../ui/terminal/use-terminal.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {wrap, wrapAtMost} from '../../ui/widgets/cells.ts';
import {Dialog} from '../../ui/widgets/Dialog.tsx';
import {List} from '../../ui/widgets/List.tsx';
import {moveKeys} from '../../ui/widgets/list-keys.ts';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex, type ListAction, reduceList} from '../../ui/widgets/list-state.ts';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {commandOf} from '../command-line.ts';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import {type ApprovalModel, type ApprovalState, createApprovalModel} from './approval-model.ts';
import {effectRows, optionsRows, planSummary, proposedTaskRow, titleWidth} from './approval-rows.ts';
import {type ScrollRooms, scrolledRows, scrollKeys} from './scrolled-rows.ts';

/** Has a plan made for what was asked and shows it; nothing happens before it is approved there. */
export function openApproval(app: AppModel, request: OperationRequest): void {
  const approval = createApprovalModel(app.settings.engine, request);
  app.open((screen) => <ApprovalDialog app={app} approval={approval} screen={screen} />);
}

interface ApprovalDialogProps {
  readonly app: AppModel;
  readonly approval: ApprovalModel;
  readonly screen: ScreenSize;
}

function ApprovalDialog({app, approval, screen}: ApprovalDialogProps) {
  const theme = useTheme();
  const terminal = useTerminal();
  const state = useStore(approval);
  const {spinner} = theme.glyphs;
  const {proposal, problem} = state;
  const tasks = proposal?.plan.tasks ?? [];
  const leave = (): void => {
    approval.close();
    app.closeOverlay();
  };
  const start = async (): Promise<void> => {
    const id = await approval.start();
    if (id === undefined) return;
    app.closeOverlay();
    app.openRun(id);
  };
  const cannotStart = whyNot(state);
  const wide = Math.min(120, screen.columns);
  const notes: readonly Row[] = [...(problem ? [problem] : []), ...(proposal?.plan.notices ?? [])].flatMap((each) => [
    ...problemNote(each, wide - panelBorder - 2, Number.POSITIVE_INFINITY, theme),
  ]);
  const high = state.effects ? screen.rows : Math.min(screen.rows, Math.max(14, tasks.length + notes.length + 12));
  const rooms = useRef<ScrollRooms>({effects: {rows: 0, height: 0}, notes: {rows: 0, height: 0}});
  const keys: readonly KeyBinding[] = [
    ...approvalKeys(approval, state, high - 8),
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
      onCancel={leave}
      keys={[startKey, ...keys]}
    >
      {(width, height) => {
        const cursor = cursorIndex(
          state.list,
          tasks.map((task) => task.id),
        );
        const head: Row[] = [];
        if (!proposal && !problem)
          head.push(row(`${spinner} Working out what would be done. Nothing is changed by that.`));
        if (state.starting) head.push(row(`${spinner} Starting.`));
        if (proposal && !state.starting) {
          for (const line of wrap(planSummary(proposal), width))
            head.push(row(line, proposal.nothingToDo ? 'ok' : undefined));
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
        const task = tasks[cursor];
        const effects = task && state.effects ? effectRows(task, width) : [];
        const effectHeight = Math.min(effects.length, Math.floor(room / 2));
        rooms.current = {
          effects: {rows: effects.length, height: effectHeight},
          notes: {rows: notes.length, height: notesHeight},
        };
        const shownEffects = scrolledRows(effects, state.effectsTop, effectHeight);
        const titles = titleWidth(tasks);
        return (
          <Box flexDirection="column" width={width} height={height} overflow="hidden">
            <Rows rows={top} width={width} height={top.length} />
            <List
              length={tasks.length}
              cursor={cursor}
              width={width}
              height={room - effectHeight}
              focused
              rowOf={(index) => {
                const shown = tasks[index];
                return shown ? proposedTaskRow(shown, titles, width - listLead, theme) : [];
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

function approvalKeys(approval: ApprovalModel, state: ApprovalState, page: number): readonly KeyBinding[] {
  const act = (action: ListAction): void => {
    const {list, proposal} = approval.get();
    const ids = (proposal?.plan.tasks ?? []).map((task) => task.id);
    approval.set({list: reduceList(list, action, ids), effectsTop: 0});
  };
  const {request} = state;
  const ask = (change: (request: OperationRequest) => OperationRequest): void =>
    approval.ask(change(approval.get().request));
  const parallel = (by: number): void =>
    ask((asked) => {
      const next = (asked.parallel ?? (by > 0 ? 0 : 2)) + by;
      const {parallel: _, ...rest} = asked;
      return next < 1 ? rest : {...rest, parallel: Math.min(64, next)};
    });
  const builds: readonly KeyBinding[] =
    request.operation !== 'image build'
      ? []
      : [
          {
            keys: ['f'],
            word: 'force',
            help: 'Build even what is current.',
            run: () => ask((asked) => (asked.operation === 'image build' ? {...asked, force: !asked.force} : asked)),
          },
          {
            keys: ['n'],
            word: 'no cache',
            help: "Build without the engine's layer cache.",
            run: () =>
              ask((asked) => (asked.operation === 'image build' ? {...asked, noCache: !asked.noCache} : asked)),
          },
          {
            keys: ['b'],
            word: 'builder',
            help: 'Choose the builder: auto (classic unless a Dockerfile needs BuildKit), classic, buildkit.',
            quiet: true,
            run: () =>
              ask((asked) =>
                asked.operation === 'image build' ? {...asked, builder: nextBuilder[asked.builder]} : asked,
              ),
          },
        ];
  return [
    {
      keys: ['e'],
      word: 'effects',
      help: 'List everything the task under the cursor may change.',
      run: () => approval.set({effects: !approval.get().effects}),
    },
    ...builds,
    {
      keys: ['+', '='],
      word: 'more at once',
      help: 'Do more tasks at the same time.',
      quiet: true,
      run: () => parallel(1),
    },
    {
      keys: ['-'],
      word: 'fewer at once',
      help: 'Do fewer tasks at the same time.',
      quiet: true,
      run: () => parallel(-1),
    },
    ...moveKeys(act, page),
  ];
}

const nextBuilder = {auto: 'classic', classic: 'buildkit', buildkit: 'auto'} as const;

function whyNot({proposal, problem, starting}: ApprovalState): string | undefined {
  if (starting) return 'It is being started.';
  if (!proposal) return problem ? 'There is no plan to start.' : 'The plan is not ready yet.';
  if (!proposal.nothingToDo) return undefined;
  const more = proposal.request.operation === 'image build' ? ' f builds even what is current.' : '';
  return `There is nothing to do.${more}`;
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
  }
}
