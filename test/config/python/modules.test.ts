import {spawnSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {openCatalog} from '../../../src/engine/catalog/open.ts';
import type {Era} from '../../../src/engine/catalog/types.ts';
import {openConfig} from '../../../src/engine/config/open.ts';
import {createModuleRunner} from '../../../src/engine/config/python/run-modules.ts';
import type {YamlMap} from '../../../src/engine/config/yaml.ts';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {askProgram} from '../../../src/engine/terminal/ask-program.ts';
import {fixture, makeTree} from '../../catalog/trees.ts';
import {type Edit, editedConfig} from '../configs.ts';

const python3 = programOf(['python3']);
const python2 = programOf(['python2', '/usr/bin/python2', '/usr/bin/python2.7']);
const needed = 'skipped: needs python3 (apt-get install python3)';

function programOf(names: readonly string[]): string | undefined {
  for (const name of names) {
    const {status, stdout} = spawnSync(name, ['-c', 'import sys; print(sys.executable)'], {encoding: 'utf8'});
    if (status === 0) return stdout.trim();
  }
  return undefined;
}

interface Run {
  readonly era?: Era;
  readonly version?: string;
  readonly edits?: readonly Edit[];
  /** PATH of the modules; absent: ours. */
  readonly path?: string;
  readonly deadlineMs?: number;
}

/** A fixture's configuration, with modules of a tree run. */
async function run(toolRoot: string, {era = 'G', edits = [], path, deadlineMs, version}: Run = {}) {
  const folder = await editedConfig(era.toLowerCase(), edits);
  const files = createFiles({cacheFile: join(toolRoot, 'cache')});
  const environment = {PATH: path ?? process.env['PATH']};
  const runModules = createModuleRunner({
    program: fileURLToPath(new URL('../../../assets/config-modules/run_modules.py', import.meta.url)),
    ask: askProgram,
    files,
    environment,
    ...(deadlineMs === undefined ? {} : {deadlineMs}),
  });
  const tree = {toolRoot, era, ...(version === undefined ? {} : {version})};
  const {draft, problems} = await openConfig(folder, {tree, runModules});
  const view = draft?.views.services.reveal() ?? new Map();
  return {view, problems, draft, tree, folder, ofModules: problems.filter(isOfModules)};
}

function isOfModules({code, message}: Problem): boolean {
  return code === 'module-failed' || code === 'deadline-passed' || / by src\/|refuses the configuration/.test(message);
}

/** A tree with one module, which does this in `run`. */
function moduleTree(body: string, {name = 'grafana', above = ''} = {}): Promise<string> {
  const kind = name.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase());
  const lines = body.split('\n').map((line) => `        ${line}`);
  return makeTree({
    [`src/${name}/config/${name.replaceAll('-', '_')}.py`]: `${above}
class ${kind}(object):
    def __init__(self, layout, own, default):
        self.layout, self.own, self.default = layout, own, default
    def validation_pre(self):
        return True, None
    def run(self):
${lines.join('\n')}
    def validation_post(self, whole):
        return True, None
`,
    [`src/${name}/config/${name}.yaml`]: 'port: 3000\n',
  });
}

/** Every path below a folder with its kind, size and time. */
async function listing(folder: string): Promise<string[]> {
  const paths = await readdir(folder, {recursive: true});
  return Promise.all(
    paths.sort().map(async (path) => {
      const {mode, size, mtimeMs} = await stat(join(folder, path));
      return `${path} ${mode} ${size} ${mtimeMs}`;
    }),
  );
}

/** Where temporary folders are made until the test ends. */
async function ownTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-tmp-'));
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    return rm(folder, {recursive: true, force: true});
  });
  return folder;
}

