// Holds a lab up until the process that asked for it is gone or closes its end of the pipe, then clears it away. A
// Ctrl-C in the terminal or a kill of the test run does not reach it. The lab's process 1 reads from a pipe of this
// one: if the guard is killed too, all that runs in the lab still ends with it, by the kernel.
import {spawn} from 'node:child_process';
import {alone} from './alone.ts';
import {clearLab} from './clear.ts';

const id = process.argv[2];
if (!id) throw new Error('Which lab?');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

/** Says its number outside of its namespace, then waits. */
const init = 'read -r pid _ < /proc/self/stat; echo "$pid"; while read -r _; do :; done';
const lab = spawn('unshare', ['--pid', '--net', '--fork', '--kill-child=SIGKILL', 'sh', '-c', init], {
  stdio: ['pipe', 'inherit', 'inherit'],
  cwd: '/',
});
const ended = new Promise<void>((resolve) => lab.once('close', () => resolve()));
lab.stdin.on('error', () => {});

process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  lab.stdin.end();
  ended
    .then(() => alone(() => clearLab(id)))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
});
