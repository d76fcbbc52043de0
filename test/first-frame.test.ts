import {fileURLToPath} from 'node:url';
import {build, type Metafile} from 'esbuild';
import {expect, test} from 'vitest';

/** What is loaded until the first frame is on the screen, one after the other (main.tsx, engine.ts, open-app.ts). */
const untilFirstFrame = [
  'src/main.tsx',
  'src/cli/command-line.ts',
  'src/engine/engine.ts',
  'src/engine/catalog/open.ts',
  'src/engine/plan/image/image-request.ts',
  'src/screens/open-app.ts',
  'src/screens/draw-app.tsx',
  'src/ui/terminal/young-heap.ts',
];
const readsRuns = 'src/engine/run/runs.ts';

/** Packages that are loaded with a file: its own imports and those of all that it imports, as the bundle has them. */
async function packagesWith(entry: string): Promise<readonly string[]> {
  const {metafile} = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: [entry],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    packages: 'external',
    write: false,
    metafile: true,
    define: {PROGRAM_VERSION: '""', NODE_NEEDED: '""'},
    logLevel: 'silent',
  });
  const outputs: Metafile['outputs'] = metafile.outputs;
  const [start] = Object.entries(outputs).find(([, {entryPoint}]) => entryPoint === entry) ?? [''];
  const seen = new Set<string>([start]);
  const packages = new Set<string>();
  for (const file of seen)
    for (const {path, kind, external} of outputs[file]?.imports ?? [])
      if (external) packages.add(path);
      else if (kind === 'import-statement') seen.add(path);
  return [...packages].filter((name) => !name.startsWith('node:')).sort();
}

test.each(untilFirstFrame)('%s does not load what checks JSON', async (entry) => {
  expect(await packagesWith(entry)).not.toContain('zod/mini');
});

test('reading runs does', async () => {
  expect(await packagesWith(readsRuns)).toContain('zod/mini');
});
