import {Box, useWindowSize} from 'ink';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {createClock} from '../../../src/engine/clock.ts';
import {ProblemError} from '../../../src/engine/problem.ts';
import {openTerminalScreen} from '../../../src/engine/terminal/terminal-screen.ts';
import {type AppModel, createAppModel} from '../../../src/screens/app-model.ts';
import {ShellPane} from '../../../src/screens/machines/ShellPane.tsx';
import {createShellsModel, type ShellsModel} from '../../../src/screens/machines/shells-model.ts';
import {useStore} from '../../../src/screens/use-store.ts';
import {useKeyTables} from '../../../src/ui/keys/use-keys.ts';
import {footerRow} from '../../../src/ui/widgets/key-words.ts';
import {Rows} from '../../../src/ui/widgets/Rows.tsx';
import {createFakeEngine} from '../../helpers/fake-engine.ts';
import {createFakeShell, type FakeShell} from '../../helpers/fake-shell.ts';
import {openScreen, type TestScreen} from '../../helpers/screen.tsx';

let screen: TestScreen;
let app: AppModel;
let model: ShellsModel;
afterEach(async () => {
  model.close();
  await screen.close();
  app.close();
});

interface Asked {
  readonly machine: string;
  readonly size: string;
  readonly signal: AbortSignal;
  /** Lets the shell come about. */
  opens(): FakeShell;
  fails(error: unknown): void;
}

const help = {keys: ['?'], word: 'help', help: '', run: () => undefined};

function Host() {
  const {columns, rows} = useWindowSize();
  const {overlay} = useStore(app.state);
  const tables = useKeyTables();
  return (
    <Box flexDirection="column">
      <ShellPane app={app} model={model} width={columns} height={rows - 1} />
      <Rows rows={[footerRow(tables, columns, help)]} width={columns} height={1} />
      {overlay?.({columns, rows: rows - 1})}
    </Box>
  );
}

function open({withinMs = 5_000}: {readonly withinMs?: number} = {}): {readonly asked: Asked[]} {
  const asked: Asked[] = [];
  app = createAppModel({
    engine: createFakeEngine().engine,
    source: '/srv/pai',
    config: '/srv/cluster',
    kubectl: {kubeconfig: '/home/ops/.kube/config', programs: '/home/ops/.local/bin'},
    who: 'ops@jump1',
  });
  model = createShellsModel({
    machines: {
      shell: ({names, columns, rows}, signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          asked.push({
            machine: names.join(),
            size: `${columns}x${rows}`,
            signal,
            opens() {
              const shell = createFakeShell();
              resolve(openTerminalScreen(shell, {columns, rows}, createClock()));
              return shell;
            },
            fails: reject,
          });
        }),
    },
    request: (names) => ({config: '/srv/cluster', names}),
    clock: app.clock,
    withinMs,
  });
  screen = openScreen(<Host />, {columns: 60, rows: 16});
  return {asked};
}

const first = async (asked: readonly Asked[], index = 0): Promise<Asked> => {
  await vi.waitFor(() => expect(asked).toHaveLength(index + 1));
  const one = asked[index];
  if (!one) throw new Error('Nobody asked.');
  return one;
};

/** Resolves with the fake once the session listens to it. */
async function running(asked: readonly Asked[], index = 0): Promise<FakeShell> {
  const shell = (await first(asked, index)).opens();
  await screen.shows('all keys go to it');
  return shell;
}

