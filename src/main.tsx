#!/usr/bin/env node
/**
 * The program: builds the real world and hands it on. The only file that knows everyone. Everything heavy is read
 * when it is needed, so that a command that only prints is quick.
 */
import {fileURLToPath} from 'node:url';
import type {ScreenOptions, World} from './cli/world.ts';
import {nodeTooOld} from './node-too-old.ts';

/** Put in by the bundler. */
declare const PROGRAM_VERSION: string;
/** '>=22.12', as package.json has it; put in by the bundler, too. */
declare const NODE_NEEDED: string;

/** The hidden word that makes this process a runner: the folder of its run follows. */
const runnerWord = '__runner';

/** What is shipped beside the program. */
const assetsFolder = fileURLToPath(new URL('../assets', import.meta.url));

/** What the operator has, before anything of ours is added: hooks of a build get this. */
const environment = {...process.env};
// React looks here when it is loaded, and so do libraries that are not bundled.
Object.assign(process.env, {NODE_ENV: 'production'});

process.on('uncaughtException', onMistake);
const tooOld = nodeTooOld(process.versions.node, NODE_NEEDED, process.execPath);
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}
process.exit(await start(process.argv.slice(2)));

async function start(argv: readonly string[]): Promise<number> {
  const [word, folder] = argv;
  if (word === runnerWord && folder !== undefined) {
    const {serveRunner} = await import('./engine/runner-main.ts');
    return serveRunner(folder, {environment, programVersion: PROGRAM_VERSION, assets: assetsFolder});
  }
  // Answers of a thousand machines are much that lives for a moment.
  if (word === 'machine') (await import('./ui/terminal/young-heap.ts')).boundYoungHeap();
  const {commandLine} = await import('./cli/command-line.ts');
  return commandLine(argv, realWorld());
}

function realWorld(): World {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment,
    cwd: currentFolder(),
    version: PROGRAM_VERSION,
    sample: {
      source: fileURLToPath(new URL('../fixtures/sample', import.meta.url)),
      config: fileURLToPath(new URL('../fixtures/config-sample', import.meta.url)),
    },
    signals: process,
    async openEngine(options) {
      const {createEngine} = await import('./engine/engine.ts');
      return createEngine({
        environment,
        runnerCommand: [process.execPath, fileURLToPath(import.meta.url), runnerWord],
        programVersion: PROGRAM_VERSION,
        assets: assetsFolder,
        ...options,
      });
    },
    openScreen,
  };
}

/** A folder that was removed under the shell has no path any more; the shell remembers the one it had. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    const {PWD = '/'} = environment;
    // Whatever asks for the current folder from here on is answered; paths that were typed count from the lost one.
    process.chdir('/');
    return PWD;
  }
}

async function openScreen({noColor, ascii, ...options}: ScreenOptions): Promise<number> {
  const {NO_COLOR} = noColor ? {NO_COLOR: '1'} : environment;
  // Ink's colours are decided when it is loaded.
  if (NO_COLOR) Object.assign(process.env, {FORCE_COLOR: '0'});
  // The tree is read while the screens are loaded. Who cannot read it is told by the screens.
  const catalog = options.engine.openTree(options.source, options.config);
  catalog.catch(() => {});
  const [{openApp}, {boundYoungHeap}] = await Promise.all([
    import('./screens/open-app.ts'),
    import('./ui/terminal/young-heap.ts'),
  ]);
  boundYoungHeap();
  return openApp({
    ...options,
    catalog,
    process,
    stdin: process.stdin,
    stdout: process.stdout,
    environment: NO_COLOR === undefined ? environment : {...environment, NO_COLOR},
    ...(ascii ? {ascii} : {}),
  });
}

/** Only mistakes of ours come here: everything that can be expected is a Problem by then. */
function onMistake(error: unknown): never {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bug: pai-tui made a mistake.\n${text}\nhint: Please report it with the lines above.\n`);
  process.exit(70);
}
