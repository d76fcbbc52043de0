import type {CheckReport, CheckResult} from '../engine/index.ts';
import {checkPage} from './check-page.ts';
import type {Context} from './context.ts';
import {untilInterrupted} from './interrupts.ts';
import {type Asked, namedMachines, readRequest} from './machine-request.ts';
import {codeOfMachines} from './machine-words.ts';
import {withMissingSecret} from './missing-secrets.ts';
import {readDuration} from './times.ts';
import {type Ended, isUtf8} from './world.ts';

/** `cluster check`: by what was checked, machines with the same result together; everything of all as JSON. */
export async function checkCluster(context: Context): Promise<Ended> {
  const {output, world} = context;
  const asked = await readRequest(context);
  const machines = await namedMachines(asked);
  let report = await check(asked, machines.length, context);
  for (let next = await again(asked, report, context); next; next = await again(next, report, context)) {
    report = await check(next, machines.length, context);
  }
  if (output.json) output.data({checks: report.results});
  else output.print(checkPage(report.results, {...output, utf8: isUtf8(world)}));
  return codeOf(report, machines.length);
}

/** All machines once more, where some only wanted a password: results of some alone say nothing of all together. */
async function again(asked: Asked, {refusals}: CheckReport, context: Context): Promise<Asked | undefined> {
  const next = await withMissingSecret(asked, refusals, context);
  return next && {...next, request: {...next.request, names: []}};
}

async function check({request}: Asked, count: number, {engine, world, output, options}: Context): Promise<CheckReport> {
  const limit = typeof options.timeout === 'string' ? AbortSignal.timeout(readDuration(options.timeout)) : undefined;
  const answered = new Set<string>();
  let failed = 0;
  const told = (results: readonly CheckResult[]) => {
    for (const {machine, state} of results) {
      if (machine !== undefined) answered.add(machine);
      if (state === 'failed') failed++;
    }
    const found = failed === 0 ? '' : `, ${failed} ${failed === 1 ? 'check has' : 'checks have'} failed`;
    output.statusLine?.draw(`${answered.size} of ${count} machines are through${found}`);
  };
  const {names: _, ...query} = request;
  try {
    return await untilInterrupted(world, (stop) =>
      engine.cluster.check(query, told, limit ? AbortSignal.any([stop, limit]) : stop),
    );
  } finally {
    output.statusLine?.erase();
  }
}

function codeOf({results, reached, refusals}: CheckReport, count: number): Ended {
  if (reached.length === 0 && count > 0) {
    return codeOfMachines(refusals.map(({problem}) => ({fine: false, unreached: problem})));
  }
  return results.some(({state}) => state === 'failed') ? 1 : 0;
}
