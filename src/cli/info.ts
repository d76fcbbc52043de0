import {type InfoLine, problemOf} from '../engine/index.ts';
import type {Context} from './context.ts';
import {plainLine} from './plain.ts';
import {table} from './table.ts';
import {findWhere} from './where.ts';

/** `info`: every path, version and limit, and the tree and the configuration that a command typed here would take. */
export async function showInfo(context: Context): Promise<void> {
  const {engine, output} = context;
  const lines = [...(await engine.info()), ...(await placeLines(context))];
  if (output.json) output.data({info: lines});
  else
    output.print(
      table(
        ['TOPIC', 'VALUE'],
        lines.map(({topic, value}) => [topic, value]),
      ),
    );
}

async function placeLines({engine, world, options}: Context): Promise<InfoLine[]> {
  try {
    const {source, config, note, catalog} = await findWhere(engine, world, options);
    const {era, version} = catalog ?? (await engine.openTree(source));
    const facts = [`era ${era}`, ...(version ? [plainLine(version)] : []), ...(note ? ['the sample'] : [])];
    return [
      {topic: 'source tree', value: `${source}: ${facts.join(', ')}`},
      {topic: 'configuration', value: config ?? 'none named'},
    ];
  } catch (error) {
    // That there is none is one of the things worth knowing.
    return [{topic: 'source tree', value: problemOf(error).message}];
  }
}
