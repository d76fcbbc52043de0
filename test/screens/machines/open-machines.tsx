import {createFakeMachines, type FakeMachineAnswers, type FakeMachines} from '../../helpers/fake-machines.ts';
import {type OpenAppOptions, type OpenedApp, openApp} from '../open-app.tsx';

export interface OpenMachinesOptions extends Omit<OpenAppOptions, 'machines'> {
  readonly machines?: Partial<FakeMachineAnswers>;
}

/** The app on its Machines tab, once the configuration is read. */
export async function openMachines({
  machines,
  settings,
  ...options
}: OpenMachinesOptions = {}): Promise<OpenedApp & {readonly asked: FakeMachines}> {
  const asked = createFakeMachines(machines);
  const app = openApp({...options, settings: {config: '/srv/cluster', ...settings}, machines: asked});
  await app.shows('Images');
  app.press('3');
  await app.shows('Machines');
  return {...app, asked};
}
