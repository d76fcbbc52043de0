import type {InfoLine} from '../engine/index.ts';
import type {Output} from './output.ts';
import {table} from './table.ts';

/** `info`: every path, version and limit. */
export function showInfo(lines: readonly InfoLine[], output: Output): void {
  if (output.json) output.data({info: lines});
  else
    output.print(
      table(
        ['TOPIC', 'VALUE'],
        lines.map(({topic, value}) => [topic, value]),
      ),
    );
}
