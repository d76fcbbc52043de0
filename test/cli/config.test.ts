import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import type {Engine} from '../../src/engine/index.ts';
import {fixture} from '../catalog/trees.ts';
import {createFakeEngine} from '../helpers/fake-engine.ts';
import {runCommand} from './open-command.ts';

/** What reads files is the real one: nothing of it reaches outside of its folder. */
const engine: Engine = {...createFakeEngine().engine, openConfig, openTree: (folder) => openCatalog(folder)};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const sample = ['-c', fixture('config-sample'), '-s', fixture('sample')];

/** A layout with three mistakes and a warning. */
function brokenLayout(): string {
  writeFileSync(
    join(folder, 'layout.yaml'),
    [
      'machine-sku:',
      '  big: {mem: 64, cpu: {vcore: 16}, os: ubuntu16.04}',
      'machine-list:',
      '  - {hostname: a, hostip: 10.0.0.1, machine-type: big, username: op, password: quite-secret, pai-master: true}',
      '  - {hostname: b, machine-type: big, username: op, password: quite-secret, sshport: many}',
    ].join('\n'),
  );
  return folder;
}

test('config check says that nothing is wrong, and of what', async () => {
  const {code, stdout, stderr} = await runCommand(['config', 'check', ...sample], {engine});
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  expect(stdout).toMatch(/config-sample: era G \(v0\.\d+\), \d machines: nothing is wrong\.$/m);
});

test('config check prints every mistake with file and line on stdout, and ends with 3', async () => {
  const {code, stdout, stderr} = await runCommand(['config', 'check', '-c', brokenLayout()], {engine});
  expect({code, stderr}).toEqual({code: 3, stderr: ''});
  expect(stdout).toMatch(/^config-invalid: .*sshport.*\n {2}.*layout\.yaml:5 \(machine-list\.1\.sshport\)$/m);
  expect(stdout).toMatch(/^config-invalid: .*hostip.*\n {2}.*layout\.yaml:5/m);
  expect(stdout).toMatch(/\d+ errors/);
  expect(stdout).not.toContain('quite-secret');
});

test('config check --json is one document in which every problem has its severity', async () => {
  const {code, stdout} = await runCommand(['config', 'check', '--json', '-c', brokenLayout()], {engine});
  expect(code).toBe(3);
  const {problems} = JSON.parse(stdout);
  expect(problems.length).toBeGreaterThan(2);
  for (const problem of problems) {
    expect(problem).toMatchObject({
      severity: expect.stringMatching(/^(error|warning|notice)$/),
      message: expect.any(String),
    });
  }
});

test('config check of a folder that holds no configuration ends with 3 and says what it looked for', async () => {
  const {code, stdout} = await runCommand(['config', 'check', '-c', folder], {engine});
  expect(code).toBe(3);
  expect(stdout).toContain('layout.yaml');
  expect(stdout).toContain(`${folder}: 1 error.`);
});

test('config show prints each value as Python prints it, with the line it comes from', async () => {
  const {code, stdout} = await runCommand(['config', 'show', ...sample], {engine});
  expect(code).toBe(0);
  expect(stdout).toMatch(/^layout\.machine-list\.infra-01\.dashboard +'true' +layout\.yaml:\d+$/m);
  expect(stdout).toMatch(/^layout\.machine-sku\.gpu-worker\.mem +224 +layout\.yaml:\d+$/m);
  expect(stdout).toMatch(/^rest-server\.uri +'http:\/\/192\.0\.2\.1:\d+' +derived from /m);
});

test('config show never prints a secret, in text or JSON, in either view', async () => {
  for (const view of ['services', 'kubernetes']) {
    for (const json of [[], ['--json']]) {
      const argv = ['config', 'show', '--view', view, ...json, '-c', fixture('config-c'), '-s', fixture('tree-c')];
      const {code, stdout} = await runCommand(argv, {engine});
      expect(code).toBe(0);
      expect(stdout).toContain('••••••');
      expect(stdout).not.toContain('change-me');
    }
  }
});

test('config show --python shows what the modules of the tree make, and runs nothing of it unasked', async () => {
  let ran = 0;
  const runModules = async () => {
    ran++;
    return {values: new Map([['drivers', new Map([['version', 'newest']])]]), problems: []};
  };
  const running: Engine = {
    ...engine,
    openConfig: (path, {python, ...options} = {}) => openConfig(path, {...options, ...(python ? {runModules} : {})}),
  };
  const argv = ['config', 'show', '-c', fixture('config-g'), '-s', fixture('tree-g')];
  expect((await runCommand(argv, {engine: running})).stdout).toMatch(/^drivers\.version +'384\.111' +default: /m);
  expect(ran).toBe(0);
  const {code, stdout, stderr} = await runCommand([...argv, '--python'], {engine: running});
  expect({code, ran}).toEqual({code: 0, ran: 1});
  expect(stdout).toMatch(/^drivers\.version +'newest' +derived from src\/drivers\/config\/drivers\.py$/m);
  expect(stderr).toContain(
    "drivers.version is 'newest' by src/drivers/config/drivers.py, and '384.111' as it is known",
  );
});

test('config show --json is the model itself', async () => {
  const {stdout} = await runCommand(['config', 'show', '--json', ...sample], {engine});
  expect(JSON.parse(stdout)).toMatchObject({
    layout: {'machine-sku': {'gpu-worker': {mem: 224, cpu: {vcore: 24}}}},
    cluster: {common: {'cluster-id': expect.any(String)}},
  });
});

test('what is wrong goes to stderr of config show, which shows what can be read and ends with 3', async () => {
  const {code, stdout, stderr} = await runCommand(['config', 'show', '-c', brokenLayout()], {engine});
  expect(code).toBe(3);
  expect(stderr).toContain('sshport');
  expect(stdout).toMatch(/^layout\.machine-list\.a\.hostip +'10\.0\.0\.1' +layout\.yaml:4$/m);
});

test('without a configuration that of the sample is read, and that is said; in a tree it must be named', async () => {
  const withSample: Engine = {
    ...engine,
    openTree: (path) => openCatalog(path === '/sample' ? fixture('sample') : path),
    openConfig: (path, options) => openConfig(path === '/config-sample' ? fixture('config-sample') : path, options),
  };
  const elsewhere = await runCommand(['config', 'check', '--json'], {engine: withSample, cwd: folder});
  expect(elsewhere.stderr).toContain('No configuration was named');
  expect(elsewhere.code).toBe(0);
  const inTree = await runCommand(['config', 'check'], {engine, cwd: fixture('tree-e')});
  expect(inTree.code).toBe(3);
  expect(inTree.stderr).toContain('Name it with --config DIR');
});
