import type {TestProject} from 'vitest/node';
import {
  missingPrograms,
  type RealEngine,
  type RealEngineAddresses,
  startRealEngine,
  whyNoRealEngine,
} from '../helpers/real-engine.ts';
import {tellObstacle} from '../lab/obstacles.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null when no engine can be started here: then every test that needs it is skipped. */
    realEngine: RealEngineAddresses | null;
  }
}

let engine: RealEngine | undefined;

/** Starts one engine for all test files of the project, with busybox:latest in it. */
export async function setup(project: TestProject): Promise<void> {
  const obstacle = whyNoRealEngine();
  if (obstacle) {
    // Before `npm test` scripts/system-packages.mjs has said what is missing; once is enough.
    const said = process.env['npm_lifecycle_event'] === 'test' && missingPrograms().length > 0;
    if (!said) tellObstacle('Tests on a real Docker engine', obstacle);
    project.provide('realEngine', null);
    return;
  }
  engine = await startRealEngine();
  await engine.importBusybox('busybox:latest');
  const {socket, registry, loginRegistry} = engine;
  project.provide('realEngine', {socket, registry, loginRegistry});
}

export async function teardown(): Promise<void> {
  await engine?.stop();
  engine = undefined;
}
