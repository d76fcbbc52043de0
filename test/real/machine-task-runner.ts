import {fileURLToPath} from 'node:url';
import {createClock} from '../../src/engine/clock.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import {machineSecrets} from '../../src/engine/machines/run-secrets.ts';
import type {Operation} from '../../src/engine/plan/types.ts';
import {runFolder} from '../../src/engine/run/folder.ts';
import {runRunner} from '../../src/engine/run/runner.ts';
import {createTools, loadSsh} from '../../src/engine/world.ts';
import {leaveNotes} from './machine-tasks.ts';

// A runner as the program has one, for runs of leaveNotes: node machine-task-runner.ts <run folder>.
const [folder = ''] = process.argv.slice(2);
const clock = createClock();
const environment = {...process.env};
const {stateHome} = runFolder(folder);
const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const machines = createMachines({environment, stateHome, assets, clock, loadSsh: () => loadSsh(clock)});
const exitCode = await runRunner(folder, {
  operation: async () => leaveNotes as Operation,
  async tools({config = '', jump}, secrets) {
    const own = await createTools({environment, stateHome, clock, assets});
    return {...own, machines: machines.access({config, jump, secrets: machineSecrets(secrets)})};
  },
  closeTools: () => machines.close(),
  clock,
  programVersion: '1',
  stdin: process.stdin,
});
process.exit(exitCode);