describe.skipIf(!python3)(`the modules of a tree, run by python3${python3 ? '' : ` (${needed})`}`, () => {
  test.each(['f', 'g', 'h'])('agree with what is known here of tree-%s, which stays as it was', async (name) => {
    const catalog = await openCatalog(fixture(`tree-${name}`));
    const before = await listing(catalog.root);
    const ran = await run(catalog.toolRoot, {era: catalog.era, ...(catalog.version ? {version: catalog.version} : {})});
    const builtIn = await openConfig(ran.folder, {tree: ran.tree});
    expect(ran.ofModules).toEqual([]);
    expect([...ran.view.keys()]).toEqual([...(builtIn.draft?.views.services.reveal().keys() ?? [])]);
    expect(ran.view.has('cluster')).toBe(true);
    for (const [service, value] of ran.view as YamlMap) {
      if (service === 'frameworkcontroller') continue;
      expect(value, String(service)).toEqual(builtIn.draft?.views.services.reveal().get(service));
    }
    expect(await listing(catalog.root)).toEqual(before);
  });

  test('count where nothing is known of them, and every value says which module made it', async () => {
    const {view, draft, problems} = await run(fixture('tree-h'), {era: 'H', version: '1.8.0'});
    const controller = view.get('frameworkcontroller') as YamlMap;
    expect(controller.get('largest-framework')).toBe(100n);
    expect(problems.filter(({message}) => message.includes('not known here'))).toEqual([]);
    const of = 'src/frameworkcontroller/config/frameworkcontroller.py';
    expect(draft?.originOf(controller, 'worker-number')).toEqual({from: 'derived', of});
    const registry = (view.get('cluster') as YamlMap).get('docker-registry') as YamlMap;
    expect(draft?.originOf(registry, 'prefix')).toEqual({from: 'derived', of: 'src/cluster/config/cluster.py'});
  });

  test.each([
    ['F', 'domain: registry.example.com:5000'],
    ['G', 'domain: registry.example.com:5000'],
    ['G', 'domain: public'],
    ['H', 'domain: docker.io'],
  ] as const)('log in nowhere in %s with %s, and get the credential of the configuration', async (era, domain) => {
    const folder = await mkdtemp(join(tmpdir(), 'pai-docker-'));
    onTestFinished(() => rm(folder, {recursive: true}));
    await writeFile(join(folder, 'docker'), `#!/bin/sh\necho "$@" >> ${folder}/called\n`);
    await chmod(join(folder, 'docker'), 0o755);
    const login = `${domain}\n    username: operator\n    password: quite-secret`;
    const edits: Edit[] = [['services-configuration.yaml', /domain: \S+/, login]];
    const path = `${folder}:${process.env['PATH']}`;
    const ran = await run(fixture(`tree-${era.toLowerCase()}`), {era, edits, path});
    const registry = (ran.view.get('cluster') as YamlMap).get('docker-registry') as YamlMap;
    const {auths} = JSON.parse(String(registry.get('credential')));
    expect(Object.values(auths)).toEqual([{auth: Buffer.from('operator:quite-secret').toString('base64')}]);
    expect(ran.ofModules).toEqual([]);
    expect(await readdir(folder)).toEqual(['docker']);
  });

  test('are told apart from what is known here, secrets as dots', async () => {
    const body = "return {'port': 3000, 'url': 'http://elsewhere', 'password': 'quite-secret', 'weight': 1.0}";
    const {ofModules, view} = await run(await moduleTree(body));
    expect(view.get('grafana')).toEqual(
      new Map<string, unknown>([
        ['port', 3000n],
        ['url', 'http://elsewhere'],
        ['password', 'quite-secret'],
        ['weight', 1],
      ]),
    );
    expect(ofModules.map(({severity, message}) => `${severity}: ${message}`)).toEqual([
      "notice: grafana.url is 'http://elsewhere' by src/grafana/config/grafana.py, and 'http://10.0.0.1:3000' as it is known here.",
      "notice: grafana.password is '••••••' by src/grafana/config/grafana.py, and not there as it is known here.",
      'notice: grafana.weight is 1.0 by src/grafana/config/grafana.py, and not there as it is known here.',
    ]);
  });

  test('are given values of Python’s types, and keep them', async () => {
    const edit: Edit = [
      'services-configuration.yaml',
      'rest-server:',
      'quota: {a: 25, b: 25.0, c: "25", d: true, e: null, f: 2026-11-20, g: [1, {2: é}], h: 99999999999999999999, i: .inf}\nrest-server:',
    ];
    const body = 'return {"own": self.own, "kinds": sorted(type(each).__name__ for each in self.own.values())}';
    const {view, ofModules} = await run(await moduleTree(body, {name: 'quota'}), {edits: [edit]});
    expect(ofModules).toEqual([]);
    const quota = view.get('quota') as YamlMap;
    const own = quota.get('own') as YamlMap;
    expect(Object.fromEntries([...own].filter(([key]) => key !== 'f'))).toEqual({
      a: 25n,
      b: 25,
      c: '25',
      d: true,
      e: null,
      g: [1n, new Map([[2n, 'é']])],
      h: 99999999999999999999n,
      i: Number.POSITIVE_INFINITY,
    });
    expect(String((own.get('f') as {text?: string} | undefined)?.text)).toBe('2026-11-20');
    expect(quota.get('kinds')).toEqual(['NoneType', 'bool', 'date', 'float', 'float', 'int', 'int', 'list', 'str']);
  });

  test('see nothing of our environment but PATH, work in a copy, and are told by their classes', async () => {
    const tree = await moduleTree(
      [
        'import os, sys',
        "return {'home': os.environ['HOME'] == os.path.dirname(os.getcwd()), 'names': sorted(os.environ), 'argv': sys.argv}",
      ].join('\n'),
      {name: 'k8s-dashboard'},
    );
    await writeFile(
      join(tree, 'src/k8s-dashboard/config/k8s_dashboard.py'),
      (await readModule(tree)).replace('K8sDashboard', 'K8SDashboard'),
    );
    const {view, problems} = await run(tree, {era: 'H', version: '1.8.0'});
    const seen = view.get('k8s-dashboard') as YamlMap;
    expect(problems.filter(({severity}) => severity === undefined)).toEqual([]);
    expect(seen.get('home')).toBe(true);
    expect(seen.get('argv')).toEqual(['run_modules.py']);
    expect(seen.get('names')).not.toContain('USER');
    expect(seen.get('names')).toEqual(expect.arrayContaining(['HOME', 'PATH']));
  });
});

