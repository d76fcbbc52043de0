// Builds what changed and opens the app in this very process, so that signals and the terminal are the app's own.
import {fileURLToPath} from 'node:url';

await import('./build.mjs');
const main = new URL('../dist/main.js', import.meta.url);
process.argv[1] = fileURLToPath(main);
// npm starts scripts in the package's folder; paths that were typed count from where they were typed.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import(main.href);
