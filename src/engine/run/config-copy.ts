import {existsSync, readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import type {Of} from '../json.ts';
import type {RunRequest} from '../plan/types.ts';
import {makeFolder} from '../sharing.ts';
import {configurationCopy} from './checks.ts';
import {type RunFolder, writeJson} from './folder.ts';
import {readChecked} from './read-record.ts';
import {redactValue} from './redact.ts';

export type ConfigurationFile = Of<typeof configurationCopy>;

/** Reads the configuration a request names; what is no file or cannot be read is left out. */
export type ReadConfiguration = (request: RunRequest) => Promise<readonly ConfigurationFile[]>;

/** Keeps in `config/` of a run what its configuration says when it starts. Throws `disk-full`. */
export function keepConfiguration(
  run: RunFolder,
  files: readonly ConfigurationFile[],
  redact: (text: string) => string,
): void {
  if (files.length === 0) return;
  makeFolder(run.config);
  for (const copy of files) writeJson(join(run.config, `${basename(copy.file)}.json`), redactValue(copy, redact));
}

/** What differs between the configuration now and when the run started, a line each: 'tag was v1, is v2 now'. */
export async function configurationChange(
  run: RunFolder,
  request: RunRequest,
  read: ReadConfiguration | undefined,
): Promise<readonly string[]> {
  const names = existsSync(run.config) ? readdirSync(run.config).filter((name) => name.endsWith('.json')) : [];
  if (names.length === 0 || !read) return [];
  const now = new Map((await read(request)).map(({file, settings}) => [file, settings]));
  return names.sort().flatMap((name) => {
    const {file, settings} = readChecked(join(run.config, name), configurationCopy);
    const fresh = now.get(file);
    return fresh ? difference(settings, fresh) : [`${file} is gone or cannot be read`];
  });
}

function difference(before: ConfigurationFile['settings'], now: ConfigurationFile['settings']): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.flatMap((key) => {
    const [old, fresh] = [before[key], now[key]];
    if (old === fresh) return [];
    if (old === undefined) return [`${key} is new: ${fresh}`];
    return fresh === undefined ? [`${key} is gone (was ${old})`] : [`${key} was ${old}, is ${fresh} now`];
  });
}