function readModule(tree: string): Promise<string> {
  return readFile(join(tree, 'src/k8s-dashboard/config/k8s_dashboard.py'), 'utf8');
}

describe.skipIf(!python3)('a module that', () => {
  const file = 'src/grafana/config/grafana.py';
  /** The one problem of a tree whose module does this, with what is shown all the same. */
  const problemWith = async (body: string, options: Run & {above?: string} = {}) => {
    const temporary = await ownTemporaryFolder();
    const tree = await moduleTree(body, options.above === undefined ? {} : {above: options.above});
    const files = await listing(tree);
    const {ofModules, view} = await run(tree, {path: await onlyPython3(), ...options});
    expect(ofModules).toHaveLength(1);
    expect(ofModules[0]?.file).toBe(join(tree, file));
    expect((view.get('grafana') as YamlMap).get('url')).toBe('http://10.0.0.1:3000');
    expect(await listing(tree)).toEqual(files);
    expect((await readdir(temporary)).filter((name) => name.startsWith('pai-tui'))).toEqual([]);
    return ofModules[0];
  };

  test('raises is told with its line and what it said', async () => {
    const body = "import sys\nsys.stderr.write('looking for it\\n')\nreturn self.own['nothing']";
    expect(await problemWith(body)).toMatchObject({
      code: 'module-failed',
      message: `${file} failed in run: KeyError: 'nothing'.`,
      line: 10,
      detail: expect.stringMatching(/self\.own\['nothing'\][\s\S]*looking for it/),
    });
  });

  test('does not parse is told with its line', async () => {
    expect(await problemWith("print 'no'")).toMatchObject({
      message: expect.stringContaining(`${file} cannot be loaded: SyntaxError: Missing parentheses`),
      line: 8,
    });
  });

  test('holds a secret in its message is told without it', async () => {
    const problem = await problemWith("raise ValueError(self.layout['machine-list'][0]['password'])");
    expect(problem?.message).toBe(`${file} failed in run: ValueError: ••••••.`);
    expect(JSON.stringify(problem)).not.toContain('change-me');
  });

  test('imports what is not there is told the name', async () => {
    expect(await problemWith('return {}', {above: 'import kazoo.client'})).toMatchObject({
      message: `${file} imports kazoo, which python3 does not have.`,
      line: 1,
    });
  });

  test.each([
    ['import subprocess\nsubprocess.check_output(["kubectl", "get", "nodes"])', 'starts a program (kubectl)'],
    ['import os\nos.system("touch /tmp/x")', 'starts a program (touch)'],
    ['try:\n    import os\n    os.execv("/bin/true", ["true"])\nexcept:\n    pass\nreturn {}', 'starts a program'],
    ['import socket\nsocket.create_connection(("127.0.0.1", 9))', 'uses the network'],
    [
      'from paiLibrary.common import ssh_handler\nssh_handler.connect()',
      'calls paiLibrary.common.ssh_handler.connect of the original tools',
    ],
    ['open("/var/tmp/pai-no", "w")', 'writes into /var/tmp/pai-no'],
    ['import os\nos.mkdir("/var/tmp/pai-no")', 'changes /var/tmp/pai-no'],
  ])('does %j is stopped', async (body, what) => {
    const problem = await problemWith(body);
    expect(problem?.message).toContain(`${file} ${what}`);
    expect(problem?.message).toMatch(/which is not done for a configuration that is only looked at\.$/);
  });

  test('refuses the configuration is believed', async () => {
    const tree = await moduleTree('return {}');
    const text = await readFile(join(tree, file), 'utf8');
    await writeFile(join(tree, file), text.replace('return True, None', 'return False, "port is taken"'));
    const {ofModules} = await run(tree);
    expect(ofModules).toMatchObject([
      {code: 'config-invalid', message: `${file} refuses the configuration: port is taken.`},
    ]);
  });

  test('does not end is stopped at the deadline', async () => {
    expect(await problemWith('while True: pass', {deadlineMs: 6_000})).toMatchObject({
      code: 'deadline-passed',
      message: `${file} did not end within 6 s and was stopped.`,
    });
  });

  test.each([
    ['import os\nos.kill(os.getpid(), 9)', 'ended python3 without an answer (SIGKILL).'],
    ['import sys\nwhile True: sys.stdout.write("x" * 1000000)', 'said too much and was stopped.'],
    ['return {"a": {1, 2}}', 'failed in run: Unspeakable: grafana.a is a set, which no configuration holds.'],
    ['a = {}\na["a"] = a\nreturn a', 'failed in run: Unspeakable: grafana.a holds itself.'],
  ])('ends badly (%j) is told', async (body, what) => {
    expect((await problemWith(body))?.message).toBe(`${file} ${what}`);
  });
});

