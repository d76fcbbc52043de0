import type {MachineRunRequest} from '../../engine/index.ts';
import type {AppModel} from '../app-model.ts';
import {createMachineRunModel} from './machine-run-model.ts';

/** Starts a command on machines and shows it. */
export function startMachineRun(
  app: AppModel,
  {names, script, sudo = false}: Pick<MachineRunRequest, 'names' | 'script' | 'sudo'>,
): void {
  const {machines} = app;
  try {
    const request: MachineRunRequest = {...machines.request(names), script, ...(sudo ? {sudo} : {})};
    const run = app.machines.ask.run(request, new AbortController().signal);
    machines.remember(script);
    machines.open({kind: 'run', model: createMachineRunModel(run, request)});
  } catch (thrown) {
    app.sayProblem(thrown);
  }
}
