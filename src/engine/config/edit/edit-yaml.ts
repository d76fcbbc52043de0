/** Changes of YAML files that leave everything else of them as it is, byte for byte. */

import {isError, ProblemError} from '../../problem.ts';
import {readYaml} from '../yaml.ts';
import type {EditContext} from './context.ts';
import {expectedValue, sameValue} from './expected.ts';
import {insertItem} from './insert-item.ts';
import {insertKey} from './insert-key.ts';
import {layoutOf} from './layout.ts';
import {locate} from './locate.ts';
import {outlineOf} from './outline.ts';
import {type Place, refusal} from './refusal.ts';
import {remove} from './remove.ts';
import {rename} from './rename.ts';
import {setValue} from './set-value.ts';
import {type Splice, spliced} from './splice.ts';
import type {Edit, Edited} from './types.ts';

/**
 * The text of a file after one edit. Comments, blank lines, line ends, quotes and indentation of all other lines stay.
 * The result is read again: where it would not be exactly the old value with the edit, the edit is refused. `file`
 * only names it in problems. Never throws.
 */
export function editYaml(text: string, edit: Edit, file: string): Edited {
  try {
    return {type: 'edited', text: edited(text, edit, file)};
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return {type: 'refused', problem: error.problem};
  }
}

function edited(text: string, edit: Edit, file: string): string {
  const before = readYaml(text, file);
  const mistake = before.problems.find(isError);
  if (mistake || before.value === undefined) {
    throw new ProblemError(mistake ?? {code: 'yaml-invalid', message: 'The file cannot be read.', file});
  }
  const root = outlineOf(text);
  const place: Place = {text, file, path: edit.path};
  const located = locate(root, edit.path, place);
  const context = {...located, place, text, layout: layoutOf(text, root)};
  const result = spliced(text, splicesOf(context, edit));
  const after = readYaml(result, file);
  const expected = expectedValue(before.value, located.steps, edit);
  if (expected === undefined || after.value === undefined || !sameValue(after.value, expected)) {
    throw refusal(place, located.spot.start, shared(text) ?? 'This cannot be changed without changing more than it.');
  }
  return result;
}

function splicesOf(context: EditContext, edit: Edit): readonly Splice[] {
  switch (edit.type) {
    case 'set':
      return setValue(context, edit.value);
    case 'insert-key':
      return insertKey(context, edit.key, edit.value);
    case 'insert-item':
      return insertItem(context, edit.at, edit.value);
    case 'remove':
      return remove(context);
    case 'rename':
      return rename(context, edit.key);
  }
}

/** What most often stands in the way. */
function shared(text: string): string | undefined {
  return /(?:^|[\s,[{])&\S/m.test(text)
    ? 'This cannot be changed alone: the file repeats parts of itself with anchors (&) and aliases (*).'
    : undefined;
}
