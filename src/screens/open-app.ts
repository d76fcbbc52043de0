import {setTimeout as sleep} from 'node:timers/promises';
import {
  type AppInput,
  type AppOutput,
  type DrawParts,
  type MountOptions,
  openTerminal,
} from '../ui/terminal/open-terminal.ts';
import {createAppModel} from './app-model.ts';
import type {AppSettings} from './app-settings.ts';
import {firstFrame} from './first-frame.ts';

export interface OpenAppOptions extends AppSettings {
  readonly stdin: AppInput;
  readonly stdout: AppOutput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where signals and crashes are heard of; absent: they are left to the caller. */
  readonly process?: MountOptions['process'];
  /** Write ASCII only. */
  readonly ascii?: boolean | undefined;
}

/** A tree that takes longer to read than this is not waited for before there is something on the screen. */
const treePatienceMs = 100;

/** Milliseconds for ending what runs on machines: TERM, and KILL ten seconds later. */
const machinesPatienceMs = 15_000;

/**
 * Opens the screens and returns when they are left: 0, 128 + signal, or 70 after a crash. Throws `unknown-run` when the
 * run to attach to is not there, and NoFullScreen where there is no terminal to draw on.
 */
export async function openApp(options: OpenAppOptions): Promise<number> {
  const {stdin, stdout, environment, process, ascii, ...settings} = options;
  const {engine, attach} = settings;
  const run = attach === undefined ? undefined : (await engine.runs.show(attach)).summary.id;
  const {promise: shown, resolve: hasShown} = Promise.withResolvers<void>();
  const app = createAppModel({...settings, shown, attach: run});
  try {
    if (run === undefined) await Promise.race([app.images.treeRead, sleep(treePatienceMs, undefined, {ref: false})]);
    // Ink takes longer to load than all else that is needed for a first look.
    const draw = async (parts: DrawParts) => (await import('./draw-app.tsx')).drawApp(app, parts);
    const mounted = openTerminal(draw, {
      ...(run === undefined ? {firstFrame: (columns, rows, theme) => firstFrame(app, columns, rows, theme)} : {}),
      stdin,
      stdout,
      environment,
      ...(process ? {process} : {}),
      ...(ascii === undefined ? {} : {ascii}),
    });
    hasShown();
    return (await mounted.exited).code;
  } finally {
    app.close();
    await endOnMachines(engine);
  }
}

/** Ends what still runs on machines for these screens; one that does not answer is not waited for long. */
async function endOnMachines({machines}: AppSettings['engine']): Promise<void> {
  const ended = new AbortController();
  const late = sleep(machinesPatienceMs, undefined, {signal: ended.signal}).catch(() => undefined);
  await Promise.race([machines.close(), late]);
  ended.abort();
}
