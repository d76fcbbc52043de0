import type {RunSummary} from '../engine/index.ts';
import type {Output} from './output.ts';
import {table} from './table.ts';
import {showDate, showDuration} from './times.ts';

/** `run list`: the newest first. */
export function showRuns(runs: readonly RunSummary[], output: Output): void {
  if (output.json) {
    output.data({runs: runs.map(runDocument)});
    return;
  }
  if (runs.length === 0) {
    output.print('There are no runs yet. The first one begins with: pai-tui image build');
    return;
  }
  output.print(
    table(
      ['ID', 'STATE', 'STARTED', 'TOOK', 'TASKS', 'WHO', 'TITLE'],
      runs.map((run) => [
        run.id,
        run.status,
        showDate(run.startedAt),
        run.tookMs === undefined ? '-' : showDuration(run.tookMs),
        `${run.tasks.done}/${run.tasks.total}${run.tasks.failed > 0 ? `, ${run.tasks.failed} failed` : ''}`,
        run.who,
        run.title,
      ]),
    ),
  );
}

/** One run in the JSON of `run list`; the start of the JSON of `run show`. Times are ISO 8601, null while there is none. */
export function runDocument(run: RunSummary): {readonly id: string} & Record<string, unknown> {
  return {
    id: run.id,
    operation: run.operation,
    state: run.status,
    started: new Date(run.startedAt).toISOString(),
    ended: run.endedAt === undefined ? null : new Date(run.endedAt).toISOString(),
  };
}
