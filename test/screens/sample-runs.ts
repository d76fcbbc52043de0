import type {RunView} from '../../src/engine/index.ts';
import {fakeNow, runOf, taskState} from '../helpers/fake-engine.ts';

/** A build in the middle: one task done, two running, one waiting. */
export const runningRun: RunView = runOf({
  id: '20261120-201817-image-build',
  title: 'Build 4 images',
  status: 'running',
  usualMs: 130_000,
  tasks: [
    taskState('build/base-image', 'done', {note: 'sha256:12ab, 14 MB'}),
    taskState('build/rest-server', 'running', {progress: {done: 3, total: 12}}),
    taskState('build/grafana', 'running'),
    taskState('build/webportal', 'waiting', {needs: ['build/rest-server']}),
  ],
});

export const failedRun: RunView = runOf({
  id: '20261120-180000-image-build',
  title: 'Build 3 images',
  status: 'failed',
  startedAt: fakeNow - 8_400_000,
  problem: {code: 'run-failed', message: '1 task of 3 failed.'},
  tasks: [
    taskState('build/base-image', 'done'),
    taskState('build/rest-server', 'failed', {
      tookMs: 4100,
      problem: {
        code: 'build-failed',
        message: 'Step 3/5 ended with exit code 1: RUN npm ci',
        hint: 'Read its last lines, mend src/rest-server, and repeat the run.',
      },
    }),
    taskState('build/webportal', 'skipped', {because: 'Build rest-server failed'}),
  ],
});

export const interruptedRun: RunView = runOf({
  id: '20261119-100000-image-build',
  title: 'Build webportal',
  status: 'interrupted',
  startedAt: fakeNow - 123_000_000,
  explanation: 'Its runner (pid 4711) was killed after "Build base-image".',
  tasks: [taskState('build/base-image', 'done'), taskState('build/webportal', 'waiting')],
});

export const doneRun: RunView = runOf({
  id: '20261118-090000-image-push',
  operation: 'image push',
  title: 'Push 2 images',
  status: 'done',
  startedAt: fakeNow - 213_000_000,
  tasks: [
    taskState('push/base-image', 'done', {title: 'Push base-image'}),
    taskState('push/webportal', 'done', {title: 'Push webportal', changed: false}),
  ],
});

export const allRuns: readonly RunView[] = [runningRun, failedRun, interruptedRun, doneRun];
