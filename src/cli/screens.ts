import {resolve} from 'node:path';
import {exitCodeOf, type Problem} from '../engine/index.ts';
import type {Options} from './flags.ts';
import {helpText} from './help.ts';
import {showImages} from './image-list.ts';
import {kubectlPlaces} from './kubectl-places.ts';
import type {Output} from './output.ts';
import {findWhere} from './where.ts';
import {isDumb, type World} from './world.ts';

/**
 * Opens the app. Without a terminal: the sentence and the help, exit code 2. On a terminal that cannot move its
 * cursor (TERM=dumb): the images as a list and the commands that do the rest.
 */
export async function openApp(options: Options, world: World, output: Output): Promise<number> {
  if (!world.stdin.isTTY || !world.stdout.isTTY) {
    output.problem(noTerminal);
    output.say(`\n${helpText('')}`);
    return exitCodeOf(noTerminal);
  }
  const state = typeof options.state === 'string' ? resolve(world.cwd, options.state) : undefined;
  const engine = await world.openEngine(state === undefined ? {} : {stateHome: state});
  const where = await findWhere(engine, world, options);
  if (isDumb(world)) {
    const catalog = where.catalog ?? (await engine.openTree(where.source, where.config));
    for (const problem of catalog.problems) output.problem(problem);
    showImages(catalog, output);
    output.print(dumbTerminalText);
    if (where.note) output.print(`\n${where.note}`);
    return 0;
  }
  return world.openScreen({
    engine,
    source: where.source,
    ...(where.note ? {sourceNote: where.note} : {}),
    ...(where.config === undefined ? {} : {config: where.config}),
    kubectl: kubectlPlaces(world),
    ...(state === undefined ? {} : {state}),
    ...(options.readonly ? {readOnly: true} : {}),
    noColor: options['no-color'] === true,
    ascii: options.ascii === true,
  });
}

const noTerminal: Problem = {
  code: 'no-terminal',
  message: 'The screens need a terminal, and there is none on stdin and stdout.',
  hint: 'Use a command (below), or connect with a terminal (ssh -t).',
};

const dumbTerminalText = `
This terminal cannot move its cursor (TERM=dumb), so here is a list in place of the screens.
Everything the screens do can be done with commands, which only print lines:
  pai-tui image status            what would be built and why
  pai-tui image build             shows the plan, asks, and follows the run
  pai-tui run list                what ran
  pai-tui run attach last -v      follow the newest run with all its output
  pai-tui --help                  all commands`;
