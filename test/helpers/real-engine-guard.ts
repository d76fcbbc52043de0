// Waits until the process that started it is gone or closes its end of the pipe, then ends the engine of that
// process and removes its folder. A Ctrl-C in the terminal or a kill of the test run does not reach it.
import {clearEngineFolder} from './real-engine-cleanup.ts';

const folder = process.argv[2];
if (!folder) throw new Error('Which folder?');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  clearEngineFolder(folder).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
