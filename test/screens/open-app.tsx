import {onTestFinished} from 'vitest';
import {AppScreen} from '../../src/screens/AppScreen.tsx';
import {type AppModel, createAppModel} from '../../src/screens/app-model.ts';
import type {AppSettings} from '../../src/screens/app-settings.ts';
import {createFakeEngine, type FakeAnswers, type FakeEngine, fakeNow} from '../helpers/fake-engine.ts';
import type {FakeMachines} from '../helpers/fake-machines.ts';
import {openScreen, type ScreenOptions, type TestScreen} from '../helpers/screen.tsx';

export interface OpenedApp extends TestScreen {
  readonly fake: FakeEngine;
  readonly model: AppModel;
  /** The frame once it does not change any more; the spinner stands still in it. */
  stillFrame(): Promise<string>;
}

export interface OpenAppOptions extends ScreenOptions {
  readonly answers?: Partial<FakeAnswers>;
  readonly settings?: Partial<AppSettings>;
  readonly machines?: FakeMachines;
}

/** The whole app on a terminal in memory, with an engine in memory and a clock that stands still. */
export function openApp({answers, settings, machines, ...screen}: OpenAppOptions = {}): OpenedApp {
  const fake = createFakeEngine(answers, machines);
  const model = createAppModel({
    engine: fake.engine,
    source: '/srv/pai',
    kubectl: {kubeconfig: '/home/ops/.kube/config', programs: '/home/ops/.local/bin'},
    who: 'ops@jump1',
    clock: {now: () => fakeNow, monotonic: () => 5000},
    ...settings,
  });
  const opened = openScreen(<AppScreen app={model} />, {
    ...screen,
  });
  onTestFinished(async () => {
    await opened.close();
    model.close();
  });
  const frame = (): string => opened.text().replaceAll(/[⠋⠙⠸⠼⠴⠦⠧⠇⠏]/g, '⠹');
  return {
    ...opened,
    fake,
    model,
    async stillFrame() {
      let before = '';
      let times = 0;
      await opened.until(() => {
        const now = frame();
        times = now === before ? times + 1 : 0;
        before = now;
        return times >= 20;
      });
      return before;
    },
  };
}
