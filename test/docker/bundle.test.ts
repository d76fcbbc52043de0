import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {build} from 'esbuild';
import {expect, it} from 'vitest';
import {startFakeEngine} from './fake-engine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('speaks with an engine from a bundle far from node_modules, and prints no warning', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pai-bundle-'));
  const engine = await startFakeEngine();
  try {
    await build({
      stdin: {
        contents: `
          import {createDocker} from './src/engine/docker/docker.ts';
          import {buildOf, never, watcher} from './test/docker/contexts.ts';
          const docker = createDocker({environment: process.env});
          const {name} = await docker.info();
          const {id} = await docker.build(buildOf('FROM busybox'), watcher(), never);
          console.log(name, id);
        `,
        resolveDir: root,
        loader: 'ts',
      },
      outdir: folder,
      outExtension: {'.js': '.mjs'},
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['cpu-features', '*.node'],
      banner: {
        js: [
          "import {createRequire as __createRequire} from 'node:module';",
          'const require = __createRequire(import.meta.url);',
          'const __dirname = import.meta.dirname;',
        ].join(''),
      },
      logLevel: 'error',
    });
    const env = {...process.env, DOCKER_HOST: `unix://${engine.socket}`};
    const run = promisify(execFile)(process.execPath, [join(folder, 'stdin.mjs')], {env, cwd: folder});
    const {stdout, stderr} = await run;
    expect(stdout).toMatch(/^fake sha256:[0-9a-f]{64}\n$/);
    expect(stderr).toBe('');
  } finally {
    await engine.close();
    rmSync(folder, {recursive: true});
  }
});
