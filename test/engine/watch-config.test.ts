import {mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeEach, expect, onTestFinished, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {watchConfig} from '../../src/engine/watch-config.ts';
import {until} from '../helpers/app-world.ts';

let folder: string;
let heard: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-watch-'));
  heard = 0;
  const made = folder;
  onTestFinished(() => rmSync(made, {recursive: true, force: true}));
});

function watch(config = folder) {
  const watching = watchConfig(config, createClock(), () => {
    heard += 1;
  });
  onTestFinished(watching.close);
  return watching;
}

/** Changes a file until it is heard of: the first change may come before the first look. */
async function hears(change: (round: number) => void): Promise<void> {
  let round = 0;
  const before = heard;
  await until('it was heard', () => {
    change(round++);
    return heard > before;
  });
}

const layout = () => join(folder, 'layout.yaml');

test('a file that is written, replaced as editors do, or comes anew is heard of', async () => {
  writeFileSync(layout(), 'a: 0');
  watch();
  await hears((round) => writeFileSync(layout(), `a: ${round}`));
  await hears((round) => {
    writeFileSync(`${layout()}~`, `b: ${round}`);
    renameSync(`${layout()}~`, layout());
  });
  await hears((round) => writeFileSync(join(folder, 'services-configuration.yaml'), `c: ${round}`));
});

test('what a link leads to is heard of, and a single file that was given', async () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'a: 0');
  symlinkSync('elsewhere', layout());
  watch(layout());
  await hears((round) => writeFileSync(elsewhere, `a: ${round}`));
});

test('other files of the folder are not heard of, nor anything after the end', async () => {
  writeFileSync(layout(), 'a: 0');
  const watching = watch();
  await hears((round) => writeFileSync(layout(), `a: ${round}`));
  const before = heard;
  // What is heard of later shows that the one before was looked at and left out.
  writeFileSync(join(folder, '.layout.yaml.swp'), 'x');
  await hears((round) => utimesSync(layout(), 1_700_000_000 + round, 1_700_000_000 + round));
  expect(heard).toBeGreaterThan(before);
  watching.close();
  const last = heard;
  writeFileSync(layout(), 'the end: 1');
  const other = watch();
  await hears((round) => writeFileSync(layout(), `b: ${round}`));
  other.close();
  expect(heard).toBeGreaterThan(last);
});
