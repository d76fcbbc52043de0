import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openCatalog} from '../../../src/engine/catalog/open.ts';
import {generateConfig} from '../../../src/engine/config/generate/generate.ts';
import type {GenerateReport, GenerateRequest} from '../../../src/engine/config/generate/types.ts';
import {openConfig} from '../../../src/engine/config/open.ts';
import type {MachineConfig} from '../../../src/engine/config/types.ts';
import {type Problem, ProblemError} from '../../../src/engine/problem.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const quickStart = (name: string) => join(root, 'fixtures/quick-start', `${name}.yaml`);
const tree = (era: string) => join(root, 'fixtures', `tree-${era}`);

let folder: string;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-generate-'));
  output = join(folder, 'new/cluster');
});
afterEach(() => rmSync(folder, {recursive: true}));

function generate(file: string, era: string, more: Partial<GenerateRequest> = {}): Promise<GenerateReport> {
  const request = {quickStart: file, output, source: tree(era), overwrite: false, dryRun: false, ...more};
  return generateConfig(request, join(root, 'assets/quick-start'));
}

const isWorse = ({severity}: Problem) => severity !== 'notice';
const modeOf = (name: string) => (statSync(join(output, name)).mode & 0o777).toString(8);
const textOf = (name: string) => readFileSync(join(output, name), 'utf8');

async function read(era: string) {
  const {toolRoot, era: found, version} = await openCatalog(tree(era));
  return openConfig(output, {tree: {toolRoot, era: found, ...(version === undefined ? {} : {version})}});
}

function words({hostname, address, sshPort, login, roles, labels, machineType, etcdId}: MachineConfig): string {
  const secret = [login.password?.reveal(), login.keyFile].filter((part) => part !== undefined).join(' and ');
  return `${hostname} ${login.user}@${address}:${sshPort} ${secret} ${roles} ${labels} ${machineType} ${etcdId ?? '-'}`;
}

const old = [
  'cluster-configuration.yaml',
  'k8s-role-definition.yaml',
  'kubernetes-configuration.yaml',
  'services-configuration.yaml',
];
const ofG = ['k8s-role-definition.yaml', 'kubernetes-configuration.yaml', 'layout.yaml', 'services-configuration.yaml'];
const ofH = ['config.yaml', 'layout.yaml', 'services-configuration.yaml'];

describe('what is generated is read without an error or a warning', () => {
  test.each([
    ['d', old],
    ['e', old],
    ['f', old],
    ['g', ofG],
    ['h', ofH],
  ])('era %s, by password', async (era, files) => {
    const report = await generate(quickStart('password'), era);
    expect(report.problems.filter(isWorse).filter(({key}) => key !== 'dns')).toEqual([]);
    expect(readdirSync(output).sort()).toEqual(files);
    const {config, problems} = await read(era);
    expect(problems.filter(isWorse)).toEqual([]);
    const label = era === 'h' ? 'pai-master' : 'dashboard,pai-master';
    const etcd = era === 'h' ? '-' : 'etcdid1';
    expect(config?.machines.map(words)).toEqual([
      `10.0.0.1 operator@10.0.0.1:22 change-me master ${label} GENERIC ${etcd}`,
      '10.0.0.11 operator@10.0.0.11:22 change-me worker pai-worker GENERIC -',
      '10.0.0.12 operator@10.0.0.12:22 change-me worker pai-worker GENERIC -',
    ]);
    expect(config?.clusterId).toBe('pai');
    if (era !== 'h')
      expect(config?.kubernetes).toMatchObject({api: {address: '10.0.0.1', port: 8080}, serviceRange: '10.254.0.0/16'});
    expect(modeOf('services-configuration.yaml')).toBe('600');
    expect(modeOf(files.find((name) => /^(?:cluster|layout)/.test(name)) ?? '')).toBe(era === 'h' ? '644' : '600');
    if (era === 'h') expect(modeOf('config.yaml')).toBe('600');
  });

  const password = "0755: with # and 'quotes'";
  const key = '/home/operator/.ssh/cluster';
  test.each([
    ['d', '2222', password],
    ['e', '2222', `${password} and ${key}`],
    ['f', '2222', key],
    ['g', '2222', `${password} and ${key}`],
    ['h', '22', `${password} and ${key}`],
  ])('era %s, with all that can be said', async (era, port, secret) => {
    const report = await generate(quickStart('key'), era);
    expect(report.problems.filter(isWorse).map(({key: name}) => name)).toEqual(era === 'h' ? ['ssh-port'] : []);
    const {config, problems} = await read(era);
    expect(problems.filter(isWorse)).toEqual([]);
    expect(config?.machines.map((machine) => words(machine).split(' ').slice(1, -4).join(' '))).toEqual([
      `operator@10.0.0.1:${port} ${secret}`,
      `operator@10.0.0.11:${port} ${secret}`,
    ]);
    if (era !== 'h') expect(config?.kubernetes).toMatchObject({dns: '10.0.0.53', serviceRange: '169.254.0.0/16'});
    else expect(textOf('config.yaml')).toContain('    - 10.0.0.53\n  kube_service_addresses: 169.254.0.0/16\n');
    const savesKey = textOf('services-configuration.yaml').includes('ssh-secret-name: ssh-key');
    expect(savesKey).toBe(era === 'e');
    const isSaid = report.problems.some(({key: name}) => name === 'ssh-secret-name');
    expect(isSaid).toBe(era !== 'e');
  });

  test.each(['d', 'e', 'f', 'g'])('era %s, of one machine, which is everything', async (era) => {
    await generate(quickStart('one-machine'), era);
    const {config, problems} = await read(era);
    expect(problems.filter(isWorse)).toEqual([]);
    expect(config?.machines.map(({roles, labels}) => [roles, labels])).toEqual([
      [['master'], ['dashboard', 'pai-master', 'pai-worker']],
    ]);
  });

  test.each([
    ['f', ''],
    ['g', ''],
  ])('era %s, by key alone', async (era) => {
    await generate(quickStart('key-only'), era);
    const {config, problems} = await read(era);
    expect(problems.filter(isWorse)).toEqual([]);
    expect(config?.machines.map(({login}) => login)).toEqual([1, 2].map(() => ({user: 'operator', keyFile: key})));
  });
});

