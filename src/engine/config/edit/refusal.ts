import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import type {YamlPath} from '../yaml.ts';
import {lineNumber} from './lines.ts';

/** Where an edit is at work, for what is said when it cannot be done. */
export interface Place {
  readonly text: string;
  readonly file: string;
  readonly path: YamlPath;
}

/** Why an edit is not done; thrown inside this folder, a value outside. `at`: where in the text. */
export function refusal({text, file, path}: Place, at: number, because: string, hint?: string): ProblemError {
  const key = displayText(path.join('.'));
  return new ProblemError({
    code: 'edit-refused',
    message: displayText(because),
    hint: hint ?? 'Change the file by hand.',
    file,
    line: lineNumber(text, at),
    ...(key === '' ? {} : {key}),
  });
}
