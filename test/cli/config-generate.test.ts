import {expect, test} from 'vitest';
import type {GenerateReport} from '../../src/engine/index.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {runCommand} from './open-command.ts';

const words = ['config', 'generate', '-i', 'q.yaml', '-o', '/cfg', '-s', '/srv/pai'];

function engineWith(report: Partial<GenerateReport>) {
  const {engine} = createFakeEngine();
  const asked: unknown[] = [];
  return {
    asked,
    engine: {
      ...engine,
      async generateConfig(request: unknown): Promise<GenerateReport> {
        asked.push(request);
        return {folder: '/cfg', era: 'G', files: [], problems: [], ...report};
      },
    },
  };
}

const written = {name: 'layout.yaml', action: 'written', hasSecret: true, shown: 'machine-list: []\n'} as const;
const replaced = {
  ...written,
  name: 'config.yaml',
  action: 'replaced',
  backup: 'config.yaml.bak-20261120-201905',
} as const;

test('config generate hands on absolute paths and what was wished', async () => {
  const {engine, asked} = engineWith({});
  await runCommand([...words, '-f', '--dry-run'], {engine, cwd: '/home/op'});
  await runCommand(['cluster', 'generate-configuration', ...words.slice(2, 6), '--source', 'pai'], {
    engine,
    cwd: '/home/op',
  });
  expect(asked).toEqual([
    {quickStart: '/home/op/q.yaml', output: '/cfg', source: '/srv/pai', overwrite: true, dryRun: true},
    {quickStart: '/home/op/q.yaml', output: '/cfg', source: '/home/op/pai', overwrite: false, dryRun: false},
  ]);
});

test('what was written is a table, or one JSON document', async () => {
  const {engine} = engineWith({files: [written, replaced]});
  const {code, stdout, stderr} = await runCommand(words, {engine});
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  expect(stdout).toBe(
    [
      '/cfg:',
      'FILE         WAS',
      'layout.yaml  written',
      'config.yaml  replaced  before: config.yaml.bak-20261120-201905',
      '',
      'Check it with: pai-tui config check -c /cfg',
      '',
    ].join('\n'),
  );
  const {stdout: json} = await runCommand([...words, '--json'], {engine});
  expect(JSON.parse(json)).toEqual({
    folder: '/cfg',
    era: 'G',
    files: [
      {name: 'layout.yaml', action: 'written'},
      {name: 'config.yaml', action: 'replaced', backup: 'config.yaml.bak-20261120-201905'},
    ],
    problems: [],
  });
});

test('a dry run prints the files', async () => {
  const {engine} = engineWith({files: [written]});
  const {stdout} = await runCommand([...words, '--dry-run'], {engine});
  expect(stdout).toBe('# /cfg/layout.yaml: would be written, for its owner alone\nmachine-list: []\n\n');
});

test('mistakes go to stderr and end with 3, warnings do not', async () => {
  const problem = {code: 'config-invalid', message: 'Bad.', file: '/q.yaml', line: 3, key: 'dns'} as const;
  const bad = await runCommand(words, {engine: engineWith({problems: [problem]}).engine});
  expect({code: bad.code, stdout: bad.stdout}).toEqual({code: 3, stdout: ''});
  expect(bad.stderr).toContain('config-invalid: Bad.\n  /q.yaml:3 (dns)\n');
  const warned = await runCommand(words, {engine: engineWith({problems: [{...problem, severity: 'warning'}]}).engine});
  expect(warned.code).toBe(0);
});

test.each([
  [['config', 'generate', '-o', '/cfg'], 2, 'config generate needs --input FILE'],
  [['config', 'generate', '-i', 'q.yaml'], 2, 'config generate needs --output DIR'],
  [[...words, '--readonly'], 4, 'read-only: config generate writes files'],
])('%j is refused', async (argv, code, message) => {
  const {engine, asked} = engineWith({});
  const result = await runCommand(argv, {engine});
  expect({code: result.code, asked}).toEqual({code, asked: []});
  expect(result.stderr).toContain(message);
});
