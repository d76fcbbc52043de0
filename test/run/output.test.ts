import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openOutput, outputFiles, timesPath} from '../../src/engine/run/output.ts';
import {createOutputText} from '../../src/engine/run/output-view.ts';
import {createRedactor} from '../../src/engine/run/redact.ts';
import {Secret} from '../../src/engine/secret.ts';
import {createFakeClock} from './fake-clock.ts';

let folder: string;
const clock = createFakeClock();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-output-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const open = (bound?: number, secrets: readonly Secret[] = [], onFull: (problem: unknown) => void = () => {}) =>
  openOutput({
    runFolder: folder,
    task: 'build/x',
    redactor: createRedactor(secrets),
    clock,
    ...(bound === undefined ? {} : {bound}),
    onFull,
  });

/** The text as the program shows it, all of it read. */
function shown() {
  const text = createOutputText(folder, 'build/x');
  while (text.refresh());
  const view = text.view(true);
  return {view, lines: view.lines(0, view.lineCount).map((line) => line.text)};
}

describe('output of a task', () => {
  test('is kept as it was given, secrets replaced, the end of it too', () => {
    const output = open(undefined, [new Secret('pa55word')]);
    output.write('one pa55');
    output.write(Buffer.from('word\r\ntwo pa55'));
    output.close();
    expect(readFileSync(join(folder, 'output', 'build~x.log'), 'utf8')).toBe('one ••••••\r\ntwo pa55');
    expect(shown().lines).toEqual(['one ••••••', 'two pa55']);
  });

  test('of a later attempt follows behind the earlier one', () => {
    const first = open();
    first.write('first\n');
    first.close();
    const second = open();
    second.write('second\n');
    second.close();
    expect(shown().lines).toEqual(['first', 'second']);
  });

  test('that cannot go on in another file says so once, and is closed all the same', () => {
    const problems: unknown[] = [];
    const before = readdirSync('/proc/self/fd').length;
    const output = open(4000, [], (problem) => problems.push(problem));
    // The head ends with the line that reaches half of the bound.
    mkdirSync(join(folder, 'output', 'build~x.log.2000'));
    for (let line = 0; line < 500; line++) output.write('123456789\n');
    output.close();
    expect(problems).toHaveLength(1);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  test('larger than its bound keeps head and tail, and the number of bytes left out is right', () => {
    const bound = 64 * 1024;
    const output = open(bound);
    const count = 20_000;
    for (let line = 0; line < count; line++) output.write(`line ${String(line).padStart(8, '0')}\n`);
    output.close();
    const {view, lines} = shown();
    const kept = outputFiles(folder, 'build/x').reduce((sum, {path}) => sum + statSync(path).size, 0);
    expect(kept).toBeLessThanOrEqual(bound + 4 * 64);
    expect(kept).toBeGreaterThan(bound / 2);
    expect(view.leftOutBytes).toBe(count * 14 - kept);
    expect(lines[0]).toBe('line 00000000');
    expect(lines.at(-1)).toBe(`line ${String(count - 1).padStart(8, '0')}`);
    const gap = lines.findIndex((line) => line.includes('left out here'));
    expect(lines[gap]).toBe(`[${view.leftOutBytes.toLocaleString('en-US').replaceAll(',', ' ')} bytes left out here]`);
    // Whole lines on both sides, without a hole in either part.
    const numbers = lines.filter((_line, index) => index !== gap).map((line) => Number(line.slice(5)));
    expect(numbers.slice(0, gap)).toEqual(Array.from({length: gap}, (_, index) => index));
    const tail = numbers.slice(gap);
    expect(tail).toEqual(Array.from({length: tail.length}, (_, index) => count - tail.length + index));
    expect(view.files).toHaveLength(3);
  });

  test('without a single line end is bounded too', () => {
    const output = open(256 * 1024);
    for (let part = 0; part < 64; part++) output.write(Buffer.alloc(64 * 1024, 'x'));
    output.close();
    const kept = outputFiles(folder, 'build/x').reduce((sum, {size}) => sum + size, 0);
    expect(kept).toBeLessThan(640 * 1024);
    expect(shown().view.leftOutBytes).toBe(64 * 64 * 1024 - kept);
  });

  test('knows when its lines came, to about a second', async () => {
    const output = open();
    const start = clock.now();
    output.write('a\n');
    await clock.pass(400);
    output.write('b\n');
    await clock.pass(5000);
    output.write('c\n');
    output.close();
    const {view} = shown();
    expect(view.lines(0, 3).map(({at}) => (at ?? 0) - start)).toEqual([0, 0, 5400]);
    expect((view.lastAt ?? 0) - start).toBe(5400);
    expect(readFileSync(timesPath(folder, 'build/x'), 'utf8').split('\n')).toHaveLength(3);
  });

  test('ignores what comes after its end', () => {
    const problems: unknown[] = [];
    const output = open(undefined, [], (problem) => problems.push(problem));
    output.write('in time\n');
    output.close();
    output.write('too late\n');
    expect(problems).toEqual([]);
    expect(shown().lines).toEqual(['in time']);
  });

  test('is read on while it grows, and a line that was not whole is shown again', () => {
    const output = open();
    const text = createOutputText(folder, 'build/x');
    const lines = () => {
      while (text.refresh());
      const view = text.view(false);
      return view.lines(0, view.lineCount).map((line) => line.text);
    };
    expect(lines()).toEqual([]);
    output.write('one\ntw');
    expect(lines()).toEqual(['one', 'tw']);
    output.write('o\n');
    expect(lines()).toEqual(['one', 'two']);
    output.close();
  });

  test('of 100 000 lines gives any of them, and finds what is searched for', () => {
    const output = open();
    for (let part = 0; part < 100; part++)
      output.write(Array.from({length: 1000}, (_, line) => `line ${part * 1000 + line}\r\n`).join(''));
    output.close();
    const {view} = shown();
    expect(view.lineCount).toBe(100_000);
    expect(view.lines(0, 2).map(({text}) => text)).toEqual(['line 0', 'line 1']);
    expect(view.lines(54_321, 54_323).map(({text}) => text)).toEqual(['line 54321', 'line 54322']);
    expect(view.lines(99_999, 100_005).map(({text}) => text)).toEqual(['line 99999']);
    expect(view.search(/^line 9999\d$/g)).toEqual([
      99_990, 99_991, 99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999,
    ]);
    expect(view.search('LINE 5')).toEqual([]);
    expect(view.search('line 77777')).toEqual([77_777]);
  });

  test('is searched on from where the last search ended, without colours in the way', () => {
    const output = open();
    output.write('\u001b[31mer\u001b[32mror\u001b[0m one\nfine\nerr');
    const text = createOutputText(folder, 'build/x');
    while (text.refresh());
    expect(text.view(false).search('error')).toEqual([0]);
    output.write('or two\nERROR three\n');
    while (text.refresh());
    expect(text.view(false).search('error')).toEqual([0, 2, 3]);
    expect(text.view(false).search('Error')).toEqual([]);
    output.close();
  });

  test('colours that span lines are on each of them', () => {
    const output = open();
    output.write(`\u001b[1;31m${'red\n'.repeat(200)}\u001b[0mplain\n`);
    output.close();
    const {view} = shown();
    expect(view.lines(0, 1)[0]?.text).toBe('\u001b[1;31mred\u001b[0m');
    expect(view.lines(150, 151)[0]?.text).toBe('\u001b[1;31mred\u001b[0m');
    expect(view.lines(200, 201)[0]?.text).toBe('plain');
  });
});
