import {spawnSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';

const script = resolve(import.meta.dirname, '../../scripts/ready.mjs');

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'pai-ready-'));
  for (const folder of ['scripts', 'bin', 'dist', 'node_modules']) mkdirSync(join(clone, folder));
  copyFileSync(script, join(clone, 'scripts/ready.mjs'));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\necho "npm $1" >> installed\n', {mode: 0o755});
});
afterEach(() => rmSync(clone, {recursive: true}));

function ready() {
  return spawnSync(process.execPath, [join(clone, 'scripts/ready.mjs')], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {PATH: [join(clone, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':')},
  });
}

test('the packages are installed once, and the lock is gone afterwards', () => {
  expect(ready().status).toBe(0);
  const {status, stderr} = ready();
  expect({status, stderr}).toEqual({status: 0, stderr: ''});
  expect(existsSync(join(clone, 'installed'))).toBe(true);
  expect(readdirSync(join(clone, 'dist'))).toEqual([]);
});

test.each([
  ['that was left empty', ''],
  ['of a process that is gone', String(spawnSync('true').pid)],
])('a lock %s is nobody’s', (_, content) => {
  writeFileSync(join(clone, 'dist/.installing'), content);
  const {status, stderr} = ready();
  expect({status, stderr}).toMatchObject({status: 0, stderr: expect.stringContaining('Installing the packages')});
  expect(readdirSync(join(clone, 'dist'))).toEqual([]);
});
