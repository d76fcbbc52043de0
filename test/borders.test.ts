import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, test} from 'vitest';

// Every case is a planted file; the linter, with the repository's own rules, reads them all in one go.
const refused = [
  ['src/engine/plan', 'react'],
  ['src/engine/run', 'ink'],
  ['src/engine', '../ui/pane-source.ts'],
  ['src/engine', '../screens/app.tsx'],
  ['src/engine', '../cli/main.ts'],
  ['src/engine', 'node-pty'],
  ['src/engine', 'dockerode'],
  ['src/engine/docker', '../store.ts'],
  ['src/engine/docker', '../plan/types.ts'],
  ['src/engine/docker', 'node-pty'],
  ['src/engine/terminal', '../run/events.ts'],
  ['src/engine/terminal', 'dockerode'],
  ['src/engine/machines', 'ssh2'],
  ['src/engine/remote', '../config/types.ts'],
  ['src/engine/remote', 'node-pty'],
  ['src/engine/files', '../docker/create.ts'],
  ['src/engine/kube', '../config/types.ts'],
  ['src/engine/kube', '../machine-tools.ts'],
  ['src/engine/kube', 'node:child_process'],
  ['src/engine/kube', '@peculiar/x509'],
  ['src/engine', '@peculiar/x509'],
  ['src/engine/kube/certificates', '../../config/types.ts'],
  ['src/engine/kube/certificates', '../../store.ts'],
  ['src/engine/kube/certificates', '../nodes.ts'],
  ['src/engine/kube/certificates', 'node:fs'],
  ['src/engine/run', '../catalog/types.ts'],
  ['src/engine/run', '../images/key.ts'],
  ['src/engine/plan', '../run/events.ts'],
  ['src/engine/plan', 'node:child_process'],
  ['src/engine/catalog', 'node:child_process'],
  ['src/engine/catalog', '../docker/create.ts'],
  ['src/engine/images', '../files/create.ts'],
  ['src/engine/values', '../config/yaml.ts'],
  ['src/engine/template', '../config/yaml.ts'],
  ['src/engine/template', '../catalog/types.ts'],
  ['src/engine/template/filters', '../../config/yaml.ts'],
  ['src/ui', '../engine/index.ts'],
  ['src/ui/widgets', '../../screens/app.tsx'],
  ['src/screens/images', '../../engine/api.ts'],
  ['src/screens', 'node:fs'],
  ['src/screens', 'node:child_process'],
  ['src/cli', 'ink'],
  ['src/cli', '../screens/app.tsx'],
  ['src/cli', '../engine/run/runs.ts'],
] as const;

const allowed = [
  ['src/screens/images', '../../engine/index.ts'],
  ['src/cli', '../engine/index.ts'],
  ['src/engine/docker', 'dockerode'],
  ['src/engine/docker', '../tools.ts'],
  ['src/engine/docker', './endpoint.ts'],
  ['src/engine/terminal', 'node-pty'],
  ['src/engine/terminal', '../machine-tools.ts'],
  ['src/engine/remote', 'ssh2'],
  ['src/engine/remote', '../machine-tools.ts'],
  ['src/engine/kube', '../kube-tools.ts'],
  ['src/engine/kube/certificates', '@peculiar/x509'],
  ['src/engine/kube/certificates', '../../secret.ts'],
  ['src/engine/run', '../plan/types.ts'],
  ['src/engine/values', '../problem.ts'],
  ['src/engine/template', '../values/types.ts'],
  ['src/engine/template', '../problem.ts'],
  ['src/engine/template/filters', '../../values/types.ts'],
  ['src/engine/template/filters', '../environment.ts'],
  ['src/ui', 'ink'],
] as const;

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pai-borders-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const {vcs: _, $schema: __, ...rules} = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
writeFileSync(join(folder, 'biome.json'), JSON.stringify(rules));
const plant = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), {recursive: true});
  writeFileSync(join(folder, path), text);
  return path;
};
const plantImport = ([where, imported]: readonly [string, string], index: number, kind: string) =>
  plant(`${where}/${kind}-${index}.ts`, `import type {X} from '${imported}';\nexport type Y = X;\n`);
const refusedFiles = refused.map((example, index) => plantImport(example, index, 'refused'));
const allowedFiles = allowed.map((example, index) => plantImport(example, index, 'allowed'));
plant('src/engine/ring-a.ts', "import type {B} from './ring-b.ts';\nexport type A = B | 1;\n");
plant('src/engine/ring-b.ts', "import type {A} from './ring-a.ts';\nexport type B = A | 2;\n");
plant('src/engine/bare.ts', "import type {A} from './ring-a';\nexport type C = A;\n");

const report = spawnSync(
  process.execPath,
  [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--reporter=json', '--max-diagnostics=none', '.'],
  {cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26},
);
const findings: {category: string; location: {path: string | {file: string}}}[] = JSON.parse(report.stdout).diagnostics;
const rulesBrokenBy = (path: string) =>
  findings
    .filter(({location}) => (typeof location.path === 'string' ? location.path : location.path.file).endsWith(path))
    .map(({category}) => category);

describe('borders between modules', () => {
  test.each(refused.map(([where, imported], index) => [where, imported, refusedFiles[index] ?? '']))(
    'a file of %s must not import %s, not even a type',
    (_where, _imported, path) => {
      expect(rulesBrokenBy(path)).toContain('lint/style/noRestrictedImports');
    },
  );

  test.each(allowed.map(([where, imported], index) => [where, imported, allowedFiles[index] ?? '']))(
    'a file of %s may import %s',
    (_where, _imported, path) => {
      expect(rulesBrokenBy(path)).not.toContain('lint/style/noRestrictedImports');
    },
  );

  test('files must not import each other in a ring, not even types', () => {
    expect(rulesBrokenBy('src/engine/ring-a.ts')).toContain('lint/suspicious/noImportCycles');
  });

  test('imports name their file with its ending', () => {
    expect(rulesBrokenBy('src/engine/bare.ts')).toContain('lint/correctness/useImportExtensions');
  });
});
