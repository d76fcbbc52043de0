// Builds what changed and opens the app, in this very process' place: signals and the terminal are the app's.
import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import {fileURLToPath} from 'node:url';

await import('./build.mjs');
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const app = spawn(process.execPath, [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {...process.env, NODE_ENV: 'production'},
});
// The terminal sends these to the whole group: the app decides what they mean, this process only waits for it.
for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => app.kill(signal));
app.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
