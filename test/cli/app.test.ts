import {expect, test} from 'vitest';
import {createFakeEngine, runOf} from '../helpers/fake-engine.ts';
import {runCommand} from './open-command.ts';

test('without a terminal the app is refused with the help, exit code 2', async () => {
  const {code, stdout, stderr, screens} = await runCommand([], {});
  expect({code, stdout, screens}).toEqual({code: 2, stdout: '', screens: []});
  expect(stderr).toMatch(/^no-terminal: The screens need a terminal/);
  expect(stderr).toContain('Usage: pai-tui');
});

/** Where these lie depends on the account. */
const kubectl = {kubeconfig: expect.any(String), programs: expect.any(String)};

test('on a terminal the app opens with what the flags say', async () => {
  const {engine} = createFakeEngine();
  const {code, screens} = await runCommand(['-s', '/t', '-c', '/c', '--readonly', '--ascii'], {engine, terminal: true});
  expect(code).toBe(0);
  expect(screens).toEqual([{engine, source: '/t', config: '/c', kubectl, readOnly: true, noColor: false, ascii: true}]);
});

test('a terminal that cannot move its cursor gets the list and the commands to use', async () => {
  const {engine} = createFakeEngine();
  const {code, stdout, screens} = await runCommand(['-s', '/t'], {engine, terminal: true, environment: {TERM: 'dumb'}});
  expect({code, screens}).toEqual({code: 0, screens: []});
  expect(stdout).toMatch(/^webportal /m);
  expect(stdout).toContain('pai-tui image build');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(stdout).not.toMatch(/[\u001b\r]/);
});

test('run attach opens the run view in a terminal, on the tree the run was about', async () => {
  const {engine} = createFakeEngine({runs: [runOf({id: 'r1', status: 'done', tasks: []})]});
  const {screens} = await runCommand(['run', 'attach', 'r1'], {engine, terminal: true});
  expect(screens).toEqual([{engine, source: '/srv/pai', attach: 'r1', kubectl, noColor: false, ascii: false}]);
  const piped = await runCommand(['run', 'attach', 'r1'], {engine});
  expect(piped.screens).toEqual([]);
  expect(piped.stdout).toContain('done');
});
