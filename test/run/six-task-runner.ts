import {fdatasyncSync, writeSync} from 'node:fs';
import {createClock} from '../../src/engine/clock.ts';
import type {Operation} from '../../src/engine/plan/types.ts';
import type {JournalDisk} from '../../src/engine/run/journal.ts';
import {runRunner} from '../../src/engine/run/runner.ts';
import {readConfiguration} from '../../src/engine/state.ts';
import {createTerminal} from '../../src/engine/terminal/create-terminal.ts';
import {endLeftSession} from '../../src/engine/terminal/process-session.ts';
import {plainTools, sixTasks} from './six-tasks.ts';

// A runner as the program has one, for runs of six tasks: node six-task-runner.ts <run folder>.
// HOOKS=pty gives its hooks a pty instead of pipes. KILL_AFTER=n ends it (SIGKILL) after the n-th record it writes, KILL_WITHIN=n in the middle of it.
const {PROGRAM_VERSION: programVersion = '1', HOOKS, KILL_AFTER, KILL_WITHIN} = process.env;

let records = 0;
const journalDisk: JournalDisk = {
  write(file, bytes) {
    records++;
    if (records === Number(KILL_WITHIN)) {
      writeSync(file, bytes.subarray(0, bytes.length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    const written = writeSync(file, bytes);
    if (records === Number(KILL_AFTER)) process.kill(process.pid, 'SIGKILL');
    return written;
  },
  sync: fdatasyncSync,
};

const clock = createClock();
const noPty = () => Promise.reject(new Error('no library for a pty'));
const terminal = await createTerminal(HOOKS === 'pty' ? {} : {load: noPty});
const exitCode = await runRunner(process.argv[2] ?? '', {
  operation: async () => sixTasks as Operation,
  tools: () => ({...plainTools(clock), terminal}),
  clock,
  programVersion,
  readConfiguration,
  journalDisk,
  stdin: process.stdin,
  endSession: (session) => endLeftSession(session, {killAfterMs: 500, giveUpAfterMs: 5_000}),
});
process.exit(exitCode);