describe('the modules of a tree', () => {
  test('are not run unless that is asked for', async () => {
    const tree = await moduleTree('raise ValueError("it ran")', {above: 'raise ValueError("it ran")'});
    const folder = await editedConfig('g', []);
    const {problems} = await openConfig(folder, {tree: {toolRoot: tree, era: 'G'}});
    expect(JSON.stringify(problems)).not.toContain('it ran');
  });

  test('are not run without a Python, which is told', async () => {
    const {problems} = await run(await moduleTree('return {}'), {path: '/nowhere'});
    expect(problems).toContainEqual(
      expect.objectContaining({
        code: 'not-found',
        message: 'The modules of the tree were not run: there is neither python3 nor python2 in PATH.',
      }),
    );
  });

  test('are not run for a configuration with errors, and there must be some', async () => {
    const wrong: Edit = ['layout.yaml', 'sshport: 2222', 'sshport: many'];
    const {problems} = await run(await moduleTree('return {}'), {edits: [wrong], path: '/nowhere'});
    expect(problems).toContainEqual(
      expect.objectContaining({
        severity: 'notice',
        message: expect.stringContaining('because the configuration has errors'),
      }),
    );
    const none = await run(await makeTree({'paictl.py': ''}));
    expect(none.problems).toContainEqual(
      expect.objectContaining({code: 'not-found', message: 'No configuration modules were run: the tree has none.'}),
    );
  });

  test.skipIf(!python2 || !python3)('are run by python2 where python3 cannot', async () => {
    const path = await folderWith({python3, python2});
    const {view, ofModules} = await run(await moduleTree("print 'old'\nreturn {'url': u'\\xe9', 'port': 3000L}"), {
      path,
    });
    expect(view.get('grafana')).toEqual(
      new Map<string, unknown>([
        ['url', 'é'],
        ['port', 3000n],
      ]),
    );
    expect(ofModules.map(({message}) => message)).toContainEqual(
      expect.stringContaining('The modules were run by python2, since python3 cannot: src/grafana/config/grafana.py'),
    );
  });

  // What json.dumps makes of a dictionary has an order of its own there (tree-f).
  test.skipIf(!python2).each(['g', 'h'])('of tree-%s make the same by python2', async (name) => {
    const path = await folderWith({python2});
    const {ofModules, view} = await run(fixture(`tree-${name}`), {era: name.toUpperCase() as Era, path});
    expect(ofModules).toEqual([]);
    expect(view.has('cluster')).toBe(true);
  });

  test.skipIf(!python2).each([
    ['import subprocess\nsubprocess.check_output("kubectl get nodes", shell=True)', 'starts a program (kubectl)'],
    ['import socket\nsocket.socket()', 'uses the network'],
    ['open("/var/tmp/pai-no", "w")', 'writes into /var/tmp/pai-no'],
    ['import os\nos.mkdir("/var/tmp/pai-no")', 'changes /var/tmp/pai-no'],
  ])('are held back from %j by python2 too', async (body, what) => {
    const {ofModules} = await run(await moduleTree(body), {path: await folderWith({python2})});
    expect(ofModules.map(({message}) => message)).toEqual([expect.stringContaining(what)]);
  });
});

/** A folder to be PATH, with these programs alone. */
async function folderWith(programs: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-path-'));
  onTestFinished(() => rm(folder, {recursive: true}));
  await mkdir(folder, {recursive: true});
  for (const [name, program] of Object.entries(programs)) {
    if (program !== undefined) await symlink(program, join(folder, name));
  }
  return folder;
}

function onlyPython3(): Promise<string> {
  return folderWith({python3});
}
