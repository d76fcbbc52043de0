import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {RunEvent} from '../../src/engine/run/events.ts';
import {type JournalDisk, openJournal, readJournal} from '../../src/engine/run/journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-journal-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(folder, {recursive: true}));

const event = (task: string): RunEvent => ({at: 1, up: 1, type: 'task-started', task, attempt: 1});
const progress: RunEvent = {at: 1, up: 1, type: 'task-progress', task: 'a', done: 1};

/** A disk that counts, and writes only so many bytes of all when told to. */
function countingDisk(room = Number.POSITIVE_INFINITY) {
  const calls: string[] = [];
  let left = room;
  const disk: JournalDisk = {
    write(file, bytes) {
      calls.push('write');
      if (left === 0) throw Object.assign(new Error('no space left on device'), {code: 'ENOSPC'});
      const taken = Math.min(left, bytes.length);
      left -= taken;
      return writeSync(file, bytes.subarray(0, taken));
    },
    sync: () => void calls.push('sync'),
  };
  return {disk, calls, makeRoom: () => (left = Number.POSITIVE_INFINITY)};
}

describe('a journal', () => {
  test('is written with one write a record, and synced at every change of state but not for progress', () => {
    const {disk, calls} = countingDisk();
    const journal = openJournal(path, disk);
    journal.append(event('a'));
    journal.append(progress);
    journal.append(event('b'));
    journal.close();
    expect(calls).toEqual(['write', 'sync', 'write', 'write', 'sync']);
    expect(readJournal(path).events).toEqual([event('a'), progress, event('b')]);
  });

  test('is read on from an offset; a line that is not whole yet waits for the next look', () => {
    const line = JSON.stringify(event('b'));
    writeFileSync(path, `${JSON.stringify(event('a'))}\n${line.slice(0, 10)}`);
    const first = readJournal(path);
    expect(first.events).toEqual([event('a')]);
    appendFileSync(path, `${line.slice(10)}\n`);
    expect(readJournal(path, first.offset).events).toEqual([event('b')]);
  });

  test('with a torn last line is closed off by the next writer, and readers pass over the torn line', () => {
    writeFileSync(path, `${JSON.stringify(event('a'))}\n{"at":1,"up`);
    const journal = openJournal(path);
    journal.append(event('b'));
    journal.close();
    expect(readJournal(path).events).toEqual([event('a'), event('b')]);
  });

  test.each(['null', '[]', '7', '{"type":3}', 'nonsense', '', '\u0000\u0000'])('passes over the line %j', (line) => {
    writeFileSync(path, `${line}\n${JSON.stringify(event('a'))}\n`);
    expect(readJournal(path).events).toEqual([event('a')]);
  });

  test('keeps records of unknown types for whoever knows them', () => {
    writeFileSync(path, '{"at":1,"up":1,"type":"from-the-future"}\n');
    expect(readJournal(path).events).toHaveLength(1);
  });

  test('that is not there has no records', () => {
    expect(readJournal(path)).toEqual({events: [], offset: 0});
  });

  test('on a full disk throws disk-full, and is whole again once there is room', () => {
    const {disk, makeRoom} = countingDisk(100);
    const journal = openJournal(path, disk);
    journal.append(event('a'));
    expect(() => journal.append(event('b'))).toThrow('The disk that holds the run is full.');
    expect(() => journal.append(event('c'))).toThrow('The disk that holds the run is full.');
    makeRoom();
    journal.append(event('d'));
    journal.close();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
    expect(readJournal(path).events).toEqual([event('a'), event('d')]);
  });
});
