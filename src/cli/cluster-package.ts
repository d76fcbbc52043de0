import {resolve} from 'node:path';
import type {PackageWish} from '../engine/index.ts';
import {showBytes} from './bytes.ts';
import type {Context} from './context.ts';
import {untilInterrupted} from './interrupts.ts';
import {readRequest} from './machine-request.ts';
import {misuse} from './misuse.ts';
import {refuseReadOnly} from './operation.ts';
import {packageSetOf} from './package-set.ts';
import {plainLine} from './plain.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

/** `cluster package`: what a machine would be sent, as files in a folder. */
export async function writeClusterPackage(context: Context): Promise<Ended> {
  const {engine, world, output, options, name} = context;
  const {output: folder, operation = 'deploy'} = options;
  if (typeof folder !== 'string') {
    throw misuse('cluster package needs --output DIR, the folder to write into.', example);
  }
  if (options.readonly) refuseReadOnly('cluster package', 'Leave --readonly out.');
  // The name is that of one machine, not of machines to be asked.
  const {request} = await readRequest({...context, names: []});
  const {names: _, ...query} = request;
  // The table of flags lets no other word through.
  const wish = {
    machine: name,
    operation: operation as PackageWish['operation'],
    ...packageSetOf(options),
    folder: resolve(world.cwd, folder),
  };
  const limit = typeof options.timeout === 'string' ? AbortSignal.timeout(readDuration(options.timeout)) : undefined;
  const written = await untilInterrupted(world, (stop) =>
    engine.cluster.writePackage(query, wish, limit ? AbortSignal.any([stop, limit]) : stop),
  );
  for (const problem of written.problems) output.problem(problem);
  if (output.json) {
    output.data(written);
    return 0;
  }
  const lines = written.files.map(({path, bytes}) => `  ${plainLine(path)}  ${showBytes(bytes)}`);
  output.print([`Wrote what ${plainLine(written.machine)} would be sent into ${written.folder}:`, ...lines].join('\n'));
  return 0;
}

const example = 'Try: pai-tui cluster package infra-01 -c ~/cluster -o infra-01';