describe('what the quick-start file does not say', () => {
  test('is guessed, and every guess is said', async () => {
    const {problems} = await generate(quickStart('key-only'), 'f');
    const said = problems
      .filter(({severity}) => severity === 'notice' || severity === 'warning')
      .map(({message}) => message);
    expect(said.filter((message) => !message.includes('name server'))).toEqual([
      'Host names and names of nodes are the addresses, because no machine was asked.',
      'All machines are of the kind GENERIC, with the least of everything, because none was asked.',
      'The tag of images is "latest", because the tree does not say its version.',
      'v0.9 saves no key in the cluster, so ssh-secret-name is not used.',
      'The admin of the services has a password made by chance.',
    ]);
    expect(said.filter((message) => message.includes('name server'))).toHaveLength(1);
  });

  test('is the tag of images where the tree says its version', async () => {
    await generate(quickStart('password'), 'g');
    expect(textOf('services-configuration.yaml')).toContain('tag: v0.14.0\n');
  });

  test('are secrets, and no two configurations have the same', async () => {
    await generate(quickStart('password'), 'g');
    const first = textOf('services-configuration.yaml');
    await generate(quickStart('password'), 'g', {overwrite: true});
    const second = textOf('services-configuration.yaml');
    for (const name of ['jwt-secret', 'default-pai-admin-password']) {
      const [, one = ''] = new RegExp(`${name}: (\\S+)`).exec(first) ?? [];
      expect(one.length).toBeGreaterThanOrEqual(24);
      expect(second).not.toContain(one);
    }
  });
});

