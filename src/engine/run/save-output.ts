import {closeSync, openSync, rmSync, writeSync} from 'node:fs';
import {ProblemError} from '../problem.ts';
import type {OutputText} from './output-view.ts';
import {withoutStyle} from './terminal-text.ts';

const linesAtOnce = 1024;

/**
 * Writes all lines to a new file without colours. Returns its path. Throws `file-unwritable`, also when something
 * of that name is there.
 */
export function saveText(text: OutputText, path: string): string {
  for (let more = true; more; ) more = text.refresh();
  const view = text.view(true);
  let file: number | undefined;
  try {
    file = openSync(path, 'wx', 0o600);
    for (let from = 0; from < view.lineCount; from += linesAtOnce) {
      const lines = view.lines(from, Math.min(view.lineCount, from + linesAtOnce));
      writeAll(file, Buffer.from(lines.map((line) => `${withoutStyle(line.text)}\n`).join('')));
    }
    closeSync(file);
    return path;
  } catch (error) {
    if (file !== undefined) {
      closeSync(file);
      rmSync(path, {force: true});
    }
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/** Why a file that someone asked for could not be written. */
export function unwritable(path: string, error: NodeJS.ErrnoException): ProblemError {
  const why: Readonly<Record<string, string>> = {
    EEXIST: 'there is something of that name already',
    ENOENT: 'its folder is not there',
    EACCES: 'that is not allowed',
    ENOSPC: 'the disk is full',
  };
  const hints: Readonly<Record<string, string>> = {
    EEXIST: 'Name another file; nothing is written over.',
    ENOENT: 'Make the folder first, or name another file.',
    ENOSPC: 'Make room, or name a file on another disk.',
  };
  return new ProblemError(
    {
      code: 'file-unwritable',
      message: `The file cannot be written: ${why[error.code ?? ''] ?? error.message}.`,
      hint: hints[error.code ?? ''] ?? 'Name another file.',
      file: path,
    },
    {cause: error},
  );
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
