import {Box} from 'ink';
import {useEffect, useReducer, useRef, useState} from 'react';
import {foldHostNames, type MachineLogList, type Problem, problemOf} from '../../engine/index.ts';
import {Overlay} from '../../ui/pane/Overlay.tsx';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {fit, plain, wrapAtMost} from '../../ui/widgets/cells.ts';
import {List} from '../../ui/widgets/List.tsx';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {problemNote} from '../problem-note.ts';
import {type LogChoice, logChoices} from './log-choices.ts';
import {startMachineLog} from './start-machine-run.ts';

/** Asks which log of these machines is to be followed; those the first of them has are offered. */
export function openLogs(app: AppModel, names: readonly string[]): void {
  app.open((screen) => <LogsDialog app={app} names={names} screen={screen} />);
}

interface LogsDialogProps {
  readonly app: AppModel;
  readonly names: readonly string[];
  readonly screen: ScreenSize;
}

function LogsDialog({app, names, screen}: LogsDialogProps) {
  const theme = useTheme();
  const [sudo, setSudo] = useState(false);
  const answer = useLogList(app, names[0] ?? '', sudo);
  // Several keys may come before the next drawing: each must see what the one before it did.
  const typed = useRef('');
  const cursor = useRef(0);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const choices = (): readonly LogChoice[] => logChoices(answer.list, typed.current);
  const shown = choices();
  const at = Math.min(cursor.current, Math.max(0, shown.length - 1));
  const move = (by: number): void => {
    cursor.current = Math.max(0, Math.min(choices().length - 1, cursor.current + by));
    redraw();
  };
  useKeyTable([], {layer: 'modal', title: 'Logs'});
  const width = Math.min(100, screen.columns);
  const inner = width - panelBorder - 2;
  const where = wrapAtMost(plain(foldHostNames(names)), inner, 1, theme.glyphs.ellipsis).map((line) => row(line));
  const note = noteRows(inner);
  // As tall as all that is known, whatever is typed: a dialog that grows and shrinks with each key is hard to look at.
  const most = Math.max(3, logChoices(answer.list, '').length + 2);
  const height = Math.min(screen.rows, 24, panelBorder + where.length + 2 + note.length + most);
  const listHeight = Math.max(1, height - panelBorder - where.length - 2 - note.length);
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center" alignItems="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel title={row('Follow a log', 'title')} width={width} height={height} focused>
          <Box flexDirection="column" paddingX={1}>
            <Rows rows={where} width={inner} height={where.length} />
            <TextInput
              prompt="log: "
              title="Logs"
              width={inner}
              words={['follow', 'cancel']}
              onChange={(text) => {
                typed.current = text;
                cursor.current = 0;
                redraw();
              }}
              onSubmit={() => {
                const chosen = choices()[Math.min(cursor.current, choices().length - 1)];
                if (!chosen) return;
                app.closeOverlay();
                startMachineLog(app, {names, log: chosen.log, sudo});
              }}
              onCancel={app.closeOverlay}
              keys={[
                {
                  keys: ['tab'],
                  word: sudo ? 'no sudo' : 'sudo',
                  help: 'Read it as root, or not; asks the machine again.',
                  run: () => setSudo(!sudo),
                },
                {keys: ['down'], word: 'down', help: 'The next log.', run: () => move(1)},
                {keys: ['up'], word: 'up', help: 'The log before.', quiet: true, run: () => move(-1)},
                {keys: ['pagedown'], word: 'page down', help: 'A page down.', quiet: true, run: () => move(listHeight)},
                {keys: ['pageup'], word: 'page up', help: 'A page up.', quiet: true, run: () => move(-listHeight)},
              ]}
            />
            <Rows rows={[[]]} width={inner} height={1} />
            <List
              length={shown.length}
              cursor={at}
              width={inner}
              height={listHeight}
              focused
              rowOf={(index) => choiceRow(shown[index], inner)}
              empty={[row('Type a path, or the name of a unit or container.', 'quiet')]}
            />
            <Rows rows={note} width={inner} height={note.length} />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );

  function noteRows(wide: number): readonly Row[] {
    const asRoot: readonly Row[] = sudo ? [row('as root, with sudo', 'danger')] : [];
    const {problem, list} = answer;
    if (problem) return [...asRoot, ...problemNote(problem, wide, 3, theme)];
    if (list) {
      const missing = list.missing.flatMap((line) => wrapAtMost(plain(line), wide, 1, theme.glyphs.ellipsis));
      return [...asRoot, ...missing.slice(0, 2).map((line) => row(line, 'warning'))];
    }
    const waiting: Row = [
      {text: `${theme.glyphs.spinner} `, tone: 'running'},
      {text: `Asking ${plain(names[0] ?? '')} what it has`, tone: 'quiet'},
    ];
    return [...asRoot, waiting];
  }
}

function choiceRow(choice: LogChoice | undefined, width: number): Row {
  if (!choice) return [];
  const name = Math.max(20, Math.floor(width * 0.55));
  return [{text: fit(choice.name, name)}, {text: ` ${choice.about}`, tone: 'quiet'}];
}

/** Milliseconds a machine has to say what logs it has; one can type meanwhile. */
const askMs = 30_000;

interface Answer {
  readonly list?: MachineLogList;
  readonly problem?: Problem;
}

/** What logs a machine has; neither while it is asked. */
function useLogList({machines}: AppModel, name: string, sudo: boolean): Answer {
  const [answer, setAnswer] = useState<Answer>({});
  useEffect(() => {
    const stop = new AbortController();
    setAnswer({});
    const late: Problem = {
      code: 'deadline-passed',
      message: `${name} did not say within ${askMs / 1000} seconds which logs it has.`,
      hint: 'Type the path of a file, or the name of a unit or container.',
      machine: name,
    };
    const timer = setTimeout(() => {
      setAnswer({problem: late});
      stop.abort();
    }, askMs);
    const ask = async (): Promise<void> => {
      try {
        const list = await machines.ask.listLogs({...machines.request([name]), ...(sudo ? {sudo} : {})}, stop.signal);
        if (!stop.signal.aborted) setAnswer({list});
      } catch (thrown) {
        if (!stop.signal.aborted) setAnswer({problem: problemOf(thrown)});
      } finally {
        clearTimeout(timer);
      }
    };
    void ask();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [machines, name, sudo]);
  return answer;
}