describe('mistakes', () => {
  test('are told all at once, with line and key, and nothing is written', async () => {
    const {files, problems} = await generate(quickStart('mistakes'), 'g');
    expect(files).toEqual([]);
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect(problems.map(({severity = 'error', line, key, file}) => [severity, line, key, file])).toEqual(
      [
        ['error', 1, 'ssh-password'],
        ['error', 3, 'machines.1'],
        ['error', 4, 'machines.2'],
        ['error', 5, 'ssh_username'],
        ['error', 6, 'ssh-secret-name'],
        ['error', 7, 'ssh-port'],
        ['error', 8, 'dns'],
        ['warning', 9, 'colour'],
      ].map((problem) => [...problem, quickStart('mistakes')]),
    );
    for (const {hint} of problems) expect(hint).toMatch(/\S/);
  });

  test.each([
    ['d', 'key-only', 'ssh-password is missing: the tools of v0.7 know no keys.'],
    ['e', 'key-only', 'ssh-password is missing: the tools of v0.8 ask for a password also beside a key.'],
    ['h', 'key-only', 'ssh-password is missing: from v1.0 on it is needed also beside a key.'],
    ['h', 'one-machine', 'There is one machine, and from v1.0 on the master runs no jobs, so that no machine would.'],
  ])('of era %s in %s', async (era, file, message) => {
    const {files, problems} = await generate(quickStart(file), era);
    expect(files).toEqual([]);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });

  test.each([
    ['', 'config-invalid'],
    ['- a\n', 'config-invalid'],
    ['machines: [\n', 'yaml-invalid'],
    ['machines: {a: 1}\nssh-username: [x]\nssh-password: {a: b}\n', 'config-invalid'],
    ['machines: []\nssh-username: x\nssh-password: y\n', 'config-invalid'],
  ])('of a file that is something else: %j', async (text, code) => {
    const file = join(folder, 'quick-start.yaml');
    writeFileSync(file, text);
    const {files, problems} = await generate(file, 'g');
    expect(files).toEqual([]);
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  test('of a file that is not there', async () => {
    const {problems} = await generate(join(folder, 'none.yaml'), 'g');
    expect(problems.map(({code, message}) => [code, message])).toEqual([
      ['file-unreadable', `${folder}/none.yaml cannot be read: it is not there.`],
    ]);
  });

  test('of a tree that is too old for quick-start files', async () => {
    await expect(generate(quickStart('password'), 'c')).rejects.toMatchObject({problem: {code: 'usage'}});
  });
});

describe('what is there already', () => {
  beforeEach(async () => {
    await generate(quickStart('password'), 'g');
  });
  const everything = () => Object.fromEntries(readdirSync(output).map((name) => [name, textOf(name)]));

  test('stays as it is, with a warning for each file', async () => {
    const before = everything();
    const {files, problems} = await generate(quickStart('key'), 'g');
    expect(everything()).toEqual(before);
    expect(files.map(({action}) => action)).toEqual(['kept', 'kept', 'kept', 'kept']);
    expect(problems.filter(({severity}) => severity === 'warning').map(({message}) => message)).toEqual(
      files.map(({name}) => `${name} is there already and stays as it is.`),
    );
  });

  test('is completed where a file is missing', async () => {
    rmSync(join(output, 'layout.yaml'));
    const {files} = await generate(quickStart('key'), 'g');
    expect(files.filter(({action}) => action === 'written').map(({name}) => name)).toEqual(['layout.yaml']);
  });

  test('is replaced when that is asked for, and kept under another name with its mode', async () => {
    const before = textOf('layout.yaml');
    chmodSync(join(output, 'layout.yaml'), 0o640);
    const {files} = await generate(quickStart('key'), 'g', {overwrite: true});
    const {action, backup = ''} = files[0] ?? {};
    expect(action).toBe('replaced');
    expect(backup).toMatch(/^layout\.yaml\.bak-\d{8}-\d{6}$/);
    expect([textOf(backup), modeOf(backup), modeOf('layout.yaml')]).toEqual([before, '640', '600']);
    expect(textOf('layout.yaml')).toContain('sshport: 2222');
  });

  test('is never lost, however often it is replaced', async () => {
    const texts = new Set([textOf('services-configuration.yaml')]);
    for (let time = 0; time < 3; time++) {
      await generate(quickStart('password'), 'g', {overwrite: true});
      texts.add(textOf('services-configuration.yaml'));
    }
    const kept = readdirSync(output).filter((name) => name.startsWith('services-configuration.yaml'));
    expect(new Set(kept.map(textOf))).toEqual(texts);
    expect(texts.size).toBe(4);
  });

  test('is a link: the link is kept, and what it leads to is not touched', async () => {
    const elsewhere = join(folder, 'elsewhere.yaml');
    writeFileSync(elsewhere, 'mine\n');
    rmSync(join(output, 'layout.yaml'));
    symlinkSync(elsewhere, join(output, 'layout.yaml'));
    const {files} = await generate(quickStart('password'), 'g', {overwrite: true});
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine\n');
    expect(textOf(files[0]?.backup ?? '')).toBe('mine\n');
    expect(textOf('layout.yaml')).toContain('machine-list:');
  });
});

describe('a folder that cannot be written to', () => {
  const refusal = async (more: Partial<GenerateRequest>) => {
    const error = await generate(quickStart('password'), 'g', more).catch((thrown: unknown) => thrown);
    return error instanceof ProblemError ? `${error.problem.code}: ${error.problem.message}` : error;
  };

  test('is a file, or lies in one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal({output: file})).toBe(`file-unwritable: ${file} is a file, and a folder is needed.`);
    expect(await refusal({output: join(file, 'x')})).toBe(
      `file-unwritable: ${file}/x cannot be written: a part of the path is not a folder.`,
    );
  });

  test('lies where no folder can be made', async () => {
    expect(await refusal({output: '/proc/none/cluster'})).toBe(
      'file-unwritable: /proc/none/cluster cannot be written: it is not there (any more).',
    );
  });

  test('holds a folder where a file should be: then no file is written', async () => {
    mkdirSync(join(output, 'services-configuration.yaml'), {recursive: true});
    expect(await refusal({})).toContain('services-configuration.yaml is a folder');
    expect(readdirSync(output)).toEqual(['services-configuration.yaml']);
  });
});

test('a dry run says what would be in the files, secrets as dots, and writes nothing', async () => {
  const {files} = await generate(quickStart('key'), 'g', {dryRun: true});
  expect(existsSync(join(folder, 'new'))).toBe(false);
  expect(files.map(({name, action, hasSecret}) => [name, action, hasSecret])).toEqual([
    ['layout.yaml', 'written', true],
    ['kubernetes-configuration.yaml', 'written', false],
    ['k8s-role-definition.yaml', 'written', false],
    ['services-configuration.yaml', 'written', true],
  ]);
  const shown = files.map((file) => file.shown).join('');
  expect(shown).toContain('sshport: 2222');
  expect(shown).not.toContain('0755');
  expect(shown.match(/(?:password|jwt-secret): .*/g)).toEqual([
    ...['password', 'password', 'jwt-secret', 'default-pai-admin-password'].map((name) =>
      expect.stringMatching(new RegExp(`^(?:${name}|password): "?••••••"?$`)),
    ),
  ]);
});

test('where a file is kept, nothing is said of what would have been in it', async () => {
  await generate(quickStart('password'), 'g');
  const {problems} = await generate(quickStart('password'), 'g');
  expect(problems.filter(({severity}) => severity === 'notice')).toEqual([]);
});
