import type {TaskState} from '../engine/index.ts';
import {bytes} from '../ui/widgets/amounts.ts';

/** '3/12', '41%', '12 MB of 80 MB': as much as is known. */
export function progressWords(progress: TaskState['progress']): string {
  if (progress === undefined) return '';
  const {done, total} = progress;
  if (total === undefined) return done > 10_000 ? bytes(done) : String(done);
  if (total > 10_000) return `${Math.floor((done / Math.max(1, total)) * 100)}%`;
  return `${done}/${total}`;
}
