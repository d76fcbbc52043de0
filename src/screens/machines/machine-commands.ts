import {
  foldHostNames,
  type MachineLogRequest,
  type MachineLogSource,
  type MachineRunRequest,
} from '../../engine/index.ts';
import type {AppModel} from '../app-model.ts';
import {queryCommand} from '../command-line.ts';

/** 'pai-tui … machine run 'gpu-[01-16]' --sudo -- 'uname -r'': the headless command that runs the same. */
export function machineRunCommand(
  app: AppModel,
  {names, sudo, script}: Pick<MachineRunRequest, 'names' | 'sudo' | 'script'>,
): string {
  return machineCommand(app, 'run', names, [...(sudo ? ['--sudo'] : []), '--', script]);
}

/** 'pai-tui … machine logs 'gpu-[01-16]' --unit kubelet.service -f': the headless command that follows the same log. */
export function machineLogCommand(
  app: AppModel,
  {names, log, sudo}: Pick<MachineLogRequest, 'names' | 'log' | 'sudo'>,
): string {
  return machineCommand(app, 'logs', names, [...logWords(log), ...(sudo ? ['--sudo'] : []), '-f']);
}

function logWords(log: MachineLogSource): readonly string[] {
  switch (log.kind) {
    case 'file':
      return ['--file', log.path];
    case 'unit':
      return ['--unit', log.unit];
    case 'container':
      return ['--container', log.container];
  }
}

/** The headless command that asks these machines; `@all` where they are all there are. */
export function machineCommand(
  {settings, machines}: AppModel,
  verb: string,
  names: readonly string[],
  rest: readonly string[] = [],
): string {
  const isAll = names.length === machines.shown().all.length;
  const hosts = isAll ? '@all' : foldHostNames(names);
  return queryCommand(settings, ['machine', verb, ...(hosts === '' ? [] : [hosts]), ...rest]);
}
