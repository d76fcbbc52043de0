import {resolve} from 'node:path';
import type {Context} from './context.ts';
import type {Ended} from './world.ts';

/** `template render`: exactly the text on stdout; what was undefined goes to stderr. */
export async function renderTemplate({engine, world, output, options, name}: Context): Promise<Ended> {
  const context = typeof options.context === 'string' ? {context: resolve(world.cwd, options.context)} : {};
  const {text, problems} = await engine.renderTemplate({file: resolve(world.cwd, name), ...context});
  if (output.json) output.data({text, problems});
  else output.exactly(text);
  for (const problem of problems) output.problem(problem);
  return 0;
}
