import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Engine} from '../../src/engine/index.ts';
import {renderFile} from '../../src/engine/package/render-file.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {runCommand} from './open-command.ts';

const engine: Engine = {...createFakeEngine().engine, renderTemplate: renderFile};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-cli-'));
  writeFileSync(join(folder, 'c.yaml'), 'a: [1, 2.0]\n');
});
afterEach(() => rmSync(folder, {recursive: true}));

function run(template: string, ...more: readonly string[]) {
  writeFileSync(join(folder, 't'), template);
  return runCommand(['template', 'render', 't', '--context', 'c.yaml', ...more], {engine, cwd: folder});
}

test.each([
  ['{{ a }}', '[1, 2.0]'],
  ['{{ a }}\n', '[1, 2.0]'],
  ['é\u001b[31m\n\n', 'é\u001b[31m\n'],
  ['', ''],
])('template render of %j prints exactly %j', async (template, expected) => {
  expect(await run(template)).toMatchObject({code: 0, stdout: expected, stderr: ''});
});

test('what is undefined is told on stderr, and the text is whole on stdout', async () => {
  const {code, stdout, stderr} = await run('x\n[{{ nope }}]');
  expect({code, stdout}).toEqual({code: 0, stdout: 'x\n[]'});
  expect(stderr).toContain("warning template-undefined: 'nope' is undefined; it is rendered as nothing.");
  expect(stderr).toContain(`${join(folder, 't')}:2:5`);
});

test('a template that fails prints nothing on stdout and ends with 3', async () => {
  const {code, stdout, stderr} = await run('x{{ a.b.c }}');
  expect({code, stdout}).toEqual({code: 3, stdout: ''});
  expect(stderr).toMatch(/^template-failed: .*a has no 'b'\.\n {2}.*t:1:8$/m);
});

test('with --json it is one document', async () => {
  const {code, stdout} = await run('{{ a }}{{ nope }}', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    text: '[1, 2.0]',
    problems: [{code: 'template-undefined', severity: 'warning', line: 1, column: 11}],
  });
});

test('template render needs one file', async () => {
  const {code, stderr} = await runCommand(['template', 'render'], {engine});
  expect(code).toBe(2);
  expect(stderr).toContain('template render needs one FILE');
});