describe('a shell', () => {
  test('is connected to in the size of its pane, and has the focus once it is there', async () => {
    const {asked} = open();
    model.open('node-3');
    await screen.shows('Connecting to node-3');
    expect(await first(asked)).toMatchObject({machine: 'node-3', size: '58x13'});
    const shell = await running(asked);
    shell.says('\x1b[32mroot@node-3\x1b[0m:~# ');
    await screen.shows('root@node-3:~#');
    await screen.until(() => screen.row(15) === ' Ctrl-] leave the terminal');
    screen.press('q', '?', 'enter');
    await screen.until(() => shell.typed === 'q?\r');
    await screen.until(() => screen.cursor()?.column === 1 + 15 && screen.cursor()?.row === 1);
  });

  test('goes on while the operator looks elsewhere, and is gone back to', async () => {
    const {asked} = open();
    model.open('node-3');
    const shell = await running(asked);
    screen.press('ctrl-]');
    await screen.shows('only looking');
    await screen.shows('i type');
    screen.press('esc');
    await screen.hides('Shell on');
    shell.says('still here');
    model.open('node-3');
    await screen.shows('still here');
    await screen.shows('all keys go to it');
    expect(asked).toHaveLength(1);
  });

  test('follows the size of the screen', async () => {
    const {asked} = open();
    model.open('node-3');
    const shell = await running(asked);
    screen.resize(90, 20);
    await screen.until(() => shell.sizes.at(-1) === '88x17');
  });

  test('that ended says how, and is opened again or left', async () => {
    const {asked} = open();
    model.open('node-3');
    const shell = await running(asked);
    shell.says('logout');
    shell.end({exit: 130});
    await screen.shows('The shell ended with 130. Enter opens it again, Esc goes');
    expect(screen.text()).toContain('logout');
    screen.press('enter');
    await first(asked, 1);
    await screen.shows('Connecting');
    screen.press('esc');
    await screen.hides('Shell on');
    expect(model.get().shells).toEqual([]);
    expect(asked[1]?.signal.aborted).toBe(true);
  });

  test('that cannot be had says why and what to do', async () => {
    const {asked} = open();
    model.open('node-3');
    (await first(asked)).fails(
      new ProblemError({code: 'machine-unreachable', message: 'node-3 does not answer.', hint: 'Look at its cable.'}),
    );
    await screen.shows('node-3 does not answer.');
    await screen.shows('Look at its cable.');
    await screen.shows('Enter opens it again');
  });

  test('that breaks off keeps what it showed last', async () => {
    const {asked} = open();
    model.open('node-3');
    const shell = await running(asked);
    shell.says('in the middle of');
    shell.breakOff(new ProblemError({code: 'machine-lost', message: 'The connection to node-3 broke.'}));
    await screen.shows('The connection to node-3 broke.');
    expect(screen.text()).toContain('in the middle of');
  });

  test('is not waited for without end', async () => {
    const {asked} = open({withinMs: 30});
    model.open('node-3');
    await first(asked);
    await screen.shows('node-3 gave no shell within');
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test('that comes after it was given up is closed', async () => {
    const {asked} = open();
    model.open('node-3');
    await screen.shows('Connecting');
    const one = await first(asked);
    const late = one.opens();
    model.end('node-3');
    await vi.waitFor(() => expect(late.isClosed).toBe(true));
    expect(model.get().shells).toEqual([]);
  });
});

describe('several shells', () => {
  test('stay open side by side, and are gone through', async () => {
    const {asked} = open();
    model.open('node-1');
    const one = await running(asked);
    one.says('this is one');
    await screen.shows('this is one');
    model.open('node-2');
    await screen.shows('Connecting to node-2');
    const two = await running(asked, 1);
    two.says('this is two');
    await screen.shows('this is two');
    await screen.until(() => screen.row(0).startsWith(' node-1   node-2'));
    screen.press('ctrl-]');
    await screen.shows('only looking');
    screen.press(']');
    await screen.shows('this is one');
    screen.press('[');
    await screen.shows('this is two');
  });

  test('one is ended only after a question', async () => {
    const {asked} = open();
    model.open('node-1');
    const shell = await running(asked);
    screen.press('ctrl-]', 'X');
    await screen.shows('End the shell on node-1?');
    screen.press('enter');
    await screen.hides('End the shell');
    expect(shell.isClosed).toBe(false);
    screen.press('X');
    await screen.shows('End the shell on node-1?');
    screen.press('tab', 'enter');
    await screen.until(() => shell.isClosed);
    await screen.hides('Shell on');
  });

  test('all end with the app', async () => {
    const {asked} = open();
    model.open('node-1');
    const shell = await running(asked);
    model.close();
    expect(shell.isClosed).toBe(true);
  });
});

test('a machine whose shell pours and beeps leaves the screen around it as it is', async () => {
  const {asked} = open();
  model.open('node-3');
  const shell = await running(asked);
  shell.says('\x1b[2J\x1b]0;evil\x07\x1b]52;c;AAAA\x07\x1b[9999;9999Hx\x07\x1b[?1049h\x1b[1;1Hhello\x1b[?25l');
  await screen.shows('hello');
  expect(screen.row(0)).toMatch(/^┌ Shell on node-3 ─+ all keys go to it ┐$/);
  expect(screen.written.all).not.toMatch(/AAAA|evil/);
  expect(screen.written.all).not.toContain('\x07');
});
