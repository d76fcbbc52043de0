import type {Context} from './context.ts';
import {readCount} from './counts.ts';
import {readDuration} from './times.ts';

/** What the flags of every operation say of how a run may go. Throws `usage`. */
export function limitsOf({options}: Context) {
  return {
    ...(typeof options.parallel === 'string' ? {parallel: readCount('parallel', options.parallel)} : {}),
    ...(options['fail-fast'] ? {failFast: true} : {}),
    ...(typeof options.timeout === 'string' ? {timeoutMs: readDuration(options.timeout)} : {}),
    ...(options.readonly ? {readOnly: true} : {}),
  };
}
