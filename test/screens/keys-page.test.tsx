import {expect, test} from 'vitest';
import {AppScreen} from '../../src/screens/AppScreen.tsx';
import {createAppModel} from '../../src/screens/app-model.ts';
import type {KeyTable} from '../../src/ui/keys/router.ts';
import {useKeyTables} from '../../src/ui/keys/use-keys.ts';
import {keyName} from '../../src/ui/widgets/key-words.ts';
import {clusterStatusOf} from '../helpers/cluster-status.ts';
import {createFakeEngine, fakeNow, runOf, taskState} from '../helpers/fake-engine.ts';
import {openScreen} from '../helpers/screen.tsx';
import {readingOf} from './cluster/open-config.tsx';

const run = runOf({id: 'r', status: 'running', title: 'A run', tasks: [taskState('build/base-image', 'running')]});

/** Where one is after which keys, and which of the tables there belongs to that place. */
const places: readonly (readonly [place: string, keys: readonly string[], shows: string, table: string])[] = [
  ['Everywhere', ['4'], 'It will list', 'Everywhere'],
  ['Always, also in dialogs', [], '! stale', 'Always'],
  ['Images', [], '! stale', 'Images'],
  ['The plan that waits for approval', ['*', 'B'], '[Start]', 'modal'],
  ['Cluster', ['2'], 'masters', 'Cluster'],
  ['Configuration', ['2', 'c'], '+ layout', 'Configuration'],
  ['Checks', ['2', 'p'], 'Ctrl-r asks', 'Checks'],
  ['Machines', ['3'], '! degraded', 'Machines'],
  ['The host keys of machines', ['3', 'T'], 'Host keys of', 'modal'],
  ['A command on machines', ['3', 'x', 'id', 'enter'], 'ended', 'A command on machines'],
  ['Runs', ['5'], 'A run', 'Runs'],
  ['A run', ['5', 'enter'], 'Plan', 'Run'],
  ['The output of a task', ['5', 'enter', 'enter'], 'Esc plan', 'Output'],
];

test('docs/keys.md says which keys there are (npx vitest run test/screens/keys-page --update writes it)', async () => {
  const parts: string[] = [];
  for (const [place, keys, shows, title] of places) parts.push(section(place, await tableAt(keys, shows, title)));
  const head = '# Keys\n\nDrawn from the tables the program itself uses; `?` shows those of the place you are at.\n';
  await expect(`${head}\n${parts.join('\n')}`).toMatchFileSnapshot('../../docs/keys.md');
});

/** Says which keys there are now. */
function Probe({hear}: {readonly hear: (tables: readonly KeyTable[]) => void}) {
  hear(useKeyTables());
  return null;
}

async function tableAt(keys: readonly string[], shows: string, title: string): Promise<KeyTable> {
  const {engine} = createFakeEngine({runs: [run], config: await readingOf('g'), cluster: clusterStatusOf()});
  const app = createAppModel({
    engine,
    source: '/srv/pai',
    config: '/srv/cluster',
    kubectl: {kubeconfig: '/home/ops/.kube/config', programs: '/home/ops/.local/bin'},
    who: 'ops@jump1',
    clock: {now: () => fakeNow, monotonic: () => 5000},
  });
  let tables: readonly KeyTable[] = [];
  const screen = openScreen(
    <>
      <AppScreen app={app} />
      <Probe
        hear={(heard) => {
          tables = heard;
        }}
      />
    </>,
    {columns: 120, rows: 40},
  );
  try {
    await screen.shows('! stale');
    for (const key of keys) screen.press(key);
    await screen.shows(shows);
    const found = () => tables.find((table) => table.title === title || table.layer === title);
    await screen.until(() => found() !== undefined);
    const table = found();
    if (!table) throw new Error(`There is no table ${title}.`);
    return table;
  } finally {
    await screen.close();
    app.close();
  }
}

function section(place: string, {bindings}: KeyTable): string {
  const rows = bindings.map(({keys, help}) => `| ${keys.map((key) => `\`${keyName(key)}\``).join(' ')} | ${help} |`);
  return [`## ${place}`, '', '| key | what it does |', '|---|---|', ...rows, ''].join('\n');
}
