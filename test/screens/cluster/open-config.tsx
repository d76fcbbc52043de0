import {join} from 'node:path';
import type {Era} from '../../../src/engine/catalog/types.ts';
import {type ConfigReading, openConfig} from '../../../src/engine/config/open.ts';
import {type OpenAppOptions, type OpenedApp, openApp} from '../open-app.tsx';

/**
 * A fixture as it is read from the folder tests run in, so that no path of this computer is on screen. What is wrong
 * with it is for each test to say.
 */
export async function readingOf(name: string): Promise<ConfigReading> {
  const era = name.length === 1 ? {era: name.toUpperCase() as Era} : {};
  return {...(await openConfig(join('fixtures', `config-${name}`), era)), problems: []};
}

/** The app on its Cluster tab, with the configuration of a fixture. */
export async function openCluster(
  name: string,
  {settings, answers, ...options}: OpenAppOptions = {},
): Promise<OpenedApp> {
  const app = openApp({
    settings: {config: `fixtures/config-${name}`, ...settings},
    answers: {config: await readingOf(name), ...answers},
    ...options,
  });
  await app.shows('Images');
  app.press('2');
  await app.shows('Cluster');
  return app;
}
