import type {Context} from './context.ts';
import {untilInterrupted} from './interrupts.ts';
import {type Asked, readRequest} from './machine-request.ts';
import {withMissingSecret} from './missing-secrets.ts';
import {readDuration} from './times.ts';

/** What of a query could not be asked, and by whom. */
type Refusals = Parameters<typeof withMissingSecret>[1];

/**
 * Asks all machines of a cluster for something, and once more where some only wanted a password that a terminal was
 * asked for. Ends with Ctrl-C and with --timeout.
 */
export async function askCluster<T>(
  context: Context,
  ask: (request: Omit<Asked['request'], 'names'>, signal: AbortSignal) => Promise<T>,
  refusalsOf: (answer: T) => Refusals,
): Promise<T> {
  const {world, output, options} = context;
  const limit = typeof options.timeout === 'string' ? AbortSignal.timeout(readDuration(options.timeout)) : undefined;
  for (let asked = await readRequest(context); ; ) {
    const {names: _, ...request} = asked.request;
    try {
      const answer = await untilInterrupted(world, (stop) =>
        ask(request, limit ? AbortSignal.any([stop, limit]) : stop),
      );
      output.statusLine?.erase();
      const next = await withMissingSecret(asked, refusalsOf(answer), context);
      if (!next) return answer;
      asked = {...next, request: {...next.request, names: []}};
    } finally {
      output.statusLine?.erase();
    }
  }
}
