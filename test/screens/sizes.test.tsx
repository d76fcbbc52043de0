import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {HostKeyReport} from '../../src/engine/machines/types.ts';
import {clusterStatusOf} from '../helpers/cluster-status.ts';
import {createFakeMachines, hostKeyOf, machineOf} from '../helpers/fake-machines.ts';
import {readingOf} from './cluster/open-config.tsx';
import {openApp} from './open-app.tsx';
import {allRuns, runningRun} from './sample-runs.ts';

const places: readonly (readonly [name: string, keys: readonly string[], shows: RegExp])[] = [
  ['the images', [], /Images 12/],
  ['the graph', [']'], /Graph/],
  ['an image', ['d'], /state/],
  ['the plan to approve', ['B'], /Cancel|Close/],
  ['the history', ['5'], /Runs 4/],
  ['a run', ['5', 'enter'], /Plan/],
  ['the outputs of a run', ['5', 'enter', 'p', 'enter'], /1 . Build/],
  ['the help', ['?'], /search/],
  ['the commands', [':'], /Commands/],
  ['a screen to come', ['4'], /Services/],
  ['the machines', ['3'], /infra-01/],
  ['the facts of a machine', ['3', 'enter'], /login/],
  ['a host list', ['3', '@'], /hosts:/],
  ['the host keys', ['3', 'T'], /Trust the new one/],
  ['a changed host key', ['3', 'T', 'R'], /Type the name/],
  ['the line of a command', ['3', '*', 'x'], /Run on 5/],
  ['a command on machines', ['3', '*', 'x', 'i', 'd', 'enter', 'p', 'p'], /0 of 5 ended/],
  ['a password', ['3', 'p'], /password:/],
  ['the cluster', ['2'], /masters/],
  ['a machine of the cluster', ['2', 'j', 'enter'], /kubelet/],
  ['the configuration', ['2', 'c', '+'], /teslak80/],
  ['a problem of the configuration', ['2', 'c', '[', 'tab'], /address/],
  ['a value that is looked for', ['2', 'c', '/'], /[/]/],
];

const hostKeys: readonly HostKeyReport[] = [
  {
    machine: machineOf('gpu-01'),
    state: 'changed',
    keys: [hostKeyOf('other')],
    known: [hostKeyOf('known', 'ecdsa-sha2-nistp256')],
    from: 'pinned',
  },
  {machine: machineOf('gpu-02'), state: 'new', keys: [hostKeyOf('new'), hostKeyOf('new', 'ssh-rsa')]},
];

test.each(places)('no frame of %s is larger than the terminal, whatever its size', async (_, keys, shows) => {
  const reading = await readingOf('g');
  const config = {...reading, problems: [{code: 'config-invalid' as const, message: 'Two have one address.'}]};
  const app = openApp({
    columns: 100,
    rows: 30,
    answers: {runs: allRuns, config, cluster: clusterStatusOf()},
    settings: {config: '/srv/cluster'},
    machines: createFakeMachines({hostKeys}),
  });
  app.fake.print(runningRun.summary.id, 'build/rest-server', ['x'.repeat(400), '映像'.repeat(200)]);
  await app.shows('! stale');
  for (const key of keys) {
    app.press(key);
    await app.stillFrame();
  }
  await app.shows(shows);
  const sizes = fc.tuple(fc.integer({min: 30, max: 300}), fc.integer({min: 5, max: 100}));
  await fc.assert(
    fc.asyncProperty(sizes, async ([columns, rows]) => {
      app.resize(columns, rows);
      if (columns < 40 || rows < 10) {
        await app.shows(`needs 40x10, has ${columns}x${rows}`.slice(0, columns - 10));
        expect(app.text().trim().split('\n')).toHaveLength(1);
        return;
      }
      // A frame that is too high scrolls the top away; one that is too wide breaks its borders.
      await app.until(() => wholeFrame(app.text().split('\n'), columns, rows));
    }),
    {
      numRuns: 12,
      // Where the palette stands on the middle of the name.
      examples: [[[104, 10]], [[107, 10]]],
    },
  );
});

/** A dialog as high as the screen may stand on the name, or on the end of it. */
function beginsWithName(row: string): boolean {
  const name = ' pai-tui';
  const edge = row.indexOf('┌');
  return row.startsWith(name) || (edge >= 0 && name.startsWith(row.slice(0, edge)));
}

/** Whether the frame begins and ends where the terminal does, and each border is as wide as it. */
function wholeFrame(lines: readonly string[], columns: number, rows: number): boolean {
  const top = lines[0] ?? '';
  const last = lines[rows - 1] ?? '';
  const inside = lines.slice(0, rows - 1);
  const borders = inside.filter((line) => /^[┌└│]/.test(line));
  return (
    lines.length === rows &&
    beginsWithName(top) &&
    last.trim() !== '' &&
    !/[┌└│┐┘]/.test(last) &&
    borders.length > 0 &&
    borders.every((line) => /[┐┘│]$/.test(line)) &&
    inside.every((line) => [...line].length <= columns)
  );
}
