// Bundles the program into dist/: code-split, so that heavy libraries are read when first used and the first
// frame comes early (docs/decisions). Does nothing, silently, when nothing it depends on changed.
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {keptBetweenFrames} from './ink-between-frames.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');
const stamp = join(outdir, '.built-from');

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  const {build} = await import('esbuild');
  const fresh = join(outdir, `.fresh-${process.pid}`);
  mkdirSync(fresh, {recursive: true});
  try {
    await bundle(build, fresh);
    writeFileSync(join(fresh, '.built-from'), wanted);
    swap(fresh);
  } finally {
    rmSync(fresh, {recursive: true, force: true});
  }
}

/**
 * A running program keeps loading chunks from dist/, so old chunks stay until the next build after this one. Two
 * builds at once make the same files of the same sources: each puts every file in place whole.
 */
function swap(fresh) {
  const current = new Set(readdirSync(fresh));
  const kept = existsSync(join(outdir, '.chunks')) ? JSON.parse(readFileSync(join(outdir, '.chunks'), 'utf8')) : [];
  for (const name of readdirSync(outdir)) {
    const path = join(outdir, name);
    const old = name.startsWith('.') ? isAbandoned(path) : !current.has(name) && !kept.includes(name);
    if (old) rmSync(path, {recursive: true, force: true});
  }
  for (const name of [...current].sort((a, b) => rank(a) - rank(b))) renameSync(join(fresh, name), join(outdir, name));
  writeFileSync(join(fresh, '.chunks'), JSON.stringify([...current]));
  renameSync(join(fresh, '.chunks'), join(outdir, '.chunks'));
}

/** What a build that was cut short left behind. */
function isAbandoned(path) {
  const state = statSync(path, {throwIfNoEntry: false});
  return state !== undefined && path.includes('.fresh-') && Date.now() - state.mtimeMs > 10 * 60_000;
}

/** Chunks first, then the entry that names them, the stamp last: a build cut short is built again. */
function rank(name) {
  return name === '.built-from' ? 2 : name.startsWith('main.js') ? 1 : 0;
}

async function bundle(build, folder) {
  const {version, engines} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.tsx'],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    jsx: 'automatic',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    chunkNames: 'chunk-[hash]',
    logLevel: 'warning',
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      PROGRAM_VERSION: JSON.stringify(version),
      NODE_NEEDED: JSON.stringify(engines.node),
    },
    // node-pty finds its prebuilt library beside its own files; cpu-features is ssh2's optional native part.
    external: ['node-pty', 'cpu-features', '*.node'],
    banner: {
      // CommonJS libraries inside an ES module still ask for these.
      js: [
        "import {createRequire as __createRequire} from 'node:module';",
        "import {fileURLToPath as __fileURLToPath} from 'node:url';",
        "import {dirname as __pathDirname} from 'node:path';",
        'const require = __createRequire(import.meta.url);',
        'const __filename = __fileURLToPath(import.meta.url);',
        'const __dirname = __pathDirname(__filename);',
      ].join(''),
    },
    plugins: [
      {
        // The layout engine's code is in a data: URL. Given fetch, it would load all of Node's HTTP client to
        // read it; without, it decodes the text itself.
        name: 'no-fetch-of-layout',
        setup(context) {
          context.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path}) => {
            const text = await readFile(path, 'utf8');
            if (!text.includes('"function"!=typeof fetch')) throw new Error(`${path} no longer asks for fetch`);
            return {contents: text.replaceAll('"function"!=typeof fetch', 'true'), loader: 'js'};
          });
        },
      },
      keptBetweenFrames,
      // A BuildKit session would hand our credentials to any registry a Dockerfile names, and docker-modem's SSH checks
      // no host keys: neither is ever used, and the megabytes only they need are left out.
      leftOut(/dockerode[/\\]lib[/\\]session\.js$/, 'build sessions'),
      leftOut(/docker-modem[/\\]lib[/\\]ssh\.js$/, "docker-modem's SSH"),
      leftOut(/dockerode[/\\]lib[/\\]buildkit\.js$/, "dockerode's BuildKit decoder"),
      // Ink's developer tools are not shipped.
      {
        name: 'no-devtools',
        setup(context) {
          context.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'devtools', namespace: 'nothing'}));
          context.onLoad({filter: /.*/, namespace: 'nothing'}, () => ({contents: 'export default {}'}));
        },
      },
    ],
  });
  chmodSync(join(folder, 'main.js'), 0o755);
}

/** Puts a function that says so in place of a module that nothing of ours calls. */
function leftOut(filter, what) {
  return {
    name: `without ${what}`,
    setup(context) {
      context.onLoad({filter}, () => ({
        contents: `module.exports = () => { throw new Error(${JSON.stringify(`${what}: not part of this program`)}); };`,
      }));
    },
  };
}

/** Names, sizes and times of all that goes into the bundle. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const path of ['package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/ink-between-frames.ts'])
    hash.update(readFileSync(join(root, path)));
  for (const path of readdirSync(join(root, 'src'), {recursive: true}).sort()) {
    const {size, mtimeMs} = statSync(join(root, 'src', path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
