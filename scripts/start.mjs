// Builds what changed and opens the app in this very process, so that signals and the terminal are the app's own.
import {fileURLToPath} from 'node:url';

await import('./build.mjs');
process.env.NODE_ENV = 'production';
const main = new URL('../dist/main.js', import.meta.url);
process.argv[1] = fileURLToPath(main);
await import(main.href);
