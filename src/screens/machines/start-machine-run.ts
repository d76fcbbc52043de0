import type {MachineLogRequest, MachineRunRequest} from '../../engine/index.ts';
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
    machines.open({kind: 'run', model: createMachineRunModel(run, {kind: 'command', request})});
  } catch (thrown) {
    app.sayProblem(thrown);
  }
}

/** Follows a log of machines and shows it. */
export function startMachineLog(
  app: AppModel,
  {names, log, sudo = false}: Pick<MachineLogRequest, 'names' | 'log' | 'sudo'>,
): void {
  const {machines} = app;
  try {
    const request: MachineLogRequest = {...machines.request(names), log, follow: true, ...(sudo ? {sudo} : {})};
    const run = machines.ask.logs(request);
    const model = createMachineRunModel(run, {kind: 'log', request});
    // One wants to read at once, as many machines as there is room for.
    model.set({paneCount: ([1, 2, 4, 6, 9] as const).find((panes) => panes >= names.length) ?? 9});
    machines.open({kind: 'run', model});
  } catch (thrown) {
    app.sayProblem(thrown);
  }
}
