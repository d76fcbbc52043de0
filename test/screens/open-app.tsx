import {onTestFinished} from 'vitest';
import {AppScreen} from '../../src/screens/AppScreen.tsx';
import {type AppModel, createAppModel} from '../../src/screens/app-model.ts';
import type {AppSettings} from '../../src/screens/app-settings.ts';
import {createFakeEngine, type FakeAnswers, type FakeEngine, fakeNow} from '../helpers/fake-engine.ts';
import {openScreen, type ScreenOptions, type TestScreen} from '../helpers/screen.tsx';

export interface OpenedApp extends TestScreen {
  readonly fake: FakeEngine;
  readonly model: AppModel;
}

export interface OpenAppOptions extends ScreenOptions {
  readonly answers?: Partial<FakeAnswers>;
  readonly settings?: Partial<AppSettings>;
}

/** The whole app on a terminal in memory, with an engine in memory and a clock that stands still. */
export function openApp({answers, settings, ...screen}: OpenAppOptions = {}): OpenedApp {
  const fake = createFakeEngine(answers);
  const model = createAppModel({
    engine: fake.engine,
    source: '/srv/pai',
    clock: {now: () => fakeNow, monotonic: () => 5000},
    ...settings,
  });
  const opened = openScreen(<AppScreen app={model} />, {
    ...screen,
    environment: {PAI_TUI_STILL: '1', ...screen.environment},
  });
  onTestFinished(async () => {
    await opened.close();
    model.close();
  });
  return {...opened, fake, model};
}
