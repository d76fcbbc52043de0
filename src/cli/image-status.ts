import {exitCodeOf, type ImageStatus, type ImageStatusReport, isError} from '../engine/index.ts';
import type {Output} from './output.ts';
import {table} from './table.ts';
import type {Ended} from './world.ts';

/**
 * `image status`: what would be built and why. Exit code 0; 1 when some could not be judged; the code of the gravest
 * problem when none could.
 */
export function showStatus(report: ImageStatusReport, output: Output): Ended {
  if (output.json) {
    output.data({
      images: report.images.map(({name, state, reasons}) => ({name, state, reasons})),
      ...(report.problems.length > 0 ? {problems: report.problems} : {}),
    });
  } else {
    output.print(
      table(
        ['NAME', 'STATE', 'BECAUSE'],
        report.images.flatMap((image) => statusRows(image)),
      ),
    );
  }
  for (const problem of report.problems) output.problem(problem);
  const errors = report.problems.filter(isError);
  if (errors.length === 0) return 0;
  const judged = report.images.some(({state}) => state !== 'unknown');
  return judged ? 1 : (Math.max(...errors.map(exitCodeOf)) as Ended);
}

function statusRows({name, state, reasons}: ImageStatus): string[][] {
  const [first = '', ...rest] = reasons;
  return [[name, state, first], ...rest.map((reason) => ['', '', reason])];
}
