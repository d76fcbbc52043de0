import {dots, type Problem, problemOf, type ValueNode} from '../../engine/index.ts';
import type {AppTerminal} from '../../ui/terminal/use-terminal.ts';
import type {AppModel} from '../app-model.ts';
import {problemWords} from '../problem-words.ts';
import {type Chosen, sayDifference} from './config-actions.ts';

/** Why a value cannot be changed here; undefined when it can. */
export function changeRefused(app: AppModel, node: ValueNode | undefined): string | undefined {
  if (app.settings.readOnly) return readOnly;
  if (!node) return 'Nothing is chosen.';
  const {origin} = node;
  if (node.children) return 'This holds other values: unfold it, or open the file with y.';
  if (node.text?.includes(dots)) return 'This is a secret, or holds one, and is not shown here: open its file with y.';
  switch (origin?.from) {
    case 'file':
      return undefined;
    case 'derived':
      return `This follows from ${origin.of}: change that.`;
    case 'default':
      return 'This is a default that no file of yours says: open the file with y to write it there.';
    case undefined:
      return 'No file says where this comes from: open one with y.';
  }
}

/** Where the file of what is chosen would be opened; undefined when it is in none. */
export function fileOf({item, problem}: Chosen): Pick<Problem, 'file' | 'line'> | undefined {
  if (problem) return problem.file === undefined ? undefined : problem;
  // Of what is in no file itself, the first thing below that is.
  for (let node = item?.node; node; node = node.children?.[0]) {
    if (node.origin?.from === 'file') return node.origin;
  }
  return undefined;
}

export function openRefused(app: AppModel, chosen: Chosen): string | undefined {
  if (app.settings.readOnly) return readOnly;
  return fileOf(chosen) ? undefined : 'This stands in no file.';
}

const readOnly = 'This is read-only: open pai-tui without --readonly to change files.';

/** Begins to change a value: shows it as it is written, to be typed over. */
export async function beginChange(app: AppModel, node: ValueNode): Promise<void> {
  try {
    app.cluster.set({editing: await app.settings.engine.writtenValue(node), detailFocused: false});
    // What was said before would hide what Enter and Esc do now.
    app.silence();
  } catch (thrown) {
    await refused(app, thrown);
  }
}

/** Writes what was typed. The input stays open when it is refused for what was typed. */
export async function finishChange(app: AppModel, typed: string): Promise<void> {
  const {cluster, settings} = app;
  const {editing, reading: before} = cluster.get();
  if (!editing) return;
  const {key, line, text} = editing;
  try {
    const {changed} = await settings.engine.changeValue(editing, typed);
    cluster.set({editing: undefined});
    if (!changed) {
      app.say(`${key} is ${text} already: nothing was written.`);
      return;
    }
    app.say(`Written: ${key} is ${typed.trim()} now (line ${line}).`, 'ok');
    await cluster.check();
    const after = cluster.get().reading;
    if (before && after) sayDifference(app, before, after);
  } catch (thrown) {
    await refused(app, thrown);
  }
}

/** Lends the terminal to the operator's editor, and says what the check makes of it. */
export async function openInEditor(
  app: AppModel,
  terminal: AppTerminal,
  {file, line}: Pick<Problem, 'file' | 'line'>,
): Promise<void> {
  const {cluster, settings} = app;
  if (file === undefined) return;
  const before = cluster.get().reading;
  let failure: unknown;
  try {
    await terminal.suspend((signal) => settings.engine.openEditor({file, line}, signal));
  } catch (thrown) {
    failure = thrown;
  }
  await cluster.check();
  const after = cluster.get().reading;
  const difference = before && after ? sayDifference(app, before, after) : undefined;
  if (failure === undefined) {
    if (difference === undefined) app.say('Checked again: the problems are the same.');
  } else {
    app.say(`${problemWords(problemOf(failure))}${difference === undefined ? '' : ` ${difference}`}`, 'failed');
  }
}

/** A file that changed meanwhile is read again, so that the next try begins with what is there. */
async function refused(app: AppModel, thrown: unknown): Promise<void> {
  const {message, hint} = problemOf(thrown);
  app.say(`${message}${hint === undefined ? '' : ` ${hint}`}`, 'failed');
  if (!/has changed since/.test(message)) return;
  app.cluster.set({editing: undefined});
  await app.cluster.check();
}
